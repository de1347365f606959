package io.github.rediskit.messaging;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

import io.github.rediskit.codec.JsonMessageCodecs;
import io.github.rediskit.codec.MessageCodecs;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * What does not keep messages from being handled, nor lets them be handled twice at once.
 */
@RedisTest
@Timeout(60)
class StubbornConsumerTests {

	private static final MessageCodecs.Reader<Order> ORDERS = new JsonMessageCodecs(JsonMapper.shared())
		.reader(Order.class);

	private static final String STREAM = "shop:stream:{orders}";

	private static final Retries NEVER = (attempts, failure) -> null;

	private final RedisTestServer server = RedisTestServer.shared();

	private final Queue<Integer> handled = new ConcurrentLinkedQueue<>();

	private final CountDownLatch end = new CountDownLatch(1);

	private final MessagingInstance instance = new MessagingInstance(this.server.uri());

	@AfterEach
	void close() {
		this.end.countDown();
		this.instance.close();
	}

	private static int number(ReceivedMessage message) {
		return message.as(ORDERS).number();
	}

	private @Nullable CompletableFuture<?> remember(List<ReceivedMessage> messages) {
		messages.forEach((message) -> this.handled.add(number(message)));
		return null;
	}

	private MessageConsumer consume(Retries retries, MessageHandler handler) {
		ConsumerRequest request = this.instance.request("orders", "billing", 1, 1, handler);
		return this.instance.started(this.instance.messaging
			.consumerOfStream(new ConsumerRequest(request.id(), request.name(), request.group(), request.consumer(), 1,
					1, request.ackMode(), request.startFrom(), request.settings(), retries, request.handler())));
	}

	@Test
	void aPolicyThatThrowsMakesADeadLetterAndHoldsUpNobody() {
		consume((attempts, failure) -> {
			throw new IllegalStateException("The policy is broken");
		}, (messages) -> {
			if (number(messages.get(0)) == 1) {
				throw new IllegalArgumentException("Poison");
			}
			return remember(messages);
		});
		this.instance.messaging.add("orders", new Order(1, "lamp"));
		this.instance.messaging.add("orders", new Order(2, "lamp"));
		await().untilAsserted(() -> assertThat(this.handled).containsExactly(2));
		await().until(() -> this.server.commands().xlen(STREAM + ":dead") == 1);
	}

	@Test
	void aBackOffWithoutEndHoldsUpNobody() {
		consume((attempts, failure) -> Duration.ofSeconds(Long.MAX_VALUE), (messages) -> {
			if (number(messages.get(0)) == 1) {
				throw new IllegalArgumentException("Poison");
			}
			return remember(messages);
		});
		this.instance.messaging.add("orders", new Order(1, "lamp"));
		this.instance.messaging.add("orders", new Order(2, "lamp"));
		await().untilAsserted(() -> assertThat(this.handled).containsExactly(2));
	}

	@Test
	void whatCanNotBeAskedIsNotAFailureOfTheMessage() {
		this.instance.configure("orders", new MessageSettings(null, 1_000, 1_000, Duration.ofSeconds(30),
				Duration.ofMinutes(1), MessageSettings.DEFAULTS.storage()));
		this.server.commands().set(STREAM + ":handled:billing", "not what it should be");
		consume(NEVER, this::remember);
		this.instance.messaging.add("orders", new Order(1, "lamp"));
		await().during(Duration.ofMillis(300)).until(() -> this.server.commands().xlen(STREAM + ":dead") == 0);
		this.server.commands().del(STREAM + ":handled:billing");
		await().untilAsserted(() -> assertThat(this.handled).containsExactly(1));
	}

	@Test
	void whatALiveInstanceHoldsStaysWithItWhenRedisStoodStill() {
		MessageSettings quick = MessageSettings.DEFAULTS.withClaimIdle(Duration.ofMillis(1_500));
		this.instance.configure("orders", quick);
		try (RedisTestServer freezes = RedisTestServer.start();
				MessagingInstance holds = new MessagingInstance(freezes.uri());
				MessagingInstance idle = new MessagingInstance(freezes.uri())) {
			holds.configure("orders", quick);
			idle.configure("orders", quick);
			MessageHandler handler = (messages) -> {
				this.handled.add(number(messages.get(0)));
				this.end.await();
				return null;
			};
			holds.consume("orders", "billing", 1, handler);
			holds.messaging.add("orders", new Order(1, "lamp"));
			await().until(() -> this.handled.size() == 1);
			idle.consume("orders", "billing", 1, handler);
			await().during(Duration.ofMillis(600)).until(() -> this.handled.size() == 1);
			freezes.freeze();
			await().pollDelay(Duration.ofMillis(3_500)).until(() -> true);
			freezes.thaw();
			await().during(Duration.ofSeconds(3)).atMost(Duration.ofSeconds(8)).until(() -> this.handled.size() == 1);
			assertThat(idle.events).doesNotContain("claimed");
			this.end.countDown();
			await().until(() -> freezes.commands().xpending(STREAM, "billing").getCount() == 0);
		}
	}

	@Test
	void aStopWaitsForTheOneBeforeThatIsNotOverYet() {
		CountDownLatch begun = new CountDownLatch(1);
		MessageConsumer consumer = consume(NEVER, (messages) -> {
			begun.countDown();
			this.end.await();
			return remember(messages);
		});
		this.instance.messaging.add("orders", new Order(1, "lamp"));
		await().until(() -> begun.getCount() == 0);
		CompletableFuture<?> first = consumer.stop(Duration.ofSeconds(20)).toCompletableFuture();
		consumer.start();
		CompletableFuture<?> second = consumer.stop(Duration.ofSeconds(20)).toCompletableFuture();
		await().during(Duration.ofMillis(300)).until(() -> !first.isDone() && !second.isDone());
		this.end.countDown();
		second.join();
		assertThat(this.handled).containsExactly(1);
		assertThat(this.instance.events).last().isEqualTo("stopped, left 0");
		assertThat(this.server.commands().xpending(STREAM, "billing").getCount()).isZero();
	}

	@Test
	void whatCanNotBeHandledYetIsLeftToOthers() {
		this.instance.messaging.add("orders", new Order(1, "lamp"));
		this.instance.messaging.add("orders", new Order(2, "lamp"));
		CountDownLatch begun = new CountDownLatch(4);
		this.instance.consume("orders", "billing", 4, (messages) -> {
			begun.countDown();
			this.end.await();
			return remember(messages);
		});
		await().until(() -> begun.getCount() == 2);
		for (int i = 3; i < 20; i++) {
			this.instance.messaging.add("orders", new Order(i, "lamp"));
		}
		await().until(() -> begun.getCount() == 0);
		await().during(Duration.ofMillis(200))
			.untilAsserted(
					() -> assertThat(this.server.commands().xpending(STREAM, "billing").getCount()).isEqualTo(4));
	}

	@Test
	void aTimeThatNobodyLivesToSeeIsRefusedWithASentence() {
		RedisQueue<String> queue = this.instance.messaging.queue("email", String.class);
		assertThatIllegalArgumentException().isThrownBy(() -> queue.send("late", Duration.ofSeconds(Long.MAX_VALUE)))
			.withMessageContaining("email");
		assertThatIllegalArgumentException().isThrownBy(() -> queue.send("late", Instant.MAX))
			.withMessageContaining("email");
		queue.send("long ago", Instant.MIN);
		queue.send("at once", Duration.ofSeconds(Long.MIN_VALUE));
		queue.send("much later", Duration.ofDays(36_000));
		assertThat(queue.size()).isEqualTo(3);
	}

	record Order(int number, String article) {
	}

}
