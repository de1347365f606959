package io.github.rediskit.messaging;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

import io.github.rediskit.codec.JsonMessageCodecs;
import io.github.rediskit.codec.MessageCodecs;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What happens to messages of a queue, those that are delayed among them.
 */
@RedisTest
@Timeout(60)
class QueueTests {

	private static final Log logger = LogFactory.getLog(QueueTests.class);

	private static final MessageCodecs.Reader<Email> EMAILS = new JsonMessageCodecs(JsonMapper.shared())
		.reader(Email.class);

	private static final String QUEUE = "shop:queue:{email}";

	private final RedisTestServer server = RedisTestServer.shared();

	private final Queue<String> handled = new ConcurrentLinkedQueue<>();

	private final MessagingInstance instance = new MessagingInstance(this.server.uri());

	private final RedisQueue<Email> queue = this.instance.messaging.queues().queue("email", Email.class);

	@AfterEach
	void close() {
		this.instance.close();
	}

	private static String to(ReceivedMessage message) {
		return message.as(EMAILS).to();
	}

	private MessageHandler remembers() {
		return (messages) -> {
			this.handled.add(to(messages.get(0)));
			return null;
		};
	}

	@Test
	void aMessageIsHandledOnceAndRemoved() {
		this.queue.send(new Email("ann"));
		this.queue.send(new Email("bob"));
		assertThat(this.queue.size()).isEqualTo(2);
		this.instance.consumeQueue("email", 2, remembers());
		await().untilAsserted(() -> assertThat(this.handled).containsExactlyInAnyOrder("ann", "bob"));
		await().until(() -> this.queue.size() == 0);
		assertThat(this.server.commands().xlen(QUEUE)).isZero();
	}

	@Test
	void aQueueThatIsFullRefuses() {
		this.instance.configure("small", new MessageSettings(null, 2, 10, Duration.ofSeconds(30), Duration.ZERO,
				MessageSettings.DEFAULTS.storage()));
		RedisQueue<Email> small = this.instance.messaging.queues().queue("small", Email.class);
		small.send(new Email("ann"));
		small.send(new Email("bob"), Duration.ofHours(1));
		assertThatExceptionOfType(QueueFullException.class).isThrownBy(() -> small.send(new Email("cid")))
			.withMessageContaining("rediskit.messaging.queues.small.max-length");
		assertThatExceptionOfType(QueueFullException.class)
			.isThrownBy(() -> small.send(new Email("cid"), Duration.ofMillis(1)));
		assertThat(small.size()).isEqualTo(2);
	}

	@Test
	void aDelayedMessageComesNotBeforeItsTimeAndKeepsItsId() {
		Map<String, MessageInfo> infos = new ConcurrentHashMap<>();
		this.instance.consumeQueue("email", 1, (messages) -> {
			infos.put(to(messages.get(0)), messages.get(0).info());
			return null;
		});
		long before = millis();
		String ann = this.queue.send(new Email("ann"), Duration.ofMillis(700));
		Instant due = Instant.ofEpochMilli(before + 400);
		String bob = this.queue.send(new Email("bob"), due);
		String cid = this.queue.send(new Email("cid"), Duration.ZERO);
		assertThat(this.queue.size()).isGreaterThanOrEqualTo(2);
		await().until(() -> infos.size() == 3);
		assertThat(infos.get("cid").id()).isEqualTo(cid);
		assertThat(infos.get("ann").id()).isEqualTo(ann);
		assertThat(infos.get("bob").id()).isEqualTo(bob);
		assertThat(movedAt(infos.get("ann"))).isGreaterThanOrEqualTo(before + 700);
		assertThat(movedAt(infos.get("bob"))).isGreaterThanOrEqualTo(due.toEpochMilli());
		await().until(() -> this.queue.size() == 0);
		assertThat(this.server.commands().keys("shop:queue:*")).containsExactly(QUEUE);
	}

	/** By the server's clock. */
	private static long movedAt(MessageInfo info) {
		return Long.parseLong(info.recordId().substring(0, info.recordId().indexOf('-')));
	}

	private long millis() {
		List<String> time = this.server.commands().time();
		return Long.parseLong(time.get(0)) * 1000 + Long.parseLong(time.get(1)) / 1000;
	}

