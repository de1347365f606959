package io.github.rediskit.messaging;

import java.time.Duration;
import java.util.Collections;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

import io.github.rediskit.codec.JsonMessageCodecs;
import io.github.rediskit.codec.MessageCodecs;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import io.lettuce.core.Range;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Handlers that do what handlers should not do. Others do not suffer from it.
 */
@RedisTest
@Timeout(60)
class OddHandlersTests {

	private static final MessageCodecs.Reader<Order> ORDERS = new JsonMessageCodecs(JsonMapper.shared())
		.reader(Order.class);

	private static final String STREAM = "shop:stream:{orders}";

	private static final String DEAD = STREAM + ":dead";

	private final RedisTestServer server = RedisTestServer.shared();

	private final Queue<Integer> handled = new ConcurrentLinkedQueue<>();

	private final MessagingInstance instance = new MessagingInstance(this.server.uri());

	@AfterEach
	void close() {
		this.instance.close();
	}

	private void send(int number) {
		this.instance.messaging.add("orders", new Order(number));
	}

	private void remember(ReceivedMessage message) {
		this.handled.add(message.as(ORDERS).number());
	}

	@Test
	void aHandlerThatLeavesItsThreadInterruptedDoesNotInterruptTheNext() {
		for (int i = 0; i < 20; i++) {
			send(i);
		}
		this.instance.consume("orders", "billing", 1, (messages) -> {
			new CountDownLatch(0).await(); // as any handler that can be interrupted
			remember(messages.get(0));
			Thread.currentThread().interrupt();
			return null;
		});
		await().until(() -> this.handled.size() == 20);
		assertThat(this.instance.events).noneMatch((event) -> event.startsWith("failed"));
	}

	@ParameterizedTest
	@EnumSource
	void whateverIsThrownTheMessageIsADeadLetterAndTheNextOneIsHandled(Thrown thrown) {
		this.instance.consume("orders", "billing", 1, (messages) -> {
			if (messages.get(0).as(ORDERS).number() == 1) {
				thrown.happens();
			}
			remember(messages.get(0));
			return null;
		});
		send(1);
		send(2);
		await().untilAsserted(() -> assertThat(this.handled).containsExactly(2));
		await().until(() -> this.server.commands().xlen(DEAD) == 1);
		assertThat(this.server.commands().xrange(DEAD, Range.unbounded()).get(0).getBody().get("dead.last-error"))
			.contains(thrown.says);
	}

	@Test
	void whatAStageEndsWithIsAsGoodAsThrown() {
		this.instance.consume("orders", "billing", 1, (messages) -> {
			if (messages.get(0).as(ORDERS).number() == 1) {
				return CompletableFuture.failedStage(new Unspeakable());
			}
			remember(messages.get(0));
			return null;
		});
		send(1);
		send(2);
		await().untilAsserted(() -> assertThat(this.handled).containsExactly(2));
		await().until(() -> this.server.commands().xlen(DEAD) == 1);
	}

	@Test
	void deadLettersThatTheServerDoesNotTakeAreToldOnceAndTriedUntilItDoes() {
		this.server.commands().set(DEAD, "no stream");
		this.instance.consume("orders", "billing", 1, (messages) -> {
			if (messages.get(0).as(ORDERS).number() < 0) {
				throw new UnreadableMessageException("It is poison", null);
			}
			remember(messages.get(0));
			return null;
		});
		for (int i = 1; i <= 5; i++) {
			send(-i);
		}
		await().during(Duration.ofMillis(300)).until(() -> {
			send(1); // what works is told to work meanwhile
			return true;
		});
		assertThat(Collections.frequency(this.instance.events, "interrupted")).isEqualTo(1);
		assertThat(this.instance.events).doesNotContain("resumed");
		this.server.commands().del(DEAD);
		await().until(() -> this.server.commands().xlen(DEAD) == 5);
	}

	@Test
	void whatIsTrimmedWhileItWaitsIsLostAndSaidToBe() {
		this.instance.configure("orders", MessageSettings.DEFAULTS.withClaimIdle(Duration.ofMillis(400)));
		CountDownLatch failed = new CountDownLatch(1);
		this.instance.consume("orders", "billing", 1, (messages) -> {
			if (messages.get(0).as(ORDERS).number() == 1) {
				this.server.commands().xtrim(STREAM, 0);
				failed.countDown();
				throw new IllegalStateException("not now");
			}
			remember(messages.get(0));
			return null;
		});
		send(1);
		await().until(() -> failed.getCount() == 0);
		send(2);
		await().untilAsserted(() -> assertThat(this.handled).containsExactly(2));
		await().untilAsserted(() -> assertThat(this.instance.events).contains("lost"));
		await().until(() -> this.server.commands().xpending(STREAM, "billing").getCount() == 0);
	}

	@Test
	@EnabledIfSystemProperty(named = "rediskit.test.messages.slow", matches = "true",
			disabledReason = "it waits for five seconds")
	void aStopDoesNotWaitLongForAServerThatTakesNoAcknowledgements() {
		try (RedisTestServer freezes = RedisTestServer.start();
				MessagingInstance consumes = new MessagingInstance(freezes.uri())) {
			MessageConsumer consumer = consumes.consume("orders", "billing", 1, (messages) -> {
				freezes.freeze();
				remember(messages.get(0));
				return null;
			});
			consumes.messaging.add("orders", new Order(1));
			await().until(() -> this.handled.size() == 1);
			try {
				assertThat(consumer.stop(Duration.ofSeconds(50)).toCompletableFuture())
					.succeedsWithin(Duration.ofSeconds(20));
			}
			finally {
				freezes.thaw();
			}
		}
	}

	enum Thrown {

		STACK_OVERFLOW("StackOverflowError") {

			@Override
			void happens() {
				happens();
			}

		},

		NO_MEMORY("OutOfMemoryError") {

			@Override
			void happens() {
				throw new OutOfMemoryError("as if");
			}

		},

		NO_CLASS("NoClassDefFoundError") {

			@Override
			void happens() {
				throw new NoClassDefFoundError("gone");
			}

		},

		INTERRUPTED("InterruptedException") {

			@Override
			void happens() throws Exception {
				throw new InterruptedException();
			}

		},

		UNSPEAKABLE("Unspeakable") {

			@Override
			void happens() {
				throw new Unspeakable();
			}

		};

		private final String says;

		Thrown(String says) {
			this.says = says;
		}

		abstract void happens() throws Exception;

	}

	/** It can't even be told. */
	static final class Unspeakable extends RuntimeException {

		private static final long serialVersionUID = 1L;

		@Override
		public String getMessage() {
			throw new IllegalStateException("no words");
		}

	}

	record Order(int number) {
	}

}
