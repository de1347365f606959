package io.github.rediskit.messaging;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.rediskit.codec.JsonMessageCodecs;
import io.github.rediskit.codec.MessageCodecs;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestCluster;
import io.github.rediskit.testing.RedisTestServer;
import io.lettuce.core.Range;
import io.lettuce.core.StreamMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What happens to messages of a stream.
 */
@RedisTest
@Timeout(60)
class StreamConsumerTests {

	private static final MessageCodecs.Reader<Order> ORDERS = new JsonMessageCodecs(JsonMapper.shared())
		.reader(Order.class);

	private static final String STREAM = "shop:stream:{orders}";

	private static final String DEAD = STREAM + ":dead";

	private static final MessageSettings QUICK = MessageSettings.DEFAULTS.withClaimIdle(Duration.ofMillis(400));

	private final RedisTestServer server = RedisTestServer.shared();

	private final Queue<Integer> handled = new ConcurrentLinkedQueue<>();

	private MessagingInstance instance = new MessagingInstance(this.server.uri());

	@AfterEach
	void close() {
		this.instance.close();
	}

	private static int number(ReceivedMessage message) {
		return message.as(ORDERS).number();
	}

	private MessageHandler remembers() {
		return (messages) -> {
			messages.forEach((message) -> this.handled.add(number(message)));
			return null;
		};
	}

	private long pending(String group) {
		return this.server.commands().xpending(STREAM, group).getCount();
	}

	@Test
	void aMessageIsHandledOnceByEachGroup() {
		Queue<Integer> others = new ConcurrentLinkedQueue<>();
		List<MessageInfo> infos = new CopyOnWriteArrayList<>();
		String id = this.instance.messaging.add("orders", new Order(42, "lamp"));
		this.instance.consume("orders", "billing", 2, remembers());
		this.instance.consume("orders", "shipping", 2, (messages) -> {
			others.add(number(messages.get(0)));
			infos.add(messages.get(0).info());
			return null;
		});
		this.instance.messaging.add("orders", new Order(43, "chair"));
		await().untilAsserted(() -> assertThat(this.handled).containsExactlyInAnyOrder(42, 43));
		await().untilAsserted(() -> assertThat(others).containsExactlyInAnyOrder(42, 43));
		await().until(() -> pending("billing") == 0 && pending("shipping") == 0);
		assertThat(infos).contains(new MessageInfo("orders", "shipping", id, id, 1));
		List<StreamMessage<String, String>> entries = this.server.commands().xrange(STREAM, Range.unbounded());
		assertThat(entries.get(0).getBody())
			.isEqualTo(Map.of("v", "1", "payload", "{\"number\":42,\"article\":\"lamp\"}"));
	}

	@Test
	void manyMessagesAreSharedAmongConsumersAndHandledOnce() {
		try (MessagingInstance second = new MessagingInstance(this.server.uri())) {
			AtomicInteger ofSecond = new AtomicInteger();
			this.instance.consume("orders", "billing", 4, remembers());
			second.consume("orders", "billing", 4, (messages) -> {
				ofSecond.addAndGet(messages.size());
				return remembers().handle(messages);
			});
			CompletableFuture<?>[] sent = new CompletableFuture<?>[10_000];
			for (int i = 0; i < sent.length; i++) {
				sent[i] = this.instance.messaging.addAsync("orders", new Order(i, "lamp")).toCompletableFuture();
				if (i % 500 == 0) {
					sent[i].join();
				}
			}
			CompletableFuture.allOf(sent).join();
			await().until(() -> this.handled.size() >= sent.length);
			assertThat(this.handled).hasSize(sent.length).doesNotHaveDuplicates();
			await().until(() -> pending("billing") == 0);
			assertThat(ofSecond.get()).isBetween(1, sent.length - 1);
		}
	}

	@Test
	void aPoisonMessageIsTriedAsOftenAsItMayBecomesADeadLetterAndHoldsUpNobody() {
		MessageHandler handler = (messages) -> {
			if (number(messages.get(0)) == 13) {
				throw new IllegalStateException("unlucky, attempt " + messages.get(0).info().attempt());
			}
			return remembers().handle(messages);
		};
		this.instance.consume("orders", "billing", 1, handler);
		String poison = this.instance.messaging.add("orders", new Order(13, "lamp"));
		for (int i = 0; i < 10; i++) {
			this.instance.messaging.add("orders", new Order(100 + i, "lamp"));
		}
		await().until(() -> this.handled.size() == 10);
		await().until(() -> this.server.commands().xlen(DEAD) == 1);
		assertThat(this.instance.events).containsSubsequence("failed 1", "failed 2", "failed 3", "dead 3");
		await().until(() -> pending("billing") == 0);
		Map<String, String> letter = this.server.commands().xrange(DEAD, Range.unbounded()).get(0).getBody();
		assertThat(letter).containsEntry("payload", "{\"number\":13,\"article\":\"lamp\"}")
			.containsEntry("v", "1")
			.containsEntry("dead.id", poison)
			.containsEntry("dead.record", poison)
			.containsEntry("dead.group", "billing")
			.containsEntry("dead.attempts", "3")
			.containsEntry("dead.first-error", "java.lang.IllegalStateException: unlucky, attempt 1")
			.containsEntry("dead.last-error", "java.lang.IllegalStateException: unlucky, attempt 3")
			.containsKeys("dead.consumer", "dead.at");
	}

