package io.github.rediskit.messaging;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

import io.github.rediskit.codec.JsonMessageCodecs;
import io.github.rediskit.codec.MessageCodecs;
import io.github.rediskit.testing.ChildJvm;
import io.github.rediskit.testing.MeasuresTime;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import io.lettuce.core.RedisCommandExecutionException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Processes that handle messages and are killed one after the other, while Redis is
 * restarted and frozen. {@code -Drediskit.test.messages} is how many messages there are
 * of each kind, {@code -Drediskit.test.messages.processes} how many processes,
 * {@code -Drediskit.test.messages.seconds} how long messages are sent, and
 * {@code -Drediskit.test.messages.kill} after how many seconds the next one is killed.
 */
@RedisTest
@Timeout(900)
@MeasuresTime
class MessagingChaosTests {

	private static final Log logger = LogFactory.getLog(MessagingChaosTests.class);

	private static final int MESSAGES = Integer.getInteger("rediskit.test.messages", 600);

	private static final int PROCESSES = Integer.getInteger("rediskit.test.messages.processes", 2);

	private static final int SECONDS = Integer.getInteger("rediskit.test.messages.seconds", 6);

	private static final int KILL_SECONDS = Integer.getInteger("rediskit.test.messages.kill", 3);

	private static final MessageSettings SETTINGS = MessageSettings.DEFAULTS.withClaimIdle(Duration.ofSeconds(2));

	/** By the kind of a message and its number, how often it was handled. */
	private final Map<String, AtomicInteger> handled = new ConcurrentHashMap<>();

	private final Set<String> sent = ConcurrentHashMap.newKeySet();

	private final AtomicInteger failed = new AtomicInteger();

	private final AtomicInteger early = new AtomicInteger();

	private final List<Process> processes = new ArrayList<>();

