package io.github.rediskit.ratelimit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.rediskit.ratelimit.RateLimitPolicy.Limit;
import io.github.rediskit.ratelimit.RateLimitPolicy.OnFailure;
import io.github.rediskit.testing.MeasuresTime;
import io.github.rediskit.testing.RedisTestServer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What many callers wait while Redis is frozen or dead, from the moment on in which it
 * happens, with the circuit breaker and without it.
 */
@Timeout(90)
@MeasuresTime
class RateLimitOutageLatencyTests {

	private static final Log logger = LogFactory.getLog(RateLimitOutageLatencyTests.class);

	private static final int THREADS = 32;

	private static final int CALLS_EACH = 32;

	/** So many calls of each thread come before it happens. */
	private static final int CALLS_BEFORE = 20;

	private static final Duration BUDGET = Duration.ofMillis(100);

	private static final long WITHIN_MILLIS = BUDGET.toMillis() + 50;

	private final RedisTestServer server = RedisTestServer.start();

	@AfterEach
	void close() {
		this.server.close();
	}

	private static RateLimitPolicy[] policies() {
		return Stream.of(OnFailure.values())
			.map((onFailure) -> RateLimitPolicy.of(onFailure.name(), 1_000_000, Duration.ofHours(1))
				.withTimeBudget(BUDGET)
				.withOnFailure(onFailure))
			.toArray(RateLimitPolicy[]::new);
	}

	static Stream<Arguments> outages() {
		return Stream.of(true, false)
			.flatMap((guarded) -> Stream.of("frozen", "killed").map((outage) -> Arguments.of(outage, guarded)));
	}

	@ParameterizedTest(name = "{0}, circuit breaker: {1}")
	@MethodSource("outages")
	void ofAThousandCallsNinetyNinePercentCostTheBudgetAtMostAndNoneIsARefusal(String outage, boolean guarded)
			throws Exception {
		if (guarded) {
			try (RateLimitInstance shop = new RateLimitInstance(this.server.uri(), policies())) {
				run(outage, shop.limiter, shop.outages);
			}
		}
		else {
			try (BareInstance shop = new BareInstance(this.server.uri(), policies())) {
				run(outage, shop.limiter, shop.outages);
			}
		}
	}

	private void run(String outage, RateLimiter limiter, AtomicInteger outages) throws Exception {
		this.server.freeze(); // for once, so that all classes are loaded
		IntStream.range(0, 6).forEach((number) -> call(limiter, number));
		this.server.thaw();
		await().ignoreExceptions().until(() -> limiter.tryAcquire(OnFailure.CLOSED.name(), "alice", 1).allowed());
		CountDownLatch ready = new CountDownLatch(THREADS);
		CountDownLatch out = new CountDownLatch(1);
		ExecutorService threads = Executors.newFixedThreadPool(THREADS + 1);
		List<Future<long[]>> callers = new ArrayList<>();
		try {
			for (int i = 0; i < THREADS; i++) {
				callers.add(threads.submit(() -> {
					for (int call = 0; call < CALLS_BEFORE; call++) {
						call(limiter, call);
					}
					ready.countDown();
					out.await();
					return IntStream.range(0, CALLS_EACH).mapToLong((call) -> call(limiter, call)).toArray();
				}));
			}
			ready.await();
			outages.set(0);
			if (outage.equals("frozen")) {
				this.server.freeze();
			}
			else {
				this.server.kill();
			}
			AtomicBoolean over = new AtomicBoolean();
			Future<Long> clock = threads.submit(() -> lateness(over));
			out.countDown();
			List<long[]> results = new ArrayList<>();
			for (Future<long[]> caller : callers) {
				results.add(caller.get(60, TimeUnit.SECONDS));
			}
			over.set(true);
			long late = TimeUnit.NANOSECONDS.toMillis(clock.get(10, TimeUnit.SECONDS));
			long[] nanos = results.stream().flatMapToLong(Arrays::stream).sorted().toArray();
			long p99 = millis(nanos, 0.99);
			logger.info("%s: %,d calls, median %d ms, p99 %d ms, slowest %d ms; threads woke up to %d ms late"
				.formatted(outage, nanos.length, millis(nanos, 0.5), p99, millis(nanos, 1), late));
			assertThat(nanos.length).isGreaterThanOrEqualTo(1_000);
			assertThat(outages.get()).isEqualTo(nanos.length);
			assertThat(p99).isLessThanOrEqualTo(WITHIN_MILLIS + late);
		}
		finally {
			if (outage.equals("frozen")) {
				this.server.thaw();
			}
			threads.shutdownNow();
		}
	}

	/**
	 * How late this machine wakes a thread that waits for a time, whatever it waits for.
	 */
	private static long lateness(AtomicBoolean over) {
		long pause = TimeUnit.MILLISECONDS.toNanos(5);
		long most = 0;
		while (!over.get()) {
			long start = System.nanoTime();
			LockSupport.parkNanos(pause);
			most = Math.max(most, System.nanoTime() - start - pause);
		}
		return most;
	}

	private static long millis(long[] sorted, double share) {
		return TimeUnit.NANOSECONDS.toMillis(sorted[(int) (share * (sorted.length - 1))]);
	}

	/** How long a call took, which is never refused. */
	private static long call(RateLimiter limiter, int number) {
		OnFailure onFailure = OnFailure.values()[number % 3];
		long start = System.nanoTime();
		try {
			assertThat(limiter.tryAcquire(onFailure.name(), "alice", 1).allowed()).isTrue();
		}
		catch (RateLimitUnavailableException ex) {
			assertThat(onFailure).isEqualTo(OnFailure.CLOSED);
		}
		return System.nanoTime() - start;
	}

	@Test
	void aRefusalNeverReachesTheLocalLimitWhateverTheAlgorithm() {
		RateLimitPolicy[] policies = Stream.of(RateLimitAlgorithm.values())
			.map((algorithm) -> RateLimitPolicy
				.of(algorithm.name(), algorithm,
						List.of(Limit.of(10,
								(algorithm == RateLimitAlgorithm.CONCURRENCY) ? Duration.ZERO : Duration.ofHours(1))))
				.withTimeBudget(Duration.ofSeconds(10))
				.withOnFailure(OnFailure.LOCAL))
			.toArray(RateLimitPolicy[]::new);
		try (RateLimitInstance shop = new RateLimitInstance(this.server.uri(), policies)) {
			for (RateLimitPolicy policy : policies) {
				assertThat(shop.limiter.tryAcquire(policy.name(), "alice", 10).allowed()).isTrue();
				for (int cost = 11; cost >= 1; cost--) { // less each time, so that Redis
															// is asked
					assertThat(shop.limiter.tryAcquire(policy.name(), "alice", cost).allowed()).isFalse();
				}
			}
			assertThat(shop.events).filteredOn("refused"::equals).hasSize(10 * policies.length);
			assertThat(shop.events).noneMatch((event) -> event.startsWith("local") || event.equals("outage"));
		}
	}

}
