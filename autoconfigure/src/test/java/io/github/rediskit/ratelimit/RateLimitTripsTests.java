package io.github.rediskit.ratelimit;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.rediskit.autoconfigure.RateLimitAutoConfiguration;
import io.github.rediskit.autoconfigure.RedisConnectionsAutoConfiguration;
import io.github.rediskit.autoconfigure.RediskitAutoConfiguration;
import io.github.rediskit.ratelimit.RateLimitPolicy.Limit;
import io.github.rediskit.testing.MeasuresTime;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestCluster;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What a decision sends to Redis, counted by Redis.
 */
@RedisTest
@Timeout(60)
@MeasuresTime
class RateLimitTripsTests {

	private static final int CALLS = 300;

	private final RedisTestServer server = RedisTestServer.shared();

	static Stream<Arguments> algorithmsAndNumbersOfLimits() {
		return Stream.of(RateLimitAlgorithm.values())
			.flatMap((algorithm) -> IntStream.of(1, 3, 8)
				.filter((limits) -> limits == 1 || algorithm != RateLimitAlgorithm.CONCURRENCY)
				.mapToObj((limits) -> Arguments.of(algorithm, limits)));
	}

	@ParameterizedTest
	@MethodSource("algorithmsAndNumbersOfLimits")
	void anAllowedCallIsOneScriptWhateverTheNumberOfLimits(RateLimitAlgorithm algorithm, int limits) {
		RateLimitPolicy policy = RateLimitPolicy
			.of("search", algorithm, IntStream.rangeClosed(1, limits)
				.mapToObj((hours) -> Limit.of(1_000,
						(algorithm == RateLimitAlgorithm.CONCURRENCY) ? Duration.ZERO : Duration.ofHours(hours)))
				.toList())
			.withTimeBudget(Duration.ofSeconds(10));
		try (BareInstance shop = new BareInstance(this.server.uri(), policy)) {
			shop.limiter.tryAcquire("search", "bob", 1); // sends the script
			this.server.resetStats();
			for (int i = 1; i <= CALLS; i++) {
				RateLimitDecision decision = shop.limiter.tryAcquire("search", "alice", 2);
				assertThat(decision.allowed()).isTrue();
				assertThat(decision.remaining()).isEqualTo(1_000 - 2 * i);
			}
			assertThat(sent(this.server)).isEqualTo(Map.of("evalsha", (long) CALLS));
		}
	}

	@Test
	void subjectsAreSpreadOverAClusterAndEachCallIsOneScript() {
		try (RedisTestCluster cluster = RedisTestCluster.start()) {
			new ApplicationContextRunner()
				.withConfiguration(
						AutoConfigurations.of(DataRedisAutoConfiguration.class, RediskitAutoConfiguration.class,
								RedisConnectionsAutoConfiguration.class, RateLimitAutoConfiguration.class))
				.withPropertyValues("spring.application.name=shop",
						"spring.data.redis.cluster.nodes=" + String.join(",", cluster.addresses()),
						"rediskit.rate-limit.policies.search.limits[0].limit=10",
						"rediskit.rate-limit.policies.search.limits[0].period=1m",
						"rediskit.rate-limit.policies.search.limits[1].limit=12",
						"rediskit.rate-limit.policies.search.limits[1].period=1h",
						"rediskit.rate-limit.policies.search.limits[2].limit=5",
						"rediskit.rate-limit.policies.search.limits[2].period=1d",
						"rediskit.rate-limit.policies.search.time-budget=10s",
						"rediskit.rate-limit.policies.search.on-failure=closed")
				.run((context) -> {
					RateLimiter limiter = context.getBean(RateLimiter.class);
					await().ignoreExceptions().until(() -> limiter.peek("search", "bob").allowed());
					for (int i = 0; i < CALLS; i++) {
						assertThat(limiter.tryAcquire("search", i, 3).remaining()).isEqualTo(2);
					}
					cluster.nodes().forEach(RedisTestServer::resetStats);
					long start = System.nanoTime();
					for (int i = 0; i < CALLS; i++) {
						RateLimitDecision decision = limiter.tryAcquire("search", i, 2);
						assertThat(decision.allowed()).isTrue();
						assertThat(decision.remaining()).isZero();
					}
					List<Long> scripts = cluster.nodes().stream().map((node) -> sent(node).get("evalsha")).toList();
					assertThat(scripts).allMatch((number) -> number > CALLS / 6);
					long mostPulses = 2 + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
					assertThat(scripts.stream().mapToLong(Long::longValue).sum()).isBetween((long) CALLS,
							CALLS + mostPulses);
					assertThat(cluster.nodes()).noneMatch((node) -> sent(node).containsKey("eval"));
					for (int i = 0; i < CALLS; i++) {
						RateLimitDecision refused = limiter.tryAcquire("search", i, 1);
						assertThat(refused.allowed()).isFalse();
						assertThat(refused.limit()).isEqualTo(5);
					}
				});
		}
	}

	/** What clients sent, apart from what scripts do and what fixtures ask. */
	private static Map<String, Long> sent(RedisTestServer server) {
		Map<String, Long> calls = new HashMap<>(server.commandStats());
		calls.keySet().removeIf((command) -> !command.startsWith("eval") && !command.startsWith("script"));
		return calls;
	}

}
