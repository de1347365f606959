package io.github.rediskit.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

import io.github.rediskit.codec.CodecException;
import io.github.rediskit.messaging.AsyncRedisPublisher;
import io.github.rediskit.messaging.ListenerFailure;
import io.github.rediskit.messaging.RedisListenerErrorHandler;
import io.github.rediskit.messaging.RedisPublisher;
import io.github.rediskit.pubsub.RediskitListenerContainer;
import io.github.rediskit.script.RedisUnavailableException;
import io.github.rediskit.setting.InvalidSettingException;
import io.github.rediskit.spring.InvalidAnnotationException;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.data.redis.annotation.EnableRedisListeners;
import org.springframework.data.redis.annotation.RedisListener;
import org.springframework.data.redis.config.AbstractRedisListenerEndpoint;
import org.springframework.data.redis.config.RedisListenerEndpointRegistry;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.listener.ChannelTopic;
import org.springframework.data.redis.listener.PatternTopic;
import org.springframework.data.redis.listener.RedisMessageListenerContainer;
import org.springframework.data.redis.listener.Topic;
import org.springframework.data.redis.listener.adapter.MessageListenerAdapter;
import org.springframework.messaging.handler.annotation.Header;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Published messages as an application has them: properties, beans, annotated methods.
 */
@RedisTest
@Timeout(60)
class RedisListenerTests {

	private final RedisTestServer server = RedisTestServer.shared();

