package io.github.rediskit.lock;

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
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import io.github.rediskit.testing.ChildJvm;
import io.github.rediskit.testing.MeasuresTime;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Processes that add to one number, and are stopped for longer than their lease and
 * killed at random. {@code -Drediskit.test.locks.chaos} is for how many seconds,
 * {@code -Drediskit.test.locks.processes} how many there are.
 */
@RedisTest
@Timeout(600)
@MeasuresTime
class LockChaosTests {

	private static final int PROCESSES = Integer.getInteger("rediskit.test.locks.processes", 2);

	private static final Duration TIME = Duration.ofSeconds(Long.getLong("rediskit.test.locks.chaos", 6));

	private static final int THREADS = 16;

	private static final Duration LEASE = Duration.ofSeconds(1);

	private static final LockRequest NUMBER = LockRequest.of("number")
		.withRenewedLease(LEASE)
		.withMaxWait(Duration.ofSeconds(30));

	private final RedisTestServer server = RedisTestServer.shared();

	private final AtomicInteger accepted = new AtomicInteger();

	/** Of which it is not known whether they were written. */
	private final AtomicInteger failed = new AtomicInteger();

	private final List<Thread> readers = new ArrayList<>();

	@Test
	void noUpdateIsLostWhoseFenceWasAccepted() throws Exception {
		List<Process> processes = new ArrayList<>();
		int kills = 0;
		try (LockInstance judge = new LockInstance(this.server.uri())) {
			for (int i = 0; i < PROCESSES; i++) {
				processes.add(start());
			}
			await().atMost(Duration.ofMinutes(1)).until(() -> this.accepted.get() > 100);
			long end = System.nanoTime() + TIME.toNanos();
			while (System.nanoTime() - end < 0) {
				int victim = ThreadLocalRandom.current().nextInt(PROCESSES);
				if (ThreadLocalRandom.current().nextInt(3) > 0) {
					ChildJvm.signal(processes.get(victim), "STOP");
					LockSupport.parkNanos(LEASE.toNanos() * 3 / 2);
					ChildJvm.signal(processes.get(victim), "CONT");
				}
				else {
					ChildJvm.kill(processes.get(victim));
					processes.set(victim, start());
					kills++;
				}
				LockSupport.parkNanos(LEASE.toNanos() / 4);
			}
			for (Process process : processes) {
				ChildJvm.kill(process);
				kills++;
			}
			for (Thread reader : this.readers) {
				reader.join();
			}
			int number = number(judge);
			// a process that was killed may not have told of its last one
			assertThat(number).isBetween(this.accepted.get(), this.accepted.get() + kills + this.failed.get());
			assertThat(this.accepted.get()).isGreaterThan(100);
			long start = System.nanoTime();
			judge.locks.acquire(NUMBER).close();
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LEASE.plusSeconds(1));
		}
		finally {
			processes.forEach(Process::destroyForcibly);
		}
	}

	private static int number(LockInstance instance) {
		return instance.fenced.read("number", 1)
			.toCompletableFuture()
			.join()
			.map((bytes) -> Integer.parseInt(new String(bytes, StandardCharsets.US_ASCII)))
			.orElse(0);
	}

	private Process start() throws IOException {
		Process process = ChildJvm.start(Adds.class, this.server.uri());
		Thread reader = new Thread(() -> count(process));
		reader.setDaemon(true);
		reader.start();
		this.readers.add(reader);
		return process;
	}

	private void count(Process process) {
		try (BufferedReader output = new BufferedReader(
				new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
			for (String line = output.readLine(); line != null; line = output.readLine()) {
				switch (line) {
					case "accepted" -> this.accepted.incrementAndGet();
					case "failed" -> this.failed.incrementAndGet();
					default -> {
						// lost or refused, or a log line
					}
				}
			}
		}
		catch (IOException ex) {
			// the process was killed
		}
	}

	/** Adds to the number, for ever. */
	static final class Adds {

		private Adds() {
		}

		public static void main(String[] args) {
			PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true);
			LockInstance instance = instance(args[0]);
			for (int i = 0; i < THREADS; i++) {
				new Thread(() -> {
					while (true) {
						add(instance, out);
					}
				}).start();
			}
		}

		/** A process that was stopped in its first moment has not connected in time. */
		private static LockInstance instance(String uri) {
			while (true) {
				try {
					return new LockInstance(uri);
				}
				catch (ConditionTimeoutException ex) {
					// once more
				}
			}
		}

		private static void add(LockInstance instance, PrintStream out) {
			try (HeldLock lock = instance.locks.acquire(NUMBER)) {
				int number = instance.fenced.read("number", 1, Duration.ofMinutes(10), lock.fence())
					.toCompletableFuture()
					.join()
					.map((bytes) -> Integer.parseInt(new String(bytes, StandardCharsets.US_ASCII)))
					.orElse(0);
				if (!lock.isHeld()) {
					out.println("lost");
				}
				else if (instance.fenced
					.write("number", 1, Integer.toString(number + 1).getBytes(StandardCharsets.US_ASCII),
							Duration.ofMinutes(10), lock.fence())
					.toCompletableFuture()
					.join()) {
					out.println("accepted");
				}
				else {
					out.println("refused");
				}
			}
			catch (RuntimeException ex) {
				out.println("failed");
			}
		}

	}

}
