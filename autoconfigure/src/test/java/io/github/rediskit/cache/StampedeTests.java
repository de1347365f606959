package io.github.rediskit.cache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.rediskit.cache.LeasedCacheTests.Product;
import io.github.rediskit.testing.MeasuresTime;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many callers of two instances miss the same key at once.
 */
@RedisTest
@Timeout(120)
@MeasuresTime
class StampedeTests {

	private static final int ROUNDS = 50;

	private static final int CALLERS_PER_INSTANCE = 32;

	private static final Duration LOAD = Duration.ofMillis(100);

	@Test
	void oneLoadPerRoundAndNobodyWaitsMuchLonger(RedisTestServer server) throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(2 * CALLERS_PER_INSTANCE);
		try (CacheInstance one = new CacheInstance(server.uri()); CacheInstance two = new CacheInstance(server.uri())) {
			long[] slowest = new long[ROUNDS];
			for (int round = 0; round < ROUNDS; round++) {
				AtomicInteger loads = new AtomicInteger();
				slowest[round] = slowestOf(round, threads, loads, one, two);
				assertThat(loads).as("loads in round %d", round).hasValue(1);
			}
			Arrays.sort(slowest);
			assertThat(Duration.ofNanos(slowest[ROUNDS / 2])).isLessThan(Duration.ofMillis(120));
		}
		finally {
			threads.shutdownNow();
		}
	}

	private static long slowestOf(int key, ExecutorService threads, AtomicInteger loads, CacheInstance... instances)
			throws Exception {
		CyclicBarrier together = new CyclicBarrier(instances.length * CALLERS_PER_INSTANCE);
		List<Future<Long>> calls = new ArrayList<>();
		for (CacheInstance instance : instances) {
			for (int i = 0; i < CALLERS_PER_INSTANCE; i++) {
				calls.add(threads.submit(() -> {
					together.await();
					long start = System.nanoTime();
					instance.cache(Product.class).get(key, (id) -> load(loads));
					return System.nanoTime() - start;
				}));
			}
		}
		long slowest = 0;
		for (Future<Long> call : calls) {
			slowest = Math.max(slowest, call.get());
		}
		return slowest;
	}

	private static Product load(AtomicInteger loads) {
		loads.incrementAndGet();
		try {
			Thread.currentThread().join(LOAD.toMillis()); // a database that takes its
															// time
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return new Product(1, "lamp");
	}

}