	@Test
	void anEarlierMessageDoesNotWaitForALaterOne() {
		this.instance.consumeQueue("email", 1, remembers());
		this.queue.send(new Email("later"), Duration.ofHours(1));
		await().during(Duration.ofMillis(300)).until(() -> this.queue.size() == 1);
		long start = System.nanoTime();
		try (MessagingInstance other = new MessagingInstance(this.server.uri())) {
			other.messaging.queues().queue("email", Email.class).send(new Email("soon"), Duration.ofMillis(50));
			await().untilAsserted(() -> assertThat(this.handled).containsExactly("soon"));
		}
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
		assertThat(this.queue.size()).isEqualTo(1);
	}

	@Test
	void delayedMessagesComeOnTime() {
		int count = Integer.getInteger("rediskit.test.queue.delayed", 1_000);
		long[] lateness = new long[count];
		CountDownLatch all = new CountDownLatch(count);
		this.instance.consumeQueue("email", 4, (messages) -> {
			String[] parts = to(messages.get(0)).split(" ");
			long due = Long.parseLong(parts[1]);
			lateness[Integer.parseInt(parts[0])] = System.currentTimeMillis() - due;
			assertThat(movedAt(messages.get(0).info())).isGreaterThanOrEqualTo(due);
			all.countDown();
			return null;
		});
		CompletableFuture<?>[] sent = new CompletableFuture<?>[count];
		for (int i = 0; i < count; i++) {
			long due = System.currentTimeMillis() + 300 + (i * 7919L) % 1500;
			Email email = new Email(i + " " + due);
			sent[i] = CompletableFuture.runAsync(() -> this.queue.send(email, Instant.ofEpochMilli(due)));
			if (i % 100 == 99) {
				sent[i].join();
			}
		}
		CompletableFuture.allOf(sent).join();
		await().until(() -> all.getCount() == 0);
		Arrays.sort(lateness);
		logger.info(String.format("%d delayed messages: lateness median %d ms, p99 %d ms, most %d ms", count,
				lateness[count / 2], lateness[count * 99 / 100], lateness[count - 1]));
		assertThat(lateness[0]).isNotNegative();
		assertThat(lateness[count * 99 / 100]).isLessThan(Integer.getInteger("rediskit.test.queue.lateness", 1_000));
	}

	@Test
	void aPoisonMessageBecomesADeadLetterAndIsReplayed() {
		CountDownLatch fixed = new CountDownLatch(1);
		Map<String, String> ids = new ConcurrentHashMap<>();
		this.instance.consumeQueue("email", 1, (messages) -> {
			if (to(messages.get(0)).equals("poison") && fixed.getCount() > 0) {
				throw new IllegalStateException("undeliverable");
			}
			ids.put(to(messages.get(0)), messages.get(0).info().id());
			return remembers().handle(messages);
		});
		String now = this.queue.send(new Email("poison"));
		this.queue.send(new Email("ann"));
		await().until(() -> this.server.commands().xlen(QUEUE + ":dead") == 1);
		await().until(() -> this.queue.size() == 0);
		assertThat(this.handled).containsExactly("ann");
		fixed.countDown();
		assertThat(this.queue.replay()).isEqualTo(1);
		await().untilAsserted(() -> assertThat(this.handled).containsExactly("ann", "poison"));
		assertThat(ids).containsEntry("poison", now);
		await().until(() -> this.queue.size() == 0);
	}

	@Test
	void whatWasBeingHandledByAnInstanceThatDiedIsHandledByAnother() {
		MessageSettings quick = MessageSettings.DEFAULTS.withClaimIdle(Duration.ofMillis(400));
		this.instance.configure("email", quick);
		MessagingInstance dies = new MessagingInstance(this.server.uri());
		dies.configure("email", quick);
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch forEver = new CountDownLatch(1);
		dies.consumeQueue("email", 1, (messages) -> {
			begun.countDown();
			forEver.await();
			return null;
		});
		dies.messaging.queues().queue("email", Email.class).send(new Email("ann"));
		await().until(() -> begun.getCount() == 0);
		dies.die();
		this.instance.consumeQueue("email", 1, remembers());
		await().untilAsserted(() -> assertThat(this.handled).containsExactly("ann"));
		assertThat(this.instance.events).contains("claimed");
		forEver.countDown();
	}

	record Email(String to) {
	}

}
