package io.github.rediskit.ratelimit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import io.github.rediskit.ratelimit.RateLimitPolicy.Limit;
import io.github.rediskit.testing.MeasuresTime;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many threads of two instances on one key: as much is admitted as may be, and no more.
 */
@RedisTest
@Timeout(60)
@MeasuresTime
class RateLimitHammerTests {

	private static final int THREADS = 64;

	private static final Duration TIME = Duration.ofSeconds(2);

	private final RedisTestServer server = RedisTestServer.shared();

	@ParameterizedTest
	@ValueSource(ints = { 1, 5 })
	void aTokenBucketGivesWhatFlowsInAndNoMore(int largestCost) throws Exception {
		long capacity = 350; // half a second without a call does not fill it
		long perSecond = 700;
		RateLimitPolicy policy = RateLimitPolicy
			.of("hammer", RateLimitAlgorithm.TOKEN_BUCKET,
					List.of(new Limit(perSecond, Duration.ofSeconds(1), capacity)))
			.withTimeBudget(Duration.ofSeconds(10));
		AtomicLong admitted = new AtomicLong();
		long before = serverMicros();
		hammer(policy, (limiter) -> {
			int cost = ThreadLocalRandom.current().nextInt(largestCost) + 1;
			if (limiter.tryAcquire("hammer", "alice", cost).allowed()) {
				admitted.addAndGet(cost);
			}
		});
		long micros = serverMicros() - before;
		assertThat(admitted.get()).isLessThanOrEqualTo(capacity + micros * perSecond / 1_000_000);
		// less the time to start and to end, and what the largest cost could not take
		assertThat(admitted.get())
			.isGreaterThanOrEqualTo(capacity + TIME.toMillis() * perSecond / 1_000 - 50 - largestCost);
	}

	@Test
	void aSlidingLogIsNeverAboveItsLimitInAnyWindow() throws Exception {
		int limit = 40;
		long window = 200_000;
		RateLimitPolicy policy = RateLimitPolicy
			.of("hammer", RateLimitAlgorithm.SLIDING_LOG, List.of(Limit.of(limit, Duration.ofMillis(200))))
			.withTimeBudget(Duration.ofSeconds(10));
		ConcurrentLinkedQueue<long[]> calls = new ConcurrentLinkedQueue<>();
		hammer(policy, (limiter) -> {
			long start = System.nanoTime() / 1000;
			if (limiter.tryAcquire("hammer", "alice", 1).allowed()) {
				calls.add(new long[] { start, System.nanoTime() / 1000 });
			}
		});
		List<long[]> sorted = new ArrayList<>(calls);
		assertThat(sorted).hasSizeGreaterThanOrEqualTo(limit * 10);
		// what certainly lay within one window: from a beginning on, all that ended in
		// time
		for (long[] first : sorted) {
			long within = sorted.stream().filter((call) -> call[0] >= first[0] && call[1] < first[0] + window).count();
			assertThat(within).isLessThanOrEqualTo(limit);
		}
	}

	@Test
	void neverMorePermitsAreOutThanTheLimit() throws Exception {
		RateLimitPolicy policy = RateLimitPolicy
			.of("hammer", RateLimitAlgorithm.CONCURRENCY, List.of(Limit.of(5, Duration.ZERO)))
			.withTimeBudget(Duration.ofSeconds(10));
		AtomicInteger running = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		AtomicInteger runs = new AtomicInteger();
		hammerPermits(policy, (limiter) -> {
			RateLimitPermit permit = limiter.acquire("hammer", "alice", 1).toCompletableFuture().join();
			if (permit.decision().allowed()) {
				most.accumulateAndGet(running.incrementAndGet(), Math::max);
				runs.incrementAndGet();
				Thread.yield();
				running.decrementAndGet();
				permit.release();
			}
		});
		assertThat(most.get()).isLessThanOrEqualTo(5);
		assertThat(runs.get()).isGreaterThan(100);
	}

	private long serverMicros() {
		List<String> time = this.server.commands().time();
		return Long.parseLong(time.get(0)) * 1_000_000 + Long.parseLong(time.get(1));
	}

	private void hammer(RateLimitPolicy policy, Consumer<RateLimiter> call) throws Exception {
		run(policy, (instance) -> call.accept(instance.limiter));
	}

	private void hammerPermits(RateLimitPolicy policy, Consumer<AsyncRateLimiter> call) throws Exception {
		run(policy, (instance) -> call.accept(instance.async));
	}

	private void run(RateLimitPolicy policy, Consumer<RateLimitInstance> call) throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(THREADS);
		try (RateLimitInstance one = new RateLimitInstance(this.server.uri(), policy);
				RateLimitInstance two = new RateLimitInstance(this.server.uri(), policy)) {
			CyclicBarrier together = new CyclicBarrier(THREADS);
			List<Future<?>> callers = new ArrayList<>();
			for (int i = 0; i < THREADS; i++) {
				RateLimitInstance instance = (i % 2 == 0) ? one : two;
				callers.add(threads.submit(() -> {
					together.await();
					long end = System.nanoTime() + TIME.toNanos();
					while (System.nanoTime() - end < 0) {
						call.accept(instance);
					}
					return null;
				}));
			}
			for (Future<?> caller : callers) {
				caller.get(30, TimeUnit.SECONDS);
			}
			assertThat(one.outages.get() + two.outages.get()).isZero();
		}
		finally {
			threads.shutdownNow();
		}
	}

}