	@Test
	void deadLettersAreReplayedForTheirGroupAlone() {
		Map<Integer, String> ids = new ConcurrentHashMap<>();
		AtomicInteger fails = new AtomicInteger(1);
		AtomicInteger others = new AtomicInteger();
		this.instance.consume("orders", "shipping", 1, (messages) -> {
			others.incrementAndGet();
			return null;
		});
		this.instance.consume("orders", "billing", 1, (messages) -> {
			if (fails.get() == 1) {
				throw new IllegalStateException("not now");
			}
			ids.put(number(messages.get(0)), messages.get(0).info().id());
			return remembers().handle(messages);
		});
		String first = this.instance.messaging.add("orders", new Order(1, "lamp"));
		this.instance.messaging.add("orders", new Order(2, "lamp"));
		await().until(() -> this.server.commands().xlen(DEAD) == 2);
		assertThat(this.instance.messaging.replay("orders", "shipping")).isZero();
		fails.set(0);
		assertThat(this.instance.messaging.replay("orders", "billing")).isEqualTo(2);
		await().untilAsserted(() -> assertThat(this.handled).containsExactly(1, 2));
		assertThat(ids).containsEntry(1, first);
		await().until(() -> pending("billing") == 0 && pending("shipping") == 0);
		assertThat(others).hasValue(2);
		assertThat(this.server.commands().xlen(DEAD)).isZero();
		assertThat(this.instance.messaging.replay("orders", "billing")).isZero();
	}

	@Test
	void anUnreadableMessageIsADeadLetterAtOnce() {
		this.instance.consume("orders", "billing", 1, remembers());
		this.server.commands().xadd(STREAM, Map.of("v", "1", "payload", "{\"number\":\"many\"}"));
		this.server.commands().xadd(STREAM, Map.of("v", "9", "payload", "{}"));
		this.instance.messaging.add("orders", new Order(1, "lamp"));
		await().until(() -> this.server.commands().xlen(DEAD) == 2);
		await().untilAsserted(() -> assertThat(this.handled).containsExactly(1));
		assertThat(this.instance.events).contains("dead 1").doesNotContain("failed 2");
	}

	@Test
	void recordsOfOtherProgramsAreBoundFieldByField() {
		this.instance.consume("orders", "billing", 1, remembers());
		this.server.commands().xadd(STREAM, Map.of("number", "7", "article", "lamp", "colour", "red"));
		this.server.commands().xadd(STREAM, Map.of("payload", "{\"number\":8,\"colour\":\"red\"}"));
		await().untilAsserted(() -> assertThat(this.handled).containsExactly(7, 8));
	}

	@Test
	void whatADeadConsumerHadIsTakenOverAndWhatASlowOneHasIsNot() {
		this.instance.configure("orders", QUICK);
		MessagingInstance dies = new MessagingInstance(this.server.uri());
		dies.configure("orders", QUICK);
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch forEver = new CountDownLatch(1);
		dies.consume("orders", "billing", 1, (messages) -> {
			begun.countDown();
			forEver.await();
			return null;
		});
		this.instance.messaging.add("orders", new Order(1, "lamp"));
		await().until(() -> begun.getCount() == 0);
		CountDownLatch slow = new CountDownLatch(1);
		try (MessagingInstance third = new MessagingInstance(this.server.uri())) {
			third.configure("orders", QUICK);
			third.consume("orders", "billing", 1, (messages) -> {
				this.handled.add(-number(messages.get(0)));
				slow.await();
				return null;
			});
			this.instance.messaging.add("orders", new Order(2, "lamp"));
			await().until(() -> this.handled.contains(-2));
			dies.die();
			this.instance.consume("orders", "billing", 1, (messages) -> {
				assertThat(messages.get(0).info().attempt()).isEqualTo(2);
				return remembers().handle(messages);
			});
			await().untilAsserted(() -> assertThat(this.handled).containsExactly(-2, 1));
			await().during(Duration.ofMillis(900)).until(() -> pending("billing") == 1); // kept
																							// for
																							// longer
																							// than
																							// claim-idle
			slow.countDown();
			await().until(() -> pending("billing") == 0);
			assertThat(this.handled).containsExactly(-2, 1);
		}
		forEver.countDown();
	}

