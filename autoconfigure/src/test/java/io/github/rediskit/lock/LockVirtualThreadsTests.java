package io.github.rediskit.lock;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Callers in virtual threads, where there are some.
 */
@RedisTest
@Timeout(60)
@EnabledForJreRange(min = JRE.JAVA_21)
class LockVirtualThreadsTests {

	private static final int CALLERS = 1_000;

	private static final Duration WAIT = Duration.ofSeconds(50);

	/** Whoever holds the lock writes here without any other guard. */
	private int unguarded;

	@Test
	void aThousandWaitForOneLockAndForSeveral() throws Exception {
		RedisTestServer server = RedisTestServer.shared();
		LockRequest order = LockRequest.of("order", 42).withMaxWait(WAIT);
		List<LockRequest> both = List.of(order, LockRequest.of("stock", 42).withMaxWait(WAIT));
		ExecutorService threads = (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor")
			.invoke(null);
		try (LockInstance one = new LockInstance(server.uri()); LockInstance two = new LockInstance(server.uri())) {
			List<Future<?>> callers = new ArrayList<>();
			for (int i = 0; i < CALLERS; i++) {
				LockInstance instance = (i % 2 == 0) ? one : two;
				boolean several = i % 20 == 0;
				callers.add(threads.submit(() -> {
					try (HeldLock lock = several ? instance.locks.acquireAll(both) : instance.locks.acquire(order)) {
						this.unguarded++;
						lock.requireHeld();
					}
				}));
			}
			for (Future<?> caller : callers) {
				caller.get(50, TimeUnit.SECONDS);
			}
			assertThat(this.unguarded).isEqualTo(CALLERS);
			await().until(() -> one.async.isIdle() && two.async.isIdle());
		}
		finally {
			threads.shutdownNow();
		}
	}

}
