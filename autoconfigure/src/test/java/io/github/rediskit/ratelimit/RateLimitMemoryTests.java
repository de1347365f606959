package io.github.rediskit.ratelimit;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;

import io.github.rediskit.metrics.RateLimitMeters;
import io.github.rediskit.ratelimit.RateLimitPolicy.Limit;
import io.github.rediskit.ratelimit.RateLimitPolicy.OnFailure;
import io.github.rediskit.testing.MeasuresTime;
import io.github.rediskit.testing.RedisTestServer;
import io.lettuce.core.ScriptOutputType;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A great many keys: what each takes, that none stays, and that meters do not know of
 * them. {@code -Drediskit.test.rate-limit-keys} says how many.
 */
@Timeout(600)
@MeasuresTime
class RateLimitMemoryTests {

	private static final Log logger = LogFactory.getLog(RateLimitMemoryTests.class);

	private static final int KEYS = Integer.getInteger("rediskit.test.rate-limit-keys", 10_000);

	/** Long enough that few are over before the last one has come. */
	private static final Duration PERIOD = Duration.ofMillis(Math.max(1_000, KEYS / 20));

	private static final int AT_ONCE = 500;

	private static final int COST = 1;

	/** Keys of 45 characters on a server of 64 bits. */
	private static final long MOST_BYTES = 300;

	private static final String WITHOUT_TTL = """
			local found = redis.call('SCAN', ARGV[1], 'COUNT', 1000)
			local forever = 0
			for _, key in ipairs(found[2]) do
			  local ttl = redis.call('PTTL', key)
			  if ttl == -1 or ttl > tonumber(ARGV[2]) then forever = forever + 1 end
			end
			return {tonumber(found[1]), #found[2], forever}
			""";

	@ParameterizedTest
	@EnumSource(RateLimitAlgorithm.class)
	void manyKeysTakeLittleAndNoneStays(RateLimitAlgorithm algorithm) throws Exception {
		boolean permits = algorithm == RateLimitAlgorithm.CONCURRENCY;
		RateLimitPolicy policy = RateLimitPolicy
			.of("many", algorithm, List.of(Limit.of(COST, permits ? Duration.ZERO : PERIOD)))
			.withHold(PERIOD)
			.withMaxKeys(2L * KEYS)
			.withTimeBudget(Duration.ofMinutes(1))
			.withOnFailure(OnFailure.CLOSED);
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		RateLimitMeters meters = new RateLimitMeters();
		meters.bindTo(registry);
		try (RedisTestServer server = RedisTestServer.start();
				BareInstance shop = new BareInstance(server.uri(), UnaryOperator.identity(), List.of(meters), policy)) {
			assertThat(shop.limiter.tryAcquire("many", "first", COST).allowed()).isTrue();
			shop.limiter.reset("many", "first");
			int meterCount = registry.getMeters().size();
			assertThat(meterCount).isPositive();
			long before = usedMemory(server);
			long start = System.nanoTime();
			assertThat(fill(shop.async)).isEqualTo(KEYS);
			double seconds = (System.nanoTime() - start) / 1e9;
			long there = server.commands().dbsize();
			long each = (usedMemory(server) - before) / there;
			long state = server.commands().memoryUsage(server.commands().randomkey());
			logger.info("%s: %,d keys, %d bytes each (MEMORY USAGE of one: %d), %,.0f calls/s".formatted(algorithm,
					there, each, state, KEYS / seconds));
			assertThat(there).isGreaterThan(KEYS / 2);
			assertThat(each).isLessThan(MOST_BYTES);
			assertThat(withoutTtl(server, there)).isZero();
			await().atMost(PERIOD.multipliedBy(2).plusSeconds(60)).until(() -> server.commands().dbsize() == 0);
			assertThat(registry.getMeters()).hasSize(meterCount);
			assertThat(shop.outages).hasValue(0);
		}
	}

	private static long fill(AsyncRateLimiter limiter) throws InterruptedException {
		Random random = new Random(42);
		Semaphore room = new Semaphore(AT_ONCE);
		LongAdder allowed = new LongAdder();
		for (int i = 0; i < KEYS; i++) {
			room.acquire();
			limiter.tryAcquire("many", random.nextLong(), COST).whenComplete((decision, failure) -> {
				if (failure == null && decision.allowed()) {
					allowed.increment();
				}
				room.release();
			});
		}
		room.acquire(AT_ONCE);
		return allowed.sum();
	}

	private static long usedMemory(RedisTestServer server) {
		return Long.parseLong(server.info("memory", "used_memory"));
	}

	/**
	 * Those that stay for ever, or for longer than two periods, as a sliding window does.
	 */
	private static long withoutTtl(RedisTestServer server, long atLeast) {
		long cursor = 0;
		long seen = 0;
		long forever = 0;
		String longest = Long.toString(2 * PERIOD.toMillis() + 2);
		do {
			List<Long> found = server.commands()
				.eval(WITHOUT_TTL, ScriptOutputType.MULTI, new String[0], Long.toString(cursor), longest);
			cursor = found.get(0);
			seen += found.get(1);
			forever += found.get(2);
		}
		while (cursor != 0);
		assertThat(seen).isPositive().isLessThanOrEqualTo(2 * atLeast);
		return forever;
	}

}