	@Test
	void everyMessageWhoseSendReturnedIsHandledAtLeastOnce() throws Exception {
		try (RedisTestServer server = RedisTestServer.start("--appendonly", "yes", "--appendfsync", "always");
				MessagingInstance sender = instance(server.uri())) {
			for (int i = 0; i < PROCESSES; i++) {
				this.processes.add(start(server.uri()));
			}
			Thread faults = new Thread(() -> makeFaults(server));
			faults.start();
			send(sender);
			faults.join();
			Set<String> missing = new TreeSet<>();
			// what the last process that was killed had is taken over
			await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(200)).untilAsserted(() -> {
				missing.clear();
				missing.addAll(this.sent);
				missing.removeAll(this.handled.keySet());
				assertThat(missing)
					.as("%d sent, %d handled, %d pending", this.sent.size(), this.handled.size(), pending(server))
					.isEmpty();
			});
			int all = this.handled.values().stream().mapToInt(AtomicInteger::get).sum();
			logger.info(String.format(
					"%d messages sent (%d sends failed), all handled; %d messages handled, %d of them more than once: "
							+ "%d duplicates",
					this.sent.size(), this.failed.get(), this.handled.size(),
					this.handled.values().stream().filter((count) -> count.get() > 1).count(),
					all - this.handled.size()));
			assertThat(this.sent).hasSizeGreaterThan(MESSAGES);
			assertThat(this.early).hasValue(0);
			assertThat(server.commands().exists("shop:stream:{orders}:dead", "shop:queue:{email}:dead")).isZero();
			await().until(() -> pending(server) == 0);
			await().until(() -> sender.messaging.queues().queue("email", Message.class).size() == 0);
		}
		finally {
			this.processes.forEach(Process::destroyForcibly);
		}
	}

	/** A group that the server has forgotten is about to be made again. */
	private static long pending(RedisTestServer server) {
		try {
			return server.commands().xpending("shop:stream:{orders}", "billing").getCount();
		}
		catch (RedisCommandExecutionException ex) {
			logger.warn("The server knows no group", ex);
			return -1;
		}
	}

	/** Three kinds: of a stream, of a queue, and delayed ones of the queue. */
	private void send(MessagingInstance sender) {
		RedisQueue<Message> queue = sender.messaging.queues().queue("email", Message.class);
		long start = System.nanoTime();
		for (int i = 0; i < MESSAGES; i++) {
			long pause = start + (long) (i * (SECONDS * 1e9 / MESSAGES)) - System.nanoTime();
			if (pause > 1_000_000) {
				LockSupport.parkNanos(pause);
			}
			int number = i;
			Duration delay = Duration.ofMillis(ThreadLocalRandom.current().nextInt(1, 2_000));
			sent("s" + i, () -> sender.messaging.addAsync("orders", new Message("s" + number, 0)));
			sent("q" + i, () -> queue.sendAsync(new Message("q" + number, 0)));
			sent("d" + i, () -> queue
				.sendAsync(new Message("d" + number, System.currentTimeMillis() + delay.toMillis()), delay));
		}
		await().until(() -> this.sent.size() + this.failed.get() == 3 * MESSAGES);
	}

	private void sent(String id, Supplier<CompletionStage<String>> send) {
		send.get().whenComplete((record, failure) -> {
			if (failure != null) {
				this.failed.incrementAndGet();
			}
			else {
				this.sent.add(id);
			}
		});
	}

	/** Two restarts and a freeze, and a process killed now and then. */
	private void makeFaults(RedisTestServer server) {
		try {
			long step = SECONDS * 1_000_000_000L / 4;
			long start = System.nanoTime();
			long nextKill = start + KILL_SECONDS * 1_000_000_000L;
			int fault = 1;
			int victim = 0;
			while (System.nanoTime() - start < SECONDS * 1_000_000_000L) {
				LockSupport.parkNanos(50_000_000);
				if (System.nanoTime() - nextKill > 0) {
					ChildJvm.kill(this.processes.get(victim));
					this.processes.set(victim, start(server.uri()));
					victim = (victim + 1) % PROCESSES;
					nextKill += KILL_SECONDS * 1_000_000_000L;
				}
				if (fault <= 3 && System.nanoTime() - start > fault * step) {
					if (fault == 2) {
						server.freeze();
						LockSupport.parkNanos(MessagingInstance.TIMEOUT.toNanos() * 5 / 4);
						server.thaw();
					}
					else {
						server.restart();
					}
					fault++;
				}
			}
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private Process start(String uri) throws IOException {
		Process process = ChildJvm.start(Handles.class, uri);
		Thread reader = new Thread(() -> count(process));
		reader.setDaemon(true);
		reader.start();
		return process;
	}

	private void count(Process process) {
		try (BufferedReader output = new BufferedReader(
				new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
			for (String line = output.readLine(); line != null; line = output.readLine()) {
				if (line.startsWith("early ")) {
					this.early.incrementAndGet();
				}
				else if (line.startsWith("handled ") && line.endsWith(".")) {
					this.handled
						.computeIfAbsent(line.substring("handled ".length(), line.length() - 1),
								(added) -> new AtomicInteger())
						.incrementAndGet();
				}
			}
		}
		catch (IOException ex) {
			// the process was killed
		}
	}

	private static MessagingInstance instance(String uri) {
		MessagingInstance instance = new MessagingInstance(uri);
		instance.configure("orders", SETTINGS);
		instance.configure("email", SETTINGS);
		return instance;
	}

	/**
	 * A message that says which it is.
	 *
	 * @param id its kind and number
	 * @param due not before when it may come, in ms since 1970
	 */
	record Message(String id, long due) {
	}

	/** Handles messages, for ever. */
	static final class Handles {

		private static final MessageCodecs.Reader<Message> MESSAGES = new JsonMessageCodecs(JsonMapper.shared())
			.reader(Message.class);

		private Handles() {
		}

		public static void main(String[] args) throws InterruptedException {
			PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true);
			MessageHandler handler = (messages) -> {
				Message message = messages.get(0).as(MESSAGES);
				String record = messages.get(0).info().recordId();
				if (Long.parseLong(record.substring(0, record.indexOf('-'))) < message.due()) {
					out.println("early " + message.id());
				}
				out.println("handled " + message.id() + ".");
				return null;
			};
			MessagingInstance instance = instance(args[0]);
			instance.consume("orders", "billing", 4, handler);
			instance.consumeQueue("email", 4, handler);
			Thread.currentThread().join(); // until it is killed
		}

	}

}
