package io.github.rediskit.ratelimit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

import io.github.rediskit.autoconfigure.RateLimitAutoConfiguration;
import io.github.rediskit.autoconfigure.RedisConnectionsAutoConfiguration;
import io.github.rediskit.autoconfigure.RediskitAutoConfiguration;
import io.github.rediskit.testing.MeasuresTime;
import io.github.rediskit.testing.RedisTestSentinel;
import io.github.rediskit.testing.RedisTestServer;
import io.github.rediskit.testing.TcpProxy;
import io.lettuce.core.KeyValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Under load, Redis forgets its scripts, loses its connections, or dies: no call fails,
 * and none is charged twice. The applications are configured ones, so their connections
 * are, too.
 */
@Timeout(90)
@MeasuresTime
class RateLimitFaultsTests {

	private static final int THREADS = 8;

	private static final int CALLS = 10_000;

	private static final int NOT_CALLED = 0;

	private static final int BY_REDIS = 1;

	private static final int WITHOUT_REDIS = 2;

	private static final String PREFIX = "shop:rate-limit:count:";

	private final AtomicInteger outages = new AtomicInteger();

	private final ApplicationContextRunner application = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class, RediskitAutoConfiguration.class,
				RedisConnectionsAutoConfiguration.class, RateLimitAutoConfiguration.class))
		.withBean(RateLimitListener.class, () -> new RateLimitListener() {

			@Override
			public void outage(String policy, Throwable failure) {
				RateLimitFaultsTests.this.outages.incrementAndGet();
			}

		})
		.withPropertyValues("spring.application.name=shop", "rediskit.rate-limit.policies.count.algorithm=fixed-window",
				"rediskit.rate-limit.policies.count.limits[0].limit=1000000000",
				"rediskit.rate-limit.policies.count.limits[0].period=1h");

	@Test
	void scriptsThatAreForgottenAllTheTimeCostNoCallAndNoSecondCharge() throws Exception {
		try (RedisTestServer server = RedisTestServer.start()) {
			this.application.withPropertyValues("spring.data.redis.url=" + server.uri(),
					// a slow machine is no outage
					"rediskit.rate-limit.policies.count.time-budget=10s", "spring.data.redis.timeout=10s")
				.run((context) -> {
					RateLimiter limiter = context.getBean(RateLimiter.class);
					await().until(() -> isDecided(limiter));
					AtomicBoolean over = new AtomicBoolean();
					Thread forgetting = new Thread(() -> {
						while (!over.get()) {
							server.commands().scriptFlush();
							LockSupport.parkNanos(200_000);
						}
					});
					server.resetStats();
					this.outages.set(0);
					forgetting.start();
					AtomicInteger allowed = new AtomicInteger();
					call((number) -> {
						if (limiter.tryAcquire("count", "alice", 1).allowed()) {
							allowed.incrementAndGet();
						}
					});
					over.set(true);
					forgetting.join();
					assertThat(server.commandStats().get("eval")).isGreaterThan(20); // calls
																						// go
																						// together
					assertThat(allowed).hasValue(CALLS);
					assertThat(this.outages).hasValue(0);
					assertThat(charged(server.commands().get(PREFIX + "{alice}"))).isEqualTo(CALLS);
				});
		}
	}

	@Test
	void connectionsThatAreLostBetweenQuestionAndAnswerCostNoCallAndNoSecondCharge() {
		try (RedisTestServer server = RedisTestServer.start(); TcpProxy network = TcpProxy.to(server)) {
			this.application.withPropertyValues("spring.data.redis.url=" + network.uri()).run((context) -> {
				RateLimiter limiter = context.getBean(RateLimiter.class);
				await().until(() -> isDecided(limiter));
				network.latency(Duration.ofMillis(1)); // so that something is under way
				AtomicIntegerArray answered = new AtomicIntegerArray(CALLS);
				AtomicBoolean over = new AtomicBoolean();
				AtomicInteger cuts = new AtomicInteger();
				Thread cutting = new Thread(() -> {
					while (!over.get()) {
						await().pollInterval(Duration.ofMillis(1)).until(() -> over.get() || isDecided(limiter));
						LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
						network.cut();
						cuts.incrementAndGet();
					}
				});
				cutting.start();
				call((number) -> {
					answered.set(number, answer(limiter, number));
					if (answered.get(number) == WITHOUT_REDIS) {
						LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
					}
				});
				over.set(true);
				cutting.join();
				assertThat(cuts.get()).isGreaterThan(10);
				// some were lost after Redis had charged them
				assertThat(assertChargedOnce(server, answered, true)).isPositive();
			});
		}
	}

	@Test
	void aFailoverCostsNoCallAndNoSecondCharge() {
		try (RedisTestSentinel redis = RedisTestSentinel.start()) {
			this.application
				.withPropertyValues("spring.data.redis.sentinel.nodes=" + String.join(",", redis.addresses()),
						"spring.data.redis.sentinel.master=" + RedisTestSentinel.MASTER)
				.run((context) -> {
					RateLimiter limiter = context.getBean(RateLimiter.class);
					await().until(() -> isDecided(limiter));
					AtomicIntegerArray answered = new AtomicIntegerArray(CALLS);
					AtomicBoolean over = new AtomicBoolean();
					ExecutorService threads = Executors.newFixedThreadPool(THREADS);
					AtomicInteger next = new AtomicInteger();
					List<Future<?>> callers = new ArrayList<>();
					for (int i = 0; i < THREADS; i++) {
						callers.add(threads.submit(() -> {
							for (int number = next.getAndIncrement(); number < CALLS
									&& !over.get(); number = next.getAndIncrement()) {
								answered.set(number, answer(limiter, number));
								LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
							}
							return null;
						}));
					}
					await().until(() -> next.get() > 500);
					redis.failOver();
					assertThat(this.outages).hasPositiveValue();
					await().atMost(Duration.ofSeconds(20)).until(() -> isDecided(limiter));
					int before = next.get();
					await().until(() -> next.get() > before + 500 || next.get() >= CALLS);
					over.set(true);
					for (Future<?> caller : callers) {
						caller.get(10, TimeUnit.SECONDS);
					}
					threads.shutdown();
					assertChargedOnce(redis.data().replica(), answered, false);
				});
		}
	}

	/** Whether Redis decides, and not the policy for an outage. */
	private boolean isDecided(RateLimiter limiter) {
		return limiter.peek("count", "somebody").remaining() > 0;
	}

	private interface NumberedCall {

		void call(int number);

	}

	private static void call(NumberedCall call) throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(THREADS);
		try {
			CountDownLatch together = new CountDownLatch(THREADS);
			List<Future<?>> callers = new ArrayList<>();
			for (int i = 0; i < THREADS; i++) {
				int first = i;
				callers.add(threads.submit(() -> {
					together.countDown();
					together.await();
					for (int number = first; number < CALLS; number += THREADS) {
						call.call(number);
					}
					return null;
				}));
			}
			for (Future<?> caller : callers) {
				caller.get(60, TimeUnit.SECONDS);
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

	/** Each call has a key of its own. */
	private static int answer(RateLimiter limiter, int number) {
		RateLimitDecision decision = limiter.tryAcquire("count", number, 1);
		assertThat(decision.allowed()).isTrue();
		return (decision.remaining() > 0) ? BY_REDIS : WITHOUT_REDIS;
	}

	/**
	 * Every call was charged at most once, and if nothing is lost with a server, those
	 * that Redis has answered were charged.
	 */
	private static int assertChargedOnce(RedisTestServer server, AtomicIntegerArray answered, boolean nothingIsLost) {
		String[] keys = IntStream.range(0, CALLS)
			.mapToObj((number) -> PREFIX + "{" + number + "}")
			.toArray(String[]::new);
		List<KeyValue<String, String>> values = server.commands().mget(keys);
		int[] counts = new int[3];
		int withoutAnswer = 0;
		for (int number = 0; number < CALLS; number++) {
			long charged = values.get(number).hasValue() ? charged(values.get(number).getValue()) : 0;
			int answer = answered.get(number);
			counts[answer]++;
			assertThat(charged).as("charges of call %d", number).isLessThanOrEqualTo((answer == NOT_CALLED) ? 0 : 1);
			if (answer == BY_REDIS && nothingIsLost) {
				assertThat(charged).as("charges of call %d", number).isOne();
			}
			if (answer == WITHOUT_REDIS && charged == 1) {
				withoutAnswer++;
			}
		}
		assertThat(counts[BY_REDIS]).isGreaterThan(500);
		assertThat(counts[WITHOUT_REDIS]).isPositive();
		return withoutAnswer;
	}

	private static long charged(String state) {
		return Long.parseLong(state.substring(state.lastIndexOf(' ') + 1));
	}

}