	@Test
	void aGroupThatTheServerForgotIsMadeAgain() {
		this.instance.consume("orders", "billing", 1, remembers());
		this.instance.messaging.add("orders", new Order(1, "lamp"));
		await().until(() -> this.handled.size() == 1);
		this.server.flushAll();
		this.instance.messaging.add("orders", new Order(2, "lamp"));
		await().untilAsserted(() -> assertThat(this.handled).containsExactly(1, 2));
	}

	@Test
	void aBatchIsAcknowledgedTogetherAndAPoisonMessageInItIsFound() {
		List<Integer> sizes = new CopyOnWriteArrayList<>();
		for (int i = 0; i < 25; i++) {
			this.instance.messaging.add("orders", new Order(i, "lamp"));
		}
		this.instance.started(this.instance.messaging
			.consumerOfStream(this.instance.request("orders", "billing", 1, 10, (messages) -> {
				sizes.add(messages.size());
				if (messages.stream().anyMatch((message) -> number(message) == 13)) {
					throw new IllegalStateException("unlucky");
				}
				return remembers().handle(messages);
			})));
		await().until(() -> this.handled.size() == 24 && this.server.commands().xlen(DEAD) == 1);
		assertThat(sizes).contains(10, 1).allMatch((size) -> size <= 10);
		assertThat(this.handled).doesNotHaveDuplicates();
		await().until(() -> pending("billing") == 0);
	}

	@Test
	void asynchronousHandlersAreFollowedToTheirEnd() {
		CompletableFuture<Void> end = new CompletableFuture<>();
		AtomicInteger calls = new AtomicInteger();
		this.instance.consume("orders", "billing", 2, (messages) -> {
			calls.incrementAndGet();
			return end;
		});
		for (int i = 0; i < 3; i++) {
			this.instance.messaging.add("orders", new Order(i, "lamp"));
		}
		await().during(Duration.ofMillis(200)).until(() -> calls.get() == 2);
		assertThat(pending("billing")).isEqualTo(2);
		end.complete(null);
		await().until(() -> calls.get() == 3 && pending("billing") == 0);
	}

	@Test
	void aStopFinishesWhatIsInHandAndLeavesTheRestToOthersAtOnce() {
		CountDownLatch begun = new CountDownLatch(2);
		CountDownLatch end = new CountDownLatch(1);
		for (int i = 0; i < 40; i++) {
			this.instance.messaging.add("orders", new Order(i, "lamp"));
		}
		MessageConsumer consumer = this.instance.started(this.instance.messaging
			.consumerOfStream(this.instance.request("orders", "billing", 2, 5, (messages) -> {
				begun.countDown();
				end.await();
				return remembers().handle(messages);
			})));
		await().until(() -> begun.getCount() == 0);
		CompletableFuture<?> stopped = consumer.stop(Duration.ofSeconds(20)).toCompletableFuture();
		await().during(Duration.ofMillis(200)).until(() -> !stopped.isDone() && this.handled.isEmpty());
		end.countDown();
		stopped.join();
		assertThat(this.handled).hasSize(10);
		assertThat(pending("billing")).isZero();
		assertThat(this.instance.events).contains("stopped, left 0");
		this.instance.consume("orders", "billing", 2, remembers());
		await().until(() -> this.handled.size() == 40);
		assertThat(this.handled).doesNotHaveDuplicates();
	}

	@Test
	void aHandlerThatDoesNotEndIsInterruptedAndItsMessageLeftToOthersAtOnce() {
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch forEver = new CountDownLatch(1);
		MessageConsumer consumer = this.instance.consume("orders", "billing", 1, (messages) -> {
			begun.countDown();
			forEver.await();
			return null;
		});
		this.instance.messaging.add("orders", new Order(1, "lamp"));
		await().until(() -> begun.getCount() == 0);
		consumer.stop(Duration.ofMillis(100)).toCompletableFuture().join();
		assertThat(this.instance.events).contains("stopped, left 1").doesNotContain("dead 1");
		this.instance.consume("orders", "billing", 1, remembers()); // claim-idle is 30 s
		await().untilAsserted(() -> assertThat(this.handled).containsExactly(1));
	}