	private final ApplicationContextRunner unconnected = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class, DataRedisAutoConfiguration.class,
				RediskitAutoConfiguration.class, RedisConnectionsAutoConfiguration.class,
				MessagingAutoConfiguration.class, PubSubAutoConfiguration.class,
				RediskitMetricsAutoConfiguration.class))
		.withPropertyValues("spring.application.name=shop");

	private final ApplicationContextRunner runner = this.unconnected
		.withPropertyValues("spring.data.redis.url=" + this.server.uri());

	@Test
	void aListenerGetsWhatItAsksFor() {
		this.runner.withBean(Everything.class)
			.withPropertyValues("spring.jackson.property-naming-strategy=SNAKE_CASE")
			.run((context) -> {
				RedisPublisher publisher = context.getBean(RedisPublisher.class);
				Queue<Object> heard = context.getBean(Everything.class).heard;
				publisher.publish("text", "plain \u00fc");
				publisher.publish("bytes", new byte[] { 1, 2 });
				publisher.publish("orders", new Order(7, "lamp"));
				publisher.publish("lists", List.of(new Order(8, "desk")));
				publisher.publish("events.created", new Order(9, "bed"));
				await().untilAsserted(
						() -> assertThat(heard).containsExactlyInAnyOrder("plain \u00fc", List.of((byte) 1, (byte) 2),
								new Order(7, "lamp"), List.of(new Order(8, "desk")), "events.created events.* 9"));
				assertThat(this.server.commands().keys("*")).isEmpty();
			});
	}

	@Test
	void otherProgramsAreUnderstoodAndUnderstand() {
		this.runner.withBean(Everything.class)
			.withPropertyValues("spring.jackson.property-naming-strategy=SNAKE_CASE")
			.run((context) -> {
				Queue<Object> heard = context.getBean(Everything.class).heard;
				context.getBean(StringRedisTemplate.class).convertAndSend("text", "from a template");
				this.server.commands().publish("orders", "{\"number\":1,\"article_name\":\"x\",\"unknown\":true}");
				await().untilAsserted(
						() -> assertThat(heard).containsExactlyInAnyOrder("from a template", new Order(1, "x")));
				Queue<String> raw = new ConcurrentLinkedQueue<>();
				context.getBean(RedisMessageListenerContainer.class)
					.addMessageListener(
							(message, pattern) -> raw
								.add(new String(message.getBody(), StandardCharsets.UTF_8) + new String(pattern)),
							ChannelTopic.of("out"));
				context.getBean(AsyncRedisPublisher.class).publish("out", new Order(2, "y"));
				context.getBean(AsyncRedisPublisher.class).publish("out", "y");
				await().untilAsserted(
						() -> assertThat(raw).containsExactly("{\"number\":2,\"article_name\":\"y\"}out", "yout"));
			});
	}

	@Test
	void anExceptionIsToldAndCountedAndTheListenerGoesOn() {
		Queue<ListenerFailure> failures = new ConcurrentLinkedQueue<>();
		this.runner.withBean(Fragile.class)
			.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.withBean(RedisListenerErrorHandler.class, () -> (failure) -> {
				failures.add(failure);
				throw new IllegalStateException("the handler fails, too");
			})
			.run((context) -> {
				RedisPublisher publisher = context.getBean(RedisPublisher.class);
				publisher.publish("fragile", new Order(-1, "broken"));
				publisher.publish("fragile", "no JSON");
				publisher.publish("fragile", new Order(-2, "an error"));
				publisher.publish("fragile", new Order(1, "whole"));
				await().untilAsserted(() -> assertThat(context.getBean(Fragile.class).heard).containsExactly(1L));
				assertThat(failures).extracting((failure) -> failure.cause().getClass().getSimpleName())
					.containsExactly("IllegalArgumentException", "CodecException", "AssertionError");
				assertThat(failures).allSatisfy((failure) -> {
					assertThat(failure.listener()).isEqualTo("Fragile.on");
					assertThat(failure.channel()).isEqualTo("fragile");
					assertThat(failure.toString()).doesNotContain("no JSON");
				});
				MeterRegistry meters = context.getBean(MeterRegistry.class);
				assertThat(
						meters.get("rediskit.pubsub.received").tag("listener", "Fragile.on").functionCounter().count())
					.isEqualTo(4);
				await().untilAsserted(() -> assertThat(
						meters.get("rediskit.pubsub.listener").tag("outcome", "handled").timer().count())
					.isOne());
				assertThat(meters.get("rediskit.pubsub.listener").tag("outcome", "failed").timer().count())
					.isEqualTo(3);
				assertThat(meters.get("rediskit.pubsub.queued").gauge().value()).isZero();
			});
	}

	@Test
	void aListenerMayHandleItsOwnFailures() {
		this.runner.withBean(SelfHelp.class).run((context) -> {
			context.getBean(RedisPublisher.class).publish("self", "x");
			await().untilAsserted(
					() -> assertThat(context.getBean(SelfHelp.class).failures).containsExactly("SelfHelp.on"));
		});
	}

	@Test
	void aFutureIsWaitedForBeforeTheNextMessage() {
		this.runner.withBean(Futures.class).run((context) -> {
			Futures futures = context.getBean(Futures.class);
			context.getBean(RedisPublisher.class).publish("futures", "a");
			context.getBean(RedisPublisher.class).publish("futures", "b");
			await().until(() -> futures.heard.size() == 1);
			futures.first.complete(null);
			await().untilAsserted(() -> assertThat(futures.heard).containsExactly("a", "b"));
		});
	}

	@Test
	void aListenerIsStoppedAndStartedByItsId() {
		this.runner.withBean(Named.class).run((context) -> {
			RedisPublisher publisher = context.getBean(RedisPublisher.class);
			Queue<String> heard = context.getBean(Named.class).heard;
			AbstractRedisListenerEndpoint endpoint = endpoint(context, "named");
			publisher.publish("named", "1");
			await().until(() -> heard.contains("1"));
			endpoint.stop();
			await().until(() -> this.server.commands().pubsubNumsub("named").get("named") == 0);
			publisher.publish("named", "2");
			endpoint.start();
			publisher.publish("named", "3");
			await().until(() -> heard.contains("3"));
			assertThat(heard).containsExactly("1", "3");
		});
	}

	private static AbstractRedisListenerEndpoint endpoint(ApplicationContext context, String id) {
		return context.getBean(RedisListenerEndpointRegistry.class)
			.getEndpoints()
			.stream()
			.map(AbstractRedisListenerEndpoint.class::cast)
			.filter((endpoint) -> endpoint.getId().equals(id))
			.findFirst()
			.orElseThrow();
	}

	@Test
	void theContextMayPause() {
		this.runner.withBean(Named.class).run((context) -> {
			context.getSourceApplicationContext().stop();
			await().untilAsserted(
					() -> assertThat(this.server.commands().pubsubNumsub("named")).containsEntry("named", 0L));
			context.getSourceApplicationContext().start();
			context.getBean(RedisPublisher.class).publish("named", "again");
			await().untilAsserted(() -> assertThat(context.getBean(Named.class).heard).containsExactly("again"));
		});
	}

	@Test
	void plainListenersUseTheContainerAsTheyAlwaysDid() {
		Queue<String> heard = new ConcurrentLinkedQueue<>();
		this.runner.run((context) -> {
			RedisMessageListenerContainer container = context.getBean(RedisMessageListenerContainer.class);
			assertThat(container).isInstanceOf(RediskitListenerContainer.class);
			MessageListenerAdapter adapter = new MessageListenerAdapter(new Object() {

				@SuppressWarnings("unused")
				public void handle(String message, String channel) {
					heard.add(message + " " + channel);
				}

			}, "handle");
			adapter.afterPropertiesSet();
			container.addMessageListener(adapter, List.of(ChannelTopic.of("a"), PatternTopic.of("b*")));
			RedisPublisher publisher = context.getBean(RedisPublisher.class);
			publisher.publish("a", "1");
			publisher.publish("b2", "2");
			await().untilAsserted(() -> assertThat(heard).containsExactlyInAnyOrder("1 a", "2 b*"));
			container.removeMessageListener(adapter, ChannelTopic.of("a"));
			await().until(() -> this.server.commands().pubsubNumsub("a").get("a") == 0);
			container.removeMessageListener(adapter);
			await().until(() -> this.server.commands().pubsubNumpat() == 0);
		});
	}

	@Test
	void aContainerOfTheApplicationStays() {
		this.runner.withUserConfiguration(OwnContainer.class).withBean(Fragile.class).run((context) -> {
			RedisMessageListenerContainer container = context.getBean(RedisMessageListenerContainer.class);
			assertThat(container.getClass()).isEqualTo(RedisMessageListenerContainer.class);
			context.getBean(RedisPublisher.class).publish("fragile", new Order(1, "whole"));
			await().untilAsserted(() -> assertThat(context.getBean(Fragile.class).heard).containsExactly(1L));
		});
	}

	@Test
	void aContainerByAnotherNameIsUsedByThoseWhoNameIt() {
		this.runner.withUserConfiguration(AnotherContainer.class).withBean(Named.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean("redisMessageListenerContainer")).isInstanceOf(RediskitListenerContainer.class);
			context.getBean(RedisPublisher.class).publish("named", "1");
			await().until(() -> context.getBean(Named.class).heard.contains("1"));
		});
	}

	@Test
	void enablingListenersByHandChangesNothing() {
		this.runner.withUserConfiguration(ByHand.class).withBean(Fragile.class).run((context) -> {
			assertThat(context.getBean(RedisMessageListenerContainer.class))
				.isInstanceOf(RediskitListenerContainer.class);
			context.getBean(RedisPublisher.class).publish("fragile", new Order(1, "whole"));
			await().untilAsserted(() -> assertThat(context.getBean(Fragile.class).heard).containsExactly(1L));
			assertThat(endpoint(context, "Fragile.on")).isNotNull();
		});
	}

	@Test
	void springDatasContainersCanBeKept() {
		this.runner.withPropertyValues("rediskit.messaging.pubsub.enabled=false")
			.withBean(Named.class)
			.run((context) -> {
				assertThat(context.getBean(RedisMessageListenerContainer.class).getClass())
					.isEqualTo(RedisMessageListenerContainer.class);
				context.getBean(RedisPublisher.class).publish("named", "1");
				await().until(() -> context.getBean(Named.class).heard.contains("1"));
			});
	}

	@Test
	void springBootsPropertiesForListenersHold() {
		this.runner.withPropertyValues("spring.data.redis.listener.auto-startup=false").run((context) -> {
			assertThat(context.getBean(RedisMessageListenerContainer.class).isRunning()).isFalse();
		});
	}

	@Test
	void withoutSpringMessagingThereIsAPublisherAndNoListener() {
		this.runner.withClassLoader(new FilteredClassLoader("org.springframework.messaging")).run((context) -> {
			assertThat(context).hasNotFailed().doesNotHaveBean(RedisMessageListenerContainer.class);
			context.getBean(RedisPublisher.class).publish("anything", "x");
		});
	}

	@Test
	void virtualThreadsAndNamedConnectionsWorkTogether() {
		try (RedisTestServer other = RedisTestServer.start()) {
			this.runner.withBean(OnWork.class)
				.withPropertyValues("rediskit.connections.work.url=" + other.uri(),
						"spring.threads.virtual.enabled=true")
				.run((context) -> {
					Queue<String> heard = context.getBean(OnWork.class).heard;
					other.commands().publish("jobs", "1");
					this.server.commands().publish("jobs", "2");
					await().untilAsserted(() -> assertThat(heard).containsExactly("1"));
					assertThat(context.getBeansOfType(RedisMessageListenerContainer.class)).hasSize(3);
				});
		}
	}

	@Test
	void channelsHaveTheApplicationsPrefixIfItWants() {
		this.runner.withBean(Everything.class)
			.withPropertyValues("rediskit.messaging.pubsub.prefix-channels=true", "rediskit.environment=test")
			.run((context) -> {
				Queue<Object> heard = context.getBean(Everything.class).heard;
				assertThat(this.server.commands().pubsubNumsub("test:shop:channel:text"))
					.containsEntry("test:shop:channel:text", 1L);
				context.getBean(RedisPublisher.class).publish("text", "prefixed");
				context.getBean(RedisPublisher.class).publish("events.x", new Order(3, "z"));
				await().untilAsserted(
						() -> assertThat(heard).containsExactlyInAnyOrder("prefixed", "events.x events.* 3"));
			});
	}

	@Test
	void aSlowListenerKeepsItsBoundAndTheRestIsCountedAndTold() {
		this.runner.withBean(Slow.class)
			.withBean(Gaps.class)
			.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.withPropertyValues("rediskit.messaging.pubsub.listeners.slow.queue-capacity=10",
					"rediskit.messaging.pubsub.listeners.slow.overflow=drop-newest",
					"rediskit.messaging.pubsub.drain-timeout=5s")
			.run((context) -> {
				Slow slow = context.getBean(Slow.class);
				MeterRegistry meters = context.getBean(MeterRegistry.class);
				this.server.commands().publish("slow", "0");
				await().until(() -> slow.heard.size() == 1);
				for (int i = 1; i < 2000; i++) {
					this.server.commands().publish("slow", String.valueOf(i));
				}
				await().untilAsserted(() -> assertThat(
						meters.get("rediskit.pubsub.received").tag("listener", "slow").functionCounter().count())
					.isEqualTo(2000));
				assertThat(meters.get("rediskit.pubsub.queued").tag("listener", "slow").gauge().value()).isEqualTo(10);
				assertThat(meters.get("rediskit.pubsub.dropped").tag("reason", "overflow").functionCounter().count())
					.isEqualTo(1989);
				Gaps gaps = context.getBean(Gaps.class);
				await().until(() -> gaps.dropped() == 1989);
				assertThat(gaps.events).allSatisfy((gap) -> {
					assertThat(gap.listener()).isEqualTo("slow");
					assertThat(gap.channels()).containsExactly("slow");
					assertThat(gap.until()).isAfter(gap.since());
				});
				slow.go.countDown();
				await().untilAsserted(() -> assertThat(slow.heard).containsExactly("0", "1", "2", "3", "4", "5", "6",
						"7", "8", "9", "10"));
			});
	}

	@Test
	void aPublisherSaysThatRedisIsAway() {
		this.unconnected.withPropertyValues("spring.data.redis.url=redis://127.0.0.1:1").run((context) -> {
			assertThatExceptionOfType(RedisUnavailableException.class)
				.isThrownBy(() -> context.getBean(RedisPublisher.class).publish("any", "thing"));
		});
	}

	@Test
	void whatCanNotBeWrittenIsRefused() {
		this.runner.run((context) -> {
			Map<String, Object> endless = new java.util.HashMap<>();
			endless.put("self", endless);
			assertThatExceptionOfType(CodecException.class)
				.isThrownBy(() -> context.getBean(RedisPublisher.class).publish("any", endless));
		});
	}

	@Test
	void wrongListenersAreRefusedWithASentence() {
		refused(SameIds.class, "its id 'same' is that of");
		refused(NoTopic.class, "it has no topic");
		refused(TwoPayloads.class, "it has 2 parameters for the one message");
		refused(Reactive.class, "nobody subscribes to the Mono that it returns");
		refused(UnknownContainer.class, "there is no container 'nowhere'");
	}

	private void refused(Class<?> listener, String sentence) {
		this.runner.withBean(listener)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidAnnotationException.class)
				.hasMessageStartingWith("@RedisListener on " + listener.getName())
				.hasMessageContaining(sentence));
	}

	@ParameterizedTest
	@CsvSource({ "concurrency=0, is not between 1 and 1000", "queue-capacity=0, nothing could ever wait",
			"queue-bytes=0, nothing could ever wait", "ping-interval=1ms, which is too short",
			"ping-timeout=0, which is too short", "drain-timeout=-1s, which is too short",
			"listeners.nobody.concurrency=2, is for a listener that does not exist" })
	void wrongSettingsAreRefusedWithASentence(String setting, String sentence) {
		this.runner.withPropertyValues("rediskit.messaging.pubsub." + setting)
			.run((context) -> assertThat(NestedExceptionUtils.getMostSpecificCause(context.getStartupFailure()))
				.isInstanceOf(InvalidSettingException.class)
				.hasMessageContaining("rediskit.messaging.pubsub.")
				.hasMessageContaining(sentence));
	}

	record Order(long number, String articleName) {
	}

	static class Everything {

		final Queue<Object> heard = new ConcurrentLinkedQueue<>();

		@RedisListener("text")
		void text(String text) {
			this.heard.add(text);
		}

		@RedisListener("bytes")
		void bytes(byte[] bytes) {
			this.heard.add(List.of(bytes[0], bytes[1]));
		}

		@RedisListener("orders")
		void order(Order order) {
			this.heard.add(order);
		}

		@RedisListener("lists")
		void orders(List<Order> orders) {
			this.heard.add(orders);
		}

		@RedisListener("events.*")
		void event(Order order, Topic topic, @Header("channel") Topic channel) {
			this.heard.add(channel.getTopic() + " " + topic.getTopic() + " " + order.number());
		}

	}

	static class Fragile {

		final Queue<Long> heard = new ConcurrentLinkedQueue<>();

		@RedisListener("fragile")
		void on(Order order) {
			if (order.number() == -1) {
				throw new IllegalArgumentException("broken");
			}
			if (order.number() == -2) {
				throw new AssertionError("an error");
			}
			this.heard.add(order.number());
		}

	}

	static class SelfHelp implements RedisListenerErrorHandler {

		final Queue<String> failures = new ConcurrentLinkedQueue<>();

		@RedisListener("self")
		void on(String message) {
			throw new IllegalStateException(message);
		}

		@Override
		public void handle(ListenerFailure failure) {
			this.failures.add(failure.listener());
		}

	}

	static class Futures {

		final Queue<String> heard = new ConcurrentLinkedQueue<>();

		final CompletableFuture<Void> first = new CompletableFuture<>();

		@RedisListener("futures")
		CompletableFuture<Void> on(String message) {
			this.heard.add(message);
			return this.first;
		}

	}

	static class Named {

		final Queue<String> heard = new ConcurrentLinkedQueue<>();

		@RedisListener(id = "named", topic = "named")
		void on(String message) {
			this.heard.add(message);
		}

	}

	static class OnWork {

		final Queue<String> heard = new ConcurrentLinkedQueue<>();

		@RedisListener(topic = "jobs", container = "work")
		void on(String message) {
			this.heard.add(message);
		}

	}

	static class Slow {

		final Queue<String> heard = new ConcurrentLinkedQueue<>();

		final CountDownLatch go = new CountDownLatch(1);

		@RedisListener(id = "slow", topic = "slow")
		void on(String message) throws InterruptedException {
			this.heard.add(message);
			this.go.await();
		}

	}

	static class SameIds {

		@RedisListener(id = "same", topic = "a")
		void one(String message) {
		}

		@RedisListener(id = "same", topic = "b")
		void two(String message) {
		}

	}

	static class NoTopic {

		@RedisListener
		void on(String message) {
		}

	}

	static class TwoPayloads {

		@RedisListener("a")
		void on(Order one, String two) {
		}

	}

	static class Reactive {

		@RedisListener("a")
		Mono<Void> on(String message) {
			return Mono.empty();
		}

	}

	static class UnknownContainer {

		@RedisListener(topic = "a", container = "nowhere")
		void on(String message) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnContainer {

		@Bean
		RedisMessageListenerContainer redisMessageListenerContainer(RedisConnectionFactory connections) {
			RedisMessageListenerContainer container = new RedisMessageListenerContainer();
			container.setConnectionFactory(connections);
			return container;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AnotherContainer {

		@Bean
		RedisMessageListenerContainer mine(RedisConnectionFactory connections) {
			RedisMessageListenerContainer container = new RedisMessageListenerContainer();
			container.setConnectionFactory(connections);
			return container;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableRedisListeners
	static class ByHand {

	}

}
