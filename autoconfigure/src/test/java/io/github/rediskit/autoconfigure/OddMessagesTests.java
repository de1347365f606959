package io.github.rediskit.autoconfigure;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.rediskit.codec.CodecException;
import io.github.rediskit.messaging.MessageListeners;
import io.github.rediskit.messaging.MessageTooLargeException;
import io.github.rediskit.messaging.RedisPublisher;
import io.github.rediskit.messaging.RedisQueue;
import io.github.rediskit.messaging.RedisQueueListener;
import io.github.rediskit.messaging.RedisQueues;
import io.github.rediskit.messaging.RedisStreamListener;
import io.github.rediskit.messaging.RedisStreams;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.annotation.RedisListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.awaitility.Awaitility.await;

/**
 * Messages of all kinds of types, and applications that do odd things with them.
 * {@code -Drediskit.test.messages.due} is how many are due at once.
 */
@RedisTest
@Timeout(60)
class OddMessagesTests {

	private static final int DUE = Integer.getInteger("rediskit.test.messages.due", 500);

	private static final String STREAM = "shop:stream:{orders}";

	private final RedisTestServer server = RedisTestServer.shared();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class, DataRedisAutoConfiguration.class,
				RediskitAutoConfiguration.class, RedisConnectionsAutoConfiguration.class,
				MessagingAutoConfiguration.class, PubSubAutoConfiguration.class))
		.withPropertyValues("spring.application.name=shop", "spring.data.redis.url=" + this.server.uri(),
				"spring.data.redis.timeout=5s", "rediskit.messaging.streams.orders.backoff=20ms",
				"rediskit.messaging.queues.email.backoff=20ms");

	@Test
	void messagesComeAsTheyWere() {
		this.runner.withBean(Kinds.class).run((context) -> {
			RedisStreams streams = context.getBean(RedisStreams.class);
			Map<String, Object> expected = new ConcurrentHashMap<>();
			expected.put("text", "ü \u0000 \uD83D\uDE00 \"{}\"");
			expected.put("empty", "");
			expected.put("number", 42L);
			expected.put("day", DayOfWeek.FRIDAY);
			expected.put("instant", Instant.parse("2026-11-30T12:00:00.123456789Z"));
			expected.put("map", Map.of("a", 1, "b.c", 2));
			expected.put("page", new Page<>(List.of(new Item("lamp", null)), Optional.of(3)));
			expected.put("shape", new Circle(1.5));
			expected.put("optional", Optional.of("x"));
			expected.put("huge", "x".repeat(900_000));
			expected.forEach(streams::add);
			streams.add("bytes", new byte[] { 0, -1, 13 });
			await().untilAsserted(() -> {
				Map<String, Object> heard = context.getBean(Kinds.class).heard;
				assertThat((byte[]) heard.get("bytes")).containsExactly(0, -1, 13);
				assertThat(heard).containsAllEntriesOf(expected);
			});
			assertThat(this.server.commands().keys("*:dead")).isEmpty();
		});
	}

	@Test
	void whatIsNoMessageIsRefusedWhereItIsSent() {
		this.runner.run((context) -> {
			RedisStreams streams = context.getBean(RedisStreams.class);
			RedisQueue<String> queue = context.getBean(RedisQueues.class).queue("email", String.class);
			assertThatNullPointerException().isThrownBy(() -> streams.add("orders", null))
				.withMessageContaining("orders");
			assertThatNullPointerException().isThrownBy(() -> queue.send(null)).withMessageContaining("email");
			assertThatNullPointerException().isThrownBy(() -> queue.send(null, Duration.ofSeconds(1)))
				.withMessageContaining("email");
			assertThatNullPointerException()
				.isThrownBy(() -> context.getBean(RedisPublisher.class).publish("news", null))
				.withMessageContaining("news");
			assertThatExceptionOfType(CodecException.class).isThrownBy(() -> streams.add("orders", new Knot()))
				.withMessageContaining("Knot");
			assertThatExceptionOfType(MessageTooLargeException.class)
				.isThrownBy(() -> streams.add("orders", "x".repeat(2_000_000)))
				.withMessageContaining("max-size");
			assertThat(this.server.commands().keys("*")).isEmpty();
		});
	}

	@Test
	void aQueueOfAPrimitiveTypeIsOneOfItsObjects() {
		this.runner.withBean(Numbers.class).run((context) -> {
			context.getBean(RedisQueues.class).queue("email", int.class).send(7);
			await().untilAsserted(() -> assertThat(context.getBean(Numbers.class).heard).containsExactly(7));
		});
	}

	@Test
	void aWrongTypeAtTheKeyIsWaitedFor() {
		this.server.commands().set(STREAM, "no stream");
		this.runner.withBean(Stopping.class, () -> new Stopping(() -> {
		})).run((context) -> {
			await().pollDelay(Duration.ofMillis(200)).until(() -> true);
			assertThat(context.getBean(MessageListeners.class).isRunning("orders.billing")).isTrue();
			this.server.commands().del(STREAM);
			context.getBean(RedisStreams.class).add("orders", 1);
			await().untilAsserted(() -> assertThat(context.getBean(Stopping.class).heard).containsExactly(1));
		});
	}

	@Test
	void manyMessagesThatAreDueAtOnceAreAllHandledOnce() {
		this.runner.withBean(Numbers.class).run((context) -> {
			RedisQueue<Integer> queue = context.getBean(RedisQueues.class).queue("email", Integer.class);
			CompletableFuture<?>[] sent = new CompletableFuture<?>[DUE];
			for (int i = 0; i < sent.length; i++) {
				sent[i] = queue.sendAsync(i, Duration.ofMillis(300)).toCompletableFuture();
				if (i % 200 == 199) {
					sent[i].get(30, TimeUnit.SECONDS);
				}
			}
			CompletableFuture.allOf(sent).get(30, TimeUnit.SECONDS);
			Queue<Integer> heard = context.getBean(Numbers.class).heard;
			await().atMost(Duration.ofSeconds(30)).until(() -> heard.size() >= sent.length);
			assertThat(heard).hasSize(sent.length).doesNotHaveDuplicates();
			await().until(() -> queue.size() == 0);
		});
	}

	@Test
	void aHandlerThatClosesTheApplicationDoesNotWaitForItself() {
		CountDownLatch closed = new CountDownLatch(1);
		Runnable[] close = new Runnable[1];
		this.runner.withBean(Stopping.class, () -> new Stopping(() -> {
			close[0].run();
			closed.countDown();
		})).run((context) -> {
			close[0] = ((ConfigurableApplicationContext) context.getSourceApplicationContext())::close;
			context.getBean(RedisStreams.class).add("orders", 1);
			assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
		});
	}

	@Test
	void aHandlerThatStopsItsOwnListenerDoesNotWaitForItself() {
		MessageListeners[] listeners = new MessageListeners[1];
		this.runner.withBean(Stopping.class, () -> new Stopping(() -> listeners[0].stop("orders.billing")))
			.run((context) -> {
				listeners[0] = context.getBean(MessageListeners.class);
				context.getBean(RedisStreams.class).add("orders", 1);
				Stopping stopping = context.getBean(Stopping.class);
				await().untilAsserted(() -> assertThat(stopping.heard).containsExactly(1));
				assertThat(listeners[0].isRunning("orders.billing")).isFalse();
				await().until(() -> this.server.commands().xpending(STREAM, "billing").getCount() == 0);
				listeners[0].start("orders.billing");
				context.getBean(RedisStreams.class).add("orders", 2);
				await().untilAsserted(() -> assertThat(stopping.heard).containsExactly(1, 2));
			});
	}

	/** Java 17 has none. */
	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void handlersRunInVirtualThreadsWhereTheApplicationHasThem() {
		this.runner.withBean(Threads.class).withPropertyValues("spring.threads.virtual.enabled=true").run((context) -> {
			RedisStreams streams = context.getBean(RedisStreams.class);
			for (int i = 0; i < 100; i++) {
				streams.add("orders", i);
			}
			context.getBean(RedisPublisher.class).publish("threads", 1);
			Threads threads = context.getBean(Threads.class);
			await().until(() -> threads.handled.get() == 101);
			assertThat(threads.names)
				.anyMatch((name) -> name.startsWith("VirtualThread[") && name.contains("rediskit-orders.billing-"))
				.anyMatch((name) -> name.startsWith("VirtualThread[") && name.contains("rediskit-listener-"))
				.allMatch((name) -> name.startsWith("VirtualThread["));
			context.getBean(MessageListeners.class).stop("orders.billing");
			context.getBean(MessageListeners.class).start("orders.billing");
			streams.add("orders", 100);
			await().until(() -> threads.handled.get() == 102);
		});
	}

	record Page<T>(List<T> items, Optional<Integer> next) {
	}

	record Item(String name, String remark) {
	}

	sealed interface Shape permits Circle, Square {

	}

	record Circle(double radius) implements Shape {
	}

	record Square(double side) implements Shape {
	}

	/** It contains itself. */
	static class Knot {

		public Knot getKnot() {
			return this;
		}

	}

	static class Numbers {

		final Queue<Integer> heard = new ConcurrentLinkedQueue<>();

		@RedisQueueListener(value = "email", concurrency = "4")
		void on(int number) {
			this.heard.add(number);
		}

	}

	static class Threads {

		final AtomicInteger handled = new AtomicInteger();

		final Set<String> names = ConcurrentHashMap.newKeySet();

		@RedisStreamListener(stream = "orders", group = "billing", concurrency = "20")
		void on(Integer number) {
			this.names.add(Thread.currentThread().toString());
			this.handled.incrementAndGet();
		}

		@RedisListener(id = "threads", topic = "threads")
		void published(Integer number) {
			this.names.add(Thread.currentThread().toString());
			this.handled.incrementAndGet();
		}

	}

	static class Stopping {

		final Queue<Integer> heard = new ConcurrentLinkedQueue<>();

		private final Runnable stops;

		Stopping(Runnable stops) {
			this.stops = stops;
		}

		@RedisStreamListener(stream = "orders", group = "billing")
		void on(Integer number) {
			this.stops.run();
			this.heard.add(number);
		}

	}

	static class Kinds {

		final Map<String, Object> heard = new ConcurrentHashMap<>();

		@RedisStreamListener(stream = "text", group = "all")
		void text(String text) {
			this.heard.put("text", text);
		}

		@RedisStreamListener(stream = "empty", group = "all")
		void empty(String text) {
			this.heard.put("empty", text);
		}

		@RedisStreamListener(stream = "number", group = "all")
		void number(long number) {
			this.heard.put("number", number);
		}

		@RedisStreamListener(stream = "day", group = "all")
		void day(DayOfWeek day) {
			this.heard.put("day", day);
		}

		@RedisStreamListener(stream = "instant", group = "all")
		void instant(Instant instant) {
			this.heard.put("instant", instant);
		}

		@RedisStreamListener(stream = "map", group = "all")
		void map(Map<String, Integer> map) {
			this.heard.put("map", map);
		}

		@RedisStreamListener(stream = "page", group = "all")
		void page(Page<Item> page) {
			this.heard.put("page", page);
		}

		@RedisStreamListener(stream = "shape", group = "all")
		void shape(Shape shape) {
			this.heard.put("shape", shape);
		}

		@RedisStreamListener(stream = "optional", group = "all")
		void optional(Optional<String> optional) {
			this.heard.put("optional", optional);
		}

		@RedisStreamListener(stream = "bytes", group = "all")
		void bytes(byte[] bytes) {
			this.heard.put("bytes", bytes);
		}

		@RedisStreamListener(stream = "huge", group = "all")
		void huge(String text) {
			this.heard.put("huge", text);
		}

	}

}