	@Test
	void aConsumerCanBeStartedAgain() {
		MessageConsumer consumer = this.instance.consume("orders", "billing", 1, remembers());
		MessagingInstance.stop(consumer);
		assertThat(consumer.isRunning()).isFalse();
		this.instance.messaging.add("orders", new Order(1, "lamp"));
		consumer.start();
		await().untilAsserted(() -> assertThat(this.handled).containsExactly(1));
	}

	@Test
	void handledMessagesAreRememberedForAWhile() {
		MessageSettings remembering = new MessageSettings(null, 1_000, 1_000, Duration.ofSeconds(30),
				Duration.ofMinutes(1), MessageSettings.DEFAULTS.storage());
		this.instance.configure("orders", remembering);
		this.instance.consume("orders", "billing", 1, remembers());
		Map<String, String> twice = Map.of("message.id", "order-1", "number", "1");
		this.server.commands().xadd(STREAM, twice);
		this.server.commands().xadd(STREAM, twice);
		this.server.commands().xadd(STREAM, Map.of("number", "2"));
		await().untilAsserted(() -> assertThat(this.handled).contains(2));
		assertThat(this.handled).containsExactly(1, 2);
		await().until(() -> pending("billing") == 0);
		assertThat(this.server.commands().pttl(STREAM + ":handled:billing")).isBetween(1L, 60_000L);
	}

	@Test
	void atMostOnceIsAcknowledgedBefore() {
		ConsumerRequest after = this.instance.request("orders", "billing", 1, 1, (messages) -> {
			this.handled.add((int) pending("billing"));
			throw new IllegalStateException("too bad");
		});
		this.instance.started(this.instance.messaging
			.consumerOfStream(new ConsumerRequest(after.id(), after.name(), after.group(), after.consumer(), 1, 1,
					AckMode.BEFORE, StartFrom.OLDEST, after.settings(), after.retries(), after.handler())));
		this.instance.messaging.add("orders", new Order(1, "lamp"));
		await().untilAsserted(() -> assertThat(this.handled).containsExactly(0));
		await().during(Duration.ofMillis(200)).until(() -> this.handled.size() == 1);
		assertThat(this.instance.events).contains("failed 1").doesNotContain("dead 1");
	}

	@Test
	void aStreamIsBoundedAndSoIsAMessage() {
		this.instance.configure("orders", new MessageSettings(null, 100, 10, Duration.ofSeconds(30), Duration.ZERO,
				new MessageSettings.Storage(100, -1, null)));
		for (int i = 0; i < 1_000; i++) {
			this.instance.messaging.addAsync("orders", new Order(i, "lamp"));
		}
		this.instance.messaging.add("orders", new Order(1, "lamp"));
		assertThat(this.server.commands().xlen(STREAM)).isBetween(100L, 300L);
		assertThatExceptionOfType(MessageTooLargeException.class)
			.isThrownBy(() -> this.instance.messaging.add("orders", new Order(1, "x".repeat(100))))
			.withMessageContaining("max-size");
	}

	@Test
	void aKeyAsItStandsIsSharedWithOtherPrograms() {
		this.instance.configure("orders", new MessageSettings("other:orders", 100, 10, Duration.ofSeconds(30),
				Duration.ZERO, MessageSettings.DEFAULTS.storage()));
		this.instance.consume("orders", "billing", 1, remembers());
		this.server.commands().xadd("other:orders", Map.of("number", "1"));
		this.server.commands().xadd("other:orders", Map.of("number", "one"));
		await().untilAsserted(() -> assertThat(this.handled).containsExactly(1));
		await().until(() -> this.server.commands().xlen("{other:orders}:dead") == 1);
	}

	@Test
	void onAClusterAllOfItWorksToo() {
		try (RedisTestCluster cluster = RedisTestCluster.start();
				MessagingInstance instance = MessagingInstance.of(cluster)) {
			instance.consume("orders", "billing", 2, (messages) -> {
				if (number(messages.get(0)) == 13) {
					throw new IllegalStateException("unlucky");
				}
				return remembers().handle(messages);
			});
			instance.consumeQueue("email", 1, remembers());
			instance.messaging.add("orders", new Order(13, "lamp"));
			instance.messaging.add("orders", new Order(1, "lamp"));
			instance.messaging.queue("email", Order.class).send(new Order(2, "lamp"), Duration.ofMillis(100));
			await().untilAsserted(() -> assertThat(this.handled).containsExactlyInAnyOrder(1, 2));
			await().until(() -> instance.events.contains("dead 3"));
			assertThat(instance.messaging.replay("orders", "billing")).isEqualTo(1);
		}
	}

	record Order(int number, String article) {
	}

}
