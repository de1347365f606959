package io.github.rediskit.messaging;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

import io.github.rediskit.codec.JsonMessageCodecs;
import io.github.rediskit.codec.MessageCodecs;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import io.lettuce.core.api.sync.RedisCommands;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A server that knows nothing of a group any more, whatever a consumer asks it next.
 */
@RedisTest
@Timeout(60)
class ForgottenGroupTests {

	private static final MessageCodecs.Reader<Order> ORDERS = new JsonMessageCodecs(JsonMapper.shared())
		.reader(Order.class);

	private static final String STREAM = "shop:stream:{orders}";

	private static final MessageSettings QUICK = MessageSettings.DEFAULTS.withClaimIdle(Duration.ofMillis(400));

	private final RedisTestServer server = RedisTestServer.shared();

	private final Queue<Integer> handled = new ConcurrentLinkedQueue<>();

	private final CountDownLatch end = new CountDownLatch(1);

	private final MessagingInstance instance = new MessagingInstance(this.server.uri());

	@AfterEach
	void close() {
		this.end.countDown();
		this.instance.close();
	}

	private void send(int number) {
		this.instance.messaging.add("orders", new Order(number));
	}

	private MessageHandler remembers() {
		return (messages) -> {
			messages.forEach((message) -> this.handled.add(message.as(ORDERS).number()));
			return null;
		};
	}

	private boolean hasGroup() {
		return this.server.commands().exists(STREAM) == 1 && !this.server.commands().xinfoGroups(STREAM).isEmpty();
	}

	private void destroyGroup() {
		this.server.commands().xgroupDestroy(STREAM, "billing");
	}

	@ParameterizedTest
	@EnumSource
	void whateverBecomesOfTheStreamTheConsumerGoesOn(Loss loss) {
		this.instance.consume("orders", "billing", 2, remembers());
		send(1);
		await().until(() -> this.handled.contains(1) && hasGroup());
		loss.happens.accept(this.server.commands());
		if (loss == Loss.REPLACED) {
			await().pollDelay(Duration.ofMillis(300)).until(() -> true);
			this.server.commands().del(STREAM);
		}
		send(2);
		await().untilAsserted(() -> assertThat(this.handled).contains(2));
		assertThat(this.instance.events).containsOnlyOnce("made again").doesNotContain("dead 1", "failed 1");
	}

	@Test
	void anEmptyServerAfterARestartIsNoEnd() {
		try (RedisTestServer forgets = RedisTestServer.start();
				MessagingInstance consumer = new MessagingInstance(forgets.uri())) {
			consumer.consume("orders", "billing", 1, remembers());
			consumer.messaging.add("orders", new Order(1));
			await().until(() -> this.handled.contains(1));
			forgets.restart();
			await().ignoreExceptions().until(() -> consumer.messaging.add("orders", new Order(2)) != null);
			await().untilAsserted(() -> assertThat(this.handled).contains(2));
			assertThat(consumer.events).contains("made again");
		}
	}

	@Test
	void whoHoldsAMessageAndReadsNothingNoticesToo() {
		this.instance.configure("orders", QUICK);
		CountDownLatch begun = new CountDownLatch(1);
		this.instance.consume("orders", "billing", 1, (messages) -> {
			begun.countDown();
			this.end.await();
			return remembers().handle(messages);
		});
		send(1);
		await().until(() -> begun.getCount() == 0);
		destroyGroup();
		await().until(() -> hasGroup() && this.instance.events.contains("made again"));
		this.end.countDown();
		await().untilAsserted(() -> assertThat(this.handled).contains(1));
		await().until(() -> this.server.commands().xpending(STREAM, "billing").getCount() == 0);
	}

	@Test
	void whatWaitsToBeTriedAgainComesWithTheNewGroup() {
		this.instance.consume("orders", "billing", 1, (messages) -> {
			if (messages.get(0).info().attempt() == 1 && this.handled.isEmpty()) {
				this.handled.add(-1);
				destroyGroup();
				throw new IllegalStateException("not now");
			}
			return remembers().handle(messages);
		});
		send(1);
		await().untilAsserted(() -> assertThat(this.handled).containsExactly(-1, 1));
		assertThat(this.instance.events).contains("made again").doesNotContain("dead 1", "dead 2", "dead 3");
	}

	@Test
	void whatIsToBeADeadLetterComesWithTheNewGroupAndIsOneThen() {
		this.instance.consume("orders", "billing", 1, (messages) -> {
			if (this.handled.isEmpty()) {
				this.handled.add(-1);
				destroyGroup();
			}
			throw new UnreadableMessageException("It is poison", null);
		});
		send(1);
		await().until(() -> this.server.commands().xlen(STREAM + ":dead") == 1);
		assertThat(this.instance.events).contains("made again", "dead 1");
		await().until(() -> this.server.commands().xpending(STREAM, "billing").getCount() == 0);
	}

	@Test
	void whatWasHandledMeanwhileIsNoReasonToStopAndTheStopNone() {
		MessageSettings remembering = new MessageSettings(null, 1_000, 1_000, Duration.ofSeconds(30),
				Duration.ofMinutes(1), MessageSettings.DEFAULTS.storage());
		this.instance.configure("orders", remembering);
		MessageConsumer consumer = this.instance.consume("orders", "billing", 1, (messages) -> {
			if (this.handled.isEmpty()) {
				this.server.commands().del(STREAM);
			}
			return remembers().handle(messages);
		});
		send(1);
		await().until(() -> this.handled.contains(1));
		send(2);
		await().untilAsserted(() -> assertThat(this.handled).containsExactly(1, 2));
		this.server.commands().del(STREAM);
		MessagingInstance.stop(consumer);
		assertThat(this.instance.events).contains("made again").last().isEqualTo("stopped, left 0");
	}

	@Test
	void anotherConsumerThatHadMadeItIsNoTrouble() {
		try (MessagingInstance second = new MessagingInstance(this.server.uri())) {
			this.instance.consume("orders", "billing", 1, remembers());
			second.consume("orders", "billing", 1, remembers());
			send(1);
			await().until(() -> this.handled.contains(1));
			this.server.flushAll();
			List<Integer> numbers = List.of(2, 3, 4, 5);
			numbers.forEach(this::send);
			await().untilAsserted(() -> assertThat(this.handled).containsAll(numbers));
			await().until(() -> this.server.commands().xpending(STREAM, "billing").getCount() == 0);
		}
	}

	enum Loss {

		FLUSHED((commands) -> commands.flushall()), DELETED((commands) -> commands.del(STREAM)),
		RENAMED((commands) -> commands.rename(STREAM, STREAM + ":old")),
		GROUP_DESTROYED((commands) -> commands.xgroupDestroy(STREAM, "billing")),
		REPLACED((commands) -> commands.set(STREAM, "not a stream"));

		private final Consumer<RedisCommands<String, String>> happens;

		Loss(Consumer<RedisCommands<String, String>> happens) {
			this.happens = happens;
		}

	}

	record Order(int number) {
	}

}
