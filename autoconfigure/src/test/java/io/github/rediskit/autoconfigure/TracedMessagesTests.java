package io.github.rediskit.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.rediskit.messaging.MessageInfo;
import io.github.rediskit.messaging.MessageListeners;
import io.github.rediskit.messaging.MessageTooLargeException;
import io.github.rediskit.messaging.RedisPublisher;
import io.github.rediskit.messaging.RedisQueueListener;
import io.github.rediskit.messaging.RedisQueues;
import io.github.rediskit.messaging.RedisStreamListener;
import io.github.rediskit.messaging.RedisStreams;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import io.lettuce.core.Range;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.observation.transport.SenderContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.data.redis.annotation.RedisListener;
import org.springframework.data.redis.listener.ChannelTopic;
import org.springframework.data.redis.listener.RedisMessageListenerContainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * A trace goes with a message from where it is sent to where it is handled.
 */
@RedisTest
@Timeout(60)
class TracedMessagesTests {

	private static final String STREAM = "shop:stream:{orders}";

	private final RedisTestServer server = RedisTestServer.shared();

	private final ObservationRegistry registry = ObservationRegistry.create();

	private final Spans spans = new Spans();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class, DataRedisAutoConfiguration.class,
				RediskitAutoConfiguration.class, RedisConnectionsAutoConfiguration.class,
				MessagingAutoConfiguration.class, PubSubAutoConfiguration.class))
		.withBean(ObservationRegistry.class, () -> this.registry)
		.withBean(Shop.class, () -> new Shop(this.registry))
		.withPropertyValues("spring.application.name=shop", "spring.data.redis.url=" + this.server.uri(),
				"rediskit.messaging.streams.orders.backoff=20ms");

	TracedMessagesTests() {
		this.registry.observationConfig().observationHandler(this.spans);
	}

	private void inTrace(Runnable sends) {
		Observation.createNotStarted("request", this.registry).observe(sends);
	}

	@Test
	void theTraceOfAMessageGoesOnWhereItIsHandled() {
		this.runner.run((context) -> {
			Shop shop = context.getBean(Shop.class);
			inTrace(() -> {
				context.getBean(RedisStreams.class).add("orders", new Order(1));
				context.getBean(RedisQueues.class).queue("email", Order.class).send(new Order(2));
				context.getBean(RedisQueues.class)
					.queue("email", Order.class)
					.send(new Order(3), Duration.ofMillis(50));
			});
			await().untilAsserted(
					() -> assertThat(shop.heard).containsExactlyInAnyOrder("1 trace-1", "2 trace-1", "3 trace-1"));
			await().untilAsserted(() -> assertThat(this.spans.ended).contains(
					"rediskit.stream.send {stream=orders} trace-1", "rediskit.queue.send {queue=email} trace-1",
					"rediskit.stream.handle {group=billing, listener=orders.billing, stream=orders} trace-1",
					"rediskit.queue.handle {listener=email, queue=email} trace-1"));
			Map<String, String> record = this.server.commands().xrange(STREAM, Range.unbounded()).get(0).getBody();
			assertThat(record).isEqualTo(Map.of("v", "1", "payload", "{\"number\":1}", "traceparent", "trace-1"));
		});
	}

	@Test
	void withoutATraceNothingTravels() {
		this.spans.tracing = false;
		this.runner.run((context) -> {
			context.getBean(RedisStreams.class).add("orders", new Order(1));
			await().untilAsserted(() -> assertThat(context.getBean(Shop.class).heard).containsExactly("1 null"));
			assertThat(this.server.commands().xrange(STREAM, Range.unbounded()).get(0).getBody())
				.isEqualTo(Map.of("v", "1", "payload", "{\"number\":1}"));
		});
	}

	@Test
	void everyAttemptTheDeadLetterAndItsReplayBelongToTheTrace() {
		this.runner.withPropertyValues("rediskit.messaging.streams.orders.max-attempts=2").run((context) -> {
			Shop shop = context.getBean(Shop.class);
			inTrace(() -> context.getBean(RedisStreams.class).add("orders", new Order(13)));
			await().until(() -> this.server.commands().xlen(STREAM + ":dead") == 1);
			assertThat(this.server.commands().xrange(STREAM + ":dead", Range.unbounded()).get(0).getBody())
				.containsEntry("traceparent", "trace-1");
			assertThat(context.getBean(RedisStreams.class).replay("orders", "billing")).isEqualTo(1);
			await().untilAsserted(() -> assertThat(shop.heard).startsWith("13 trace-1", "13 trace-1", "13 trace-1"));
			await().untilAsserted(() -> assertThat(this.spans.ended).contains(
					"rediskit.stream.handle {group=billing, listener=orders.billing, stream=orders} trace-1 unlucky"));
		});
	}

	@Test
	void anObservationLastsUntilWhatWasReturnedHasEnded() {
		this.runner.run((context) -> {
			Shop shop = context.getBean(Shop.class);
			inTrace(() -> context.getBean(RedisStreams.class).add("orders", new Order(100)));
			await().untilAsserted(() -> assertThat(shop.heard).containsExactly("100 trace-1"));
			await().during(Duration.ofMillis(100))
				.until(() -> this.spans.ended.stream().noneMatch((span) -> span.contains("handle")));
			shop.later.complete(null);
			await().until(() -> this.spans.ended.stream().anyMatch((span) -> span.contains("handle")));
		});
	}

	@Test
	void aBatchGoesOnWithATraceThatAllItsMessagesHave() {
		this.runner.withBean(Batches.class, () -> new Batches(this.registry)).run((context) -> {
			Batches batches = context.getBean(Batches.class);
			context.getBean(MessageListeners.class).stop("batches");
			inTrace(() -> context.getBean(RedisStreams.class).add("batches", new Order(1)));
			inTrace(() -> context.getBean(RedisStreams.class).add("batches", new Order(2)));
			context.getBean(MessageListeners.class).start("batches");
			await().untilAsserted(() -> assertThat(batches.heard).containsExactly("[1, 2] trace-3"));
			context.getBean(MessageListeners.class).stop("batches");
			inTrace(() -> {
				context.getBean(RedisStreams.class).add("batches", new Order(3));
				context.getBean(RedisStreams.class).add("batches", new Order(4));
			});
			context.getBean(MessageListeners.class).start("batches");
			await().untilAsserted(() -> assertThat(batches.heard).contains("[3, 4] trace-4"));
		});
	}

	@Test
	void aSendThatFailsIsAnObservationThatFailed() {
		this.runner.withPropertyValues("rediskit.messaging.streams.orders.max-size=10B").run((context) -> {
			assertThatExceptionOfType(MessageTooLargeException.class)
				.isThrownBy(() -> inTrace(() -> context.getBean(RedisStreams.class).add("orders", new Order(1))));
			assertThat(this.spans.ended)
				.anyMatch((span) -> span.startsWith("rediskit.stream.send {stream=orders} trace-1 ")
						&& span.contains("max-size"));
		});
	}

	@Test
	void aPublishedMessageIsAsOtherProgramsExpectIt() {
		this.runner.run((context) -> {
			List<String> raw = raw(context.getBean(RedisMessageListenerContainer.class));
			inTrace(() -> context.getBean(RedisPublisher.class).publish("prices", new Order(1)));
			await().untilAsserted(() -> assertThat(context.getBean(Shop.class).heard).hasSize(1));
			assertThat(context.getBean(Shop.class).heard).first().asString().isNotEqualTo("1 trace-1");
			await().untilAsserted(() -> assertThat(raw).containsExactly("{\"number\":1}"));
			await().untilAsserted(() -> assertThat(this.spans.ended).contains("rediskit.pubsub.publish {} trace-1"));
		});
	}

	@Test
	void withThePropertyAPublishedObjectTakesItsTraceAlong() {
		this.runner.withPropertyValues("rediskit.messaging.pubsub.trace-property=true").run((context) -> {
			List<String> raw = raw(context.getBean(RedisMessageListenerContainer.class));
			inTrace(() -> {
				context.getBean(RedisPublisher.class).publish("prices", new Order(1));
				context.getBean(RedisPublisher.class).publish("prices", "{\"number\":2}");
			});
			await().untilAsserted(() -> assertThat(context.getBean(Shop.class).heard).hasSize(2).contains("1 trace-1"));
			assertThat(context.getBean(Shop.class).heard).doesNotContain("2 trace-1");
			await().untilAsserted(() -> assertThat(raw).containsExactly("{\"number\":1}", "{\"number\":2}"));
			await().untilAsserted(
					() -> assertThat(this.spans.ended).contains("rediskit.pubsub.handle {listener=prices} trace-1"));
		});
	}

	@Test
	void observationsAreTimersWhereThereIsNoTracing() {
		MeterRegistry meters = new SimpleMeterRegistry();
		this.registry.observationConfig().observationHandler(new DefaultMeterObservationHandler(meters));
		this.runner.run((context) -> {
			context.getBean(RedisStreams.class).add("orders", new Order(1));
			context.getBean(RedisStreams.class).add("orders", new Order(13));
			await().until(() -> meters.find("rediskit.stream.handle").timers().size() == 2);
			assertThat(meters.get("rediskit.stream.send").tag("stream", "orders").timer().count()).isEqualTo(2);
		});
	}

	private static List<String> raw(RedisMessageListenerContainer container) {
		List<String> raw = new java.util.concurrent.CopyOnWriteArrayList<>();
		container.addMessageListener((message, pattern) -> raw.add(new String(message.getBody())),
				ChannelTopic.of("prices"));
		return raw;
	}

	record Order(int number) {
	}

	static class Shop {

		final Queue<String> heard = new ConcurrentLinkedQueue<>();

		final CompletableFuture<Void> later = new CompletableFuture<>();

		private final ObservationRegistry registry;

		Shop(ObservationRegistry registry) {
			this.registry = registry;
		}

		@RedisStreamListener(stream = "orders", group = "billing")
		CompletionStage<Void> on(Order order, MessageInfo info) {
			this.heard.add(order.number() + " " + Spans.current(this.registry));
			if (order.number() == 13) {
				throw new IllegalStateException("unlucky");
			}
			return (order.number() == 100) ? this.later : CompletableFuture.completedFuture(null);
		}

		@RedisQueueListener("email")
		void send(Order order) {
			this.heard.add(order.number() + " " + Spans.current(this.registry));
		}

		@RedisListener(id = "prices", topic = "prices")
		void price(Order order) {
			this.heard.add(order.number() + " " + Spans.current(this.registry));
		}

	}

	static class Batches {

		final Queue<String> heard = new ConcurrentLinkedQueue<>();

		private final ObservationRegistry registry;

		Batches(ObservationRegistry registry) {
			this.registry = registry;
		}

		@RedisStreamListener(id = "batches", stream = "batches", group = "all", batchSize = "10")
		void on(List<Order> orders) {
			this.heard.add(orders.stream().map(Order::number).toList() + " " + Spans.current(this.registry));
		}

	}

	/** Traces as a tracer makes them: a name for each, which children have, too. */
	static class Spans implements ObservationHandler<Observation.Context> {

		final Queue<String> ended = new ConcurrentLinkedQueue<>();

		private final AtomicInteger count = new AtomicInteger();

		volatile boolean tracing = true;

		static String current(ObservationRegistry registry) {
			Observation current = registry.getCurrentObservation();
			return String.valueOf((current != null) ? current.getContextView().<String>get("trace") : null);
		}

		@Override
		public void onStart(Observation.Context context) {
			if (!this.tracing) {
				return;
			}
			String trace = (context.getParentObservation() != null)
					? context.getParentObservation().getContextView().get("trace") : null;
			if (context instanceof ReceiverContext<?> receiver) {
				trace = extracted(receiver);
			}
			if (trace == null) {
				trace = "trace-" + this.count.incrementAndGet();
			}
			context.put("trace", trace);
			if (context instanceof SenderContext<?> sender) {
				inject(sender, trace);
			}
		}

		private static <C> String extracted(ReceiverContext<C> receiver) {
			return receiver.getGetter().get(receiver.getCarrier(), "traceparent");
		}

		private static <C> void inject(SenderContext<C> sender, String trace) {
			sender.getSetter().set(sender.getCarrier(), "traceparent", trace);
		}

		@Override
		public void onStop(Observation.Context context) {
			StringBuilder low = new StringBuilder();
			context.getLowCardinalityKeyValues()
				.forEach((pair) -> low.append((low.length() > 0) ? ", " : "")
					.append(pair.getKey())
					.append('=')
					.append(pair.getValue()));
			this.ended.add(context.getName() + " {" + low + "} " + context.<String>get("trace")
					+ ((context.getError() != null) ? " " + context.getError().getMessage() : ""));
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

	}

}
