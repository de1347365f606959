package io.github.rediskit.lock;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

import io.github.rediskit.testing.ChildJvm;
import io.github.rediskit.testing.MeasuresTime;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A process that is killed, or stands still, while it holds a lock.
 */
@RedisTest
@Timeout(60)
@MeasuresTime
class DeadHolderTests {

	private static final Duration LEASE = Duration.ofSeconds(2);

	private static final LockRequest ORDER = LockRequest.of("order", 42).withRenewedLease(LEASE);

	private final RedisTestServer server = RedisTestServer.shared();

	private Process holder;

	private BufferedReader output;

	@BeforeEach
	void start() throws IOException {
		this.holder = ChildJvm.start(Holds.class, this.server.uri());
		this.output = new BufferedReader(new InputStreamReader(this.holder.getInputStream(), StandardCharsets.UTF_8));
	}

	@AfterEach
	void close() {
		this.holder.destroyForcibly();
	}

	@Test
	void anotherInstanceTakesOverFromAKilledProcessWithinTheLease() throws Exception {
		long fence = Long.parseLong(after("holding "));
		try (LockInstance instance = new LockInstance(this.server.uri())) {
			this.holder.destroyForcibly().waitFor();
			long start = System.nanoTime();
			try (HeldLock lock = instance.locks.acquire(ORDER)) {
				assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LEASE.plusSeconds(1));
				assertThat(lock.fence()).isGreaterThan(fence);
			}
		}
	}

	@Test
	void aProcessThatStoodStillLearnsOfItsLossAndTakesNothingFromTheNext() throws Exception {
		long fence = Long.parseLong(after("holding "));
		try (LockInstance instance = new LockInstance(this.server.uri())) {
			ChildJvm.signal(this.holder, "STOP");
			HeldLock next = instance.locks.acquire(ORDER);
			assertThat(write(instance, next.fence())).isTrue();
			ChildJvm.signal(this.holder, "CONT");
			assertThat(after("lost ")).isEqualTo("false");
			assertThat(after("released ")).isEqualTo("false");
			assertThat(next.isHeld()).isTrue();
			assertThat(this.server.commands().exists("shop:lock:order:{42}")).isOne();
			assertThat(write(instance, fence)).isFalse();
			next.close();
		}
	}

	private static boolean write(LockInstance instance, long fence) {
		return instance.fenced.write("stock", 42, new byte[0], Duration.ofMinutes(1), fence)
			.toCompletableFuture()
			.join();
	}

	private String after(String beginning) throws IOException {
		String line = this.output.readLine();
		while (line != null && !line.startsWith(beginning)) {
			line = this.output.readLine();
		}
		assertThat(line).isNotNull();
		return line.substring(beginning.length());
	}

	/** Holds the lock until it is lost. */
	static final class Holds {

		private Holds() {
		}

		public static void main(String[] args) {
			PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true);
			LockInstance instance = new LockInstance(args[0]);
			HeldLock lock = instance.locks.acquire(ORDER);
			Thread main = Thread.currentThread();
			lock.onLost(() -> LockSupport.unpark(main));
			out.println("holding " + lock.fence());
			while (lock.isHeld()) {
				LockSupport.park();
			}
			out.println("lost " + lock.isHeld());
			out.println("released " + lock.release().toCompletableFuture().join());
		}

	}

}
