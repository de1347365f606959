package io.github.rediskit.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

import io.github.rediskit.messaging.MessageInfo;
import io.github.rediskit.messaging.MessageListeners;
import io.github.rediskit.messaging.RedisQueueListener;
import io.github.rediskit.messaging.RedisQueues;
import io.github.rediskit.messaging.RedisStreamListener;
import io.github.rediskit.messaging.RedisStreams;
import io.github.rediskit.setting.InvalidSettingException;
import io.github.rediskit.spring.InvalidAnnotationException;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import io.github.rediskit.testing.TcpProxy;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.core.retry.RetryPolicy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * Streams and queues as an application has them: annotations, properties, beans, its
 * start and its end.
 */
@RedisTest
@Timeout(60)
class MessagingAutoConfigurationTests {

	private final RedisTestServer server = RedisTestServer.shared();

	private final ApplicationContextRunner unconnected = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class, RediskitAutoConfiguration.class,
				RedisConnectionsAutoConfiguration.class, CacheAutoConfiguration.class, MessagingAutoConfiguration.class,
				RediskitMetricsAutoConfiguration.class))
		.withPropertyValues("spring.application.name=shop", "rediskit.messaging.streams.orders.backoff=20ms");

	private final ApplicationContextRunner runner = this.unconnected
		.withPropertyValues("spring.data.redis.url=" + this.server.uri());

	@Test
	void listenersGetWhatIsSent() {
		this.runner.withBean(Shop.class).run((context) -> {
			Shop shop = context.getBean(Shop.class);
			RedisStreams streams = context.getBean(RedisStreams.class);
			String id = streams.add("orders", new Order(1, "lamp"));
			context.getBean(RedisQueues.class).queue("email", String.class).send("hello");
			context.getBean(RedisQueues.class).queue("email", String.class).send("later", Duration.ofMillis(50));
			await().untilAsserted(() -> assertThat(shop.heard).contains("billing Order[number=1, article=lamp] " + id,
					"shipping lamp", "future 1", "mono 1", "email hello", "email later"));
			await().untilAsserted(() -> assertThat(shop.heard.stream().filter((text) -> text.startsWith("batch")))
				.containsExactly("batch 1 1"));
			assertThat(context.getBean(MessageListeners.class).ids()).containsExactly("email", "orders.archive",
					"orders.billing", "orders.future", "orders.mono", "shipping");
			assertThat(this.server.commands().keys("*")).contains("shop:stream:{orders}", "shop:queue:{email}");
			await().until(() -> context.getBean(RedisQueues.class).queue("email", String.class).size() == 0);
		});
	}

	@Test
	void aPoisonMessageIsTriedAsConfiguredAndReplayed() {
		this.runner.withBean(Picky.class)
			.withPropertyValues("rediskit.messaging.streams.orders.max-attempts=2")
			.run((context) -> {
				Picky picky = context.getBean(Picky.class);
				RedisStreams streams = context.getBean(RedisStreams.class);
				streams.add("orders", new Order(13, "lamp"));
				streams.add("orders", new Order(14, "lamp"));
				await().until(() -> this.server.commands().xlen("shop:stream:{orders}:dead") == 2);
				assertThat(picky.tried).containsOnly("13 1", "13 2", "14 1");
				picky.content = true;
				assertThat(streams.replay("orders", "billing")).isEqualTo(2);
				await().until(() -> picky.tried.size() == 5);
			});
	}

	@Test
	void aPolicyOfSpringDecidesAboutRetries() {
		this.runner.withUserConfiguration(Impatient.class).run((context) -> {
			context.getBean(RedisStreams.class).add("orders", new Order(13, "lamp"));
			await().until(() -> this.server.commands().xlen("shop:stream:{orders}:dead") == 1);
			assertThat(context.getBean(Impatient.class).tried).containsExactly(1L, 2L, 3L);
		});
	}

	@Test
	void listenersAreStoppedAndStartedByTheirIds() {
		this.runner.withBean(Shop.class).withPropertyValues("shipping.on=false").run((context) -> {
			MessageListeners listeners = context.getBean(MessageListeners.class);
			Shop shop = context.getBean(Shop.class);
			assertThat(listeners.isRunning("orders.billing")).isTrue();
			assertThat(listeners.isRunning("shipping")).isFalse();
			listeners.stop("orders.billing");
			context.getBean(RedisStreams.class).add("orders", new Order(1, "lamp"));
			await().untilAsserted(() -> assertThat(shop.heard).contains("mono 1"));
			assertThat(shop.heard).noneMatch((text) -> text.startsWith("billing"));
			listeners.start("orders.billing");
			await().untilAsserted(() -> assertThat(shop.heard).anyMatch((text) -> text.startsWith("billing")));
			assertThatIllegalArgumentException().isThrownBy(() -> listeners.stop("biling"))
				.withMessageContaining("There is no listener 'biling'. There are")
				.withMessageContaining("orders.billing");
		});
	}

	@Test
	void theEndOfTheApplicationWaitsForWhatIsBeingHandled() {
		CountDownLatch end = new CountDownLatch(1);
		List<Integer> handled = new CopyOnWriteArrayList<>();
		this.runner.withBean(Slow.class, () -> new Slow(end, handled)).run((context) -> {
			for (int i = 0; i < 20; i++) {
				context.getBean(RedisStreams.class).add("orders", new Order(i, "lamp"));
			}
			await().until(() -> context.getBean(Slow.class).begun.getCount() == 0);
			CompletableFuture<Void> closed = CompletableFuture.runAsync(context.getSourceApplicationContext()::close);
			await().during(Duration.ofMillis(200)).until(() -> handled.isEmpty() && !closed.isDone());
			end.countDown();
			closed.join();
		});
		assertThat(handled).hasSize(4);
		assertThat(this.server.commands().xpending("shop:stream:{orders}", "billing").getCount()).isZero();
	}

	@Test
	void anApplicationStartsWithoutRedisAndListensWhenItIsThere() {
		try (TcpProxy proxy = TcpProxy.to(this.server)) {
			proxy.refuse();
			this.unconnected.withBean(Shop.class)
				.withPropertyValues("spring.data.redis.url=" + proxy.uri())
				.run((context) -> {
					assertThat(context).hasNotFailed();
					proxy.resume();
					this.server.commands()
						.xadd("shop:stream:{orders}",
								Map.of("v", "1", "payload", "{\"number\":1,\"article\":\"lamp\"}"));
					await().atMost(Duration.ofSeconds(20))
						.untilAsserted(() -> assertThat(context.getBean(Shop.class).heard).contains("mono 1"));
				});
		}
	}

	@Test
	void messagesAreCounted() {
		this.runner.withBean(Shop.class).withBean(MeterRegistry.class, SimpleMeterRegistry::new).run((context) -> {
			context.getBean(RedisStreams.class).add("orders", new Order(1, "lamp"));
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			await().until(() -> meters.get("rediskit.stream.processed")
				.tag("stream", "orders")
				.tag("group", "billing")
				.functionCounter()
				.count() == 1);
			assertThat(meters.get("rediskit.queue.length").tag("queue", "email").gauge().value()).isZero();
			await().atMost(Duration.ofSeconds(20))
				.until(() -> meters.get("rediskit.stream.length").tag("group", "billing").gauge().value() == 1
						&& meters.get("rediskit.stream.lag").tag("group", "billing").gauge().value() == 0);
		});
	}

	@Test
	void messagesAreCompressedAndEncryptedIfThatIsConfigured() {
		this.runner.withBean(Shop.class)
			.withPropertyValues("rediskit.encryption.keys.k1=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
					"rediskit.messaging.streams.orders.compression.enabled=true",
					"rediskit.messaging.streams.orders.compression.min-size=10B",
					"rediskit.messaging.streams.orders.encryption.key-id=k1")
			.run((context) -> {
				context.getBean(RedisStreams.class).add("orders", new Order(1, "lamp".repeat(50)));
				await().untilAsserted(() -> assertThat(context.getBean(Shop.class).heard)
					.contains("shipping " + "lamp".repeat(50), "mono 1"));
				assertThat(this.server.commands()
					.xrange("shop:stream:{orders}", io.lettuce.core.Range.unbounded())
					.get(0)
					.getBody()).containsEntry("v", "1ce");
			});
	}

	static Stream<Arguments> wrongListeners() {
		return Stream.of(
				Arguments.of(new NoParameter(), "it has no parameter. Declare one of the type of the messages"),
				Arguments.of(new TwoPayloads(), "2 of its parameters could be the message"),
				Arguments.of(new Returning(), "nobody gets what it returns, a String. Return nothing"),
				Arguments.of(new Mixed(), "it takes lists and something else"),
				Arguments.of(new WrongName(), "group = \"the billing\" can't be part of a key"),
				Arguments.of(new WrongNumber(), "concurrency = \"many\" is no number from 1 on"),
				Arguments.of(new TooMany(), "concurrency is 100000. Write how many messages are handled at once"),
				Arguments.of(new WrongDuration(), "backoff = \"soon\" is no duration, such as 1s"),
				Arguments.of(new BatchOfOne(), "batchSize is for methods that take a List"),
				Arguments.of(new Hidden(), "a private or static method is not called"),
				Arguments.of(new NoPolicy(), "retryPolicy = \"patience\" names no bean of type RetryPolicy"),
				Arguments.of(new Twice(), "the id \"orders.billing\" is that of the listener "));
	}

	@ParameterizedTest
	@MethodSource("wrongListeners")
	void aWrongListenerStopsTheStartWithASentence(Object listener, String sentence) {
		this.runner.withBean("listener", Object.class, () -> listener)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidAnnotationException.class)
				.hasMessageContaining(listener.getClass().getName())
				.hasMessageContaining(sentence));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					streams.orders.max-length=0           | streams.orders.max-length        | Write how many messages there may be
					streams.orders.max-attempts=0         | streams.orders.max-attempts      | at least 1
					streams.orders.multiplier=0.5         | streams.orders.multiplier        | Write by what
					streams.orders.max-backoff=1ms        | streams.orders.max-backoff       | Write at least the back-off
					streams.orders.claim-idle=1ms         | streams.orders.claim-idle        | from 200ms
					streams.orders.key=other:{orders      | streams.orders.key               | could not live in the same slot of a cluster
					streams.orders.encryption.key-id=k1   | streams.orders.encryption.key-id | Set rediskit.encryption.keys
					queues.email.max-size=0B              | queues.email.max-size            | such as 1MB
					queues[a/b].max-length=1              | queues                           | names 'a/b'
					connection=work                       | connection                       | names the connection 'work', which does not exist
					""")
	void wrongSettingsStopTheStartWithASentence(String property, String named, String sentence) {
		this.runner.withPropertyValues("rediskit.messaging." + property)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidSettingException.class)
				.hasMessageStartingWith("rediskit.messaging." + named + " ")
				.hasMessageContaining(sentence));
	}

	record Order(int number, String article) {
	}

	static class Shop {

		final List<String> heard = new CopyOnWriteArrayList<>();

		@RedisStreamListener(stream = "orders", group = "billing", concurrency = "4")
		void bill(Order order, MessageInfo info) {
			this.heard.add("billing " + order + " " + info.id());
		}

		@RedisStreamListener(stream = "${orders:orders}", group = "shipping", id = "shipping",
				autoStartup = "${shipping.on:true}")
		public void ship(Order order) {
			this.heard.add("shipping " + order.article());
		}

		@RedisStreamListener(stream = "orders", group = "archive", batchSize = "10")
		void archive(List<Order> orders, List<MessageInfo> infos, List<Map<String, String>> fields) {
			assertThat(fields.get(0)).containsKey("payload");
			this.heard.add("batch " + orders.size() + " " + infos.size());
		}

		@RedisStreamListener(stream = "orders", group = "future")
		CompletionStage<?> future(Order order) {
			return CompletableFuture.runAsync(() -> this.heard.add("future " + order.number()));
		}

		@RedisStreamListener(stream = "orders", group = "mono")
		Mono<Void> mono(Order order) {
			return Mono.fromRunnable(() -> this.heard.add("mono " + order.number()));
		}

		@RedisQueueListener("email")
		void send(String text) {
			this.heard.add("email " + text);
		}

	}

	static class Picky {

		final List<String> tried = new CopyOnWriteArrayList<>();

		volatile boolean content;

		@RedisStreamListener(stream = "orders", group = "billing", noRetryFor = UnsupportedOperationException.class)
		void on(Order order, MessageInfo info) {
			this.tried.add(order.number() + " " + info.attempt());
			if (!this.content) {
				throw (order.number() == 13) ? new IllegalStateException("13")
						: new UnsupportedOperationException("14");
			}
		}

	}

	static class Impatient {

		final List<Long> tried = new ArrayList<>();

		@Bean
		static RetryPolicy patience() {
			return RetryPolicy.builder().maxRetries(2).delay(Duration.ofMillis(1)).build();
		}

		@RedisStreamListener(stream = "orders", group = "billing", retryPolicy = "patience")
		void on(Order order, MessageInfo info) {
			this.tried.add(info.attempt());
			throw new IllegalStateException("no");
		}

	}

	static class Slow {

		final CountDownLatch begun = new CountDownLatch(4);

		private final CountDownLatch end;

		private final List<Integer> handled;

		Slow(CountDownLatch end, List<Integer> handled) {
			this.end = end;
			this.handled = handled;
		}

		@RedisStreamListener(stream = "orders", group = "billing", concurrency = "4")
		void on(Order order) throws InterruptedException {
			this.begun.countDown();
			this.end.await();
			this.handled.add(order.number());
		}

	}

	static class NoParameter {

		@RedisStreamListener(stream = "orders", group = "billing")
		void on() {
		}

	}

	static class TwoPayloads {

		@RedisStreamListener(stream = "orders", group = "billing")
		void on(Order order, String text) {
		}

	}

	static class Returning {

		@RedisQueueListener("email")
		String on(Order order) {
			return "";
		}

	}

	static class Mixed {

		@RedisQueueListener("email")
		void on(List<Order> orders, MessageInfo info) {
		}

	}

	static class WrongName {

		@RedisStreamListener(stream = "orders", group = "the billing")
		void on(Order order) {
		}

	}

	static class WrongNumber {

		@RedisStreamListener(stream = "orders", group = "billing", concurrency = "many")
		void on(Order order) {
		}

	}

	static class TooMany {

		@RedisStreamListener(stream = "orders", group = "billing", concurrency = "100000")
		void on(Order order) {
		}

	}

	static class WrongDuration {

		@RedisStreamListener(stream = "orders", group = "billing", backoff = "soon")
		void on(Order order) {
		}

	}

	static class BatchOfOne {

		@RedisStreamListener(stream = "orders", group = "billing", batchSize = "10")
		void on(Order order) {
		}

	}

	static class Hidden {

		@RedisStreamListener(stream = "orders", group = "billing")
		@SuppressWarnings("unused")
		private void on(Order order) {
		}

	}

	static class NoPolicy {

		@RedisStreamListener(stream = "orders", group = "billing", retryPolicy = "patience")
		void on(Order order) {
		}

	}

	static class Twice {

		@RedisStreamListener(stream = "orders", group = "billing")
		void on(Order order) {
		}

		@RedisStreamListener(stream = "orders", group = "billing")
		void also(Order order) {
		}

	}

}
