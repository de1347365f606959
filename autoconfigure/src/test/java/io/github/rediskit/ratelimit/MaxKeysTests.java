package io.github.rediskit.ratelimit;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.github.rediskit.ratelimit.RateLimitPolicy.Limit;
import io.github.rediskit.setting.InvalidSettingException;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Who invents keys fills neither Redis nor the limits of others.
 */
@RedisTest
@Timeout(60)
class MaxKeysTests {

	private static final Duration LIFE = Duration.ofSeconds(2);

	private final RedisTestServer server = RedisTestServer.shared();

	private static RateLimitPolicy policy(RateLimitAlgorithm algorithm, Duration period) {
		Duration ofLimit = (algorithm == RateLimitAlgorithm.CONCURRENCY) ? Duration.ZERO : period;
		return RateLimitPolicy.of("search", algorithm, List.of(Limit.of(4, ofLimit)))
			.withHold(period)
			.withMaxKeys(100)
			.withTimeBudget(Duration.ofSeconds(10));
	}

	@ParameterizedTest
	@EnumSource(RateLimitAlgorithm.class)
	void newKeysBeyondTheMostShareOneLimit(RateLimitAlgorithm algorithm) {
		try (RateLimitInstance shop = new RateLimitInstance(this.server.uri(),
				policy(algorithm, Duration.ofMinutes(10)))) {
			shop.limiter.tryAcquire("search", "alice", 1);
			int allowed = 0;
			for (int i = 0; i < 1_000; i++) {
				allowed += shop.limiter.tryAcquire("search", i, 1).allowed() ? 1 : 0;
			}
			assertThat(allowed).isEqualTo(99 + 4);
			assertThat(this.server.commands().dbsize()).isEqualTo(101);
			assertThat(this.server.commands().exists("shop:rate-limit:search:{~others}")).isOne();
			assertThat(shop.overflows.get()).isEqualTo(1_000 - 99);
			assertThat(shop.limiter.tryAcquire("search", "alice", 1).remaining()).isEqualTo(2);
			assertThat(shop.limiter.tryAcquire("search", 3, 3).remaining()).isZero();
			shop.limiter.reset("search", "alice"); // makes room for one
			assertThat(shop.limiter.tryAcquire("search", "bob", 1).allowed()).isTrue();
			assertThat(shop.limiter.tryAcquire("search", "eve", 1).allowed()).isFalse();
		}
	}

	@ParameterizedTest
	@EnumSource(RateLimitAlgorithm.class)
	void thereIsRoomAgainWhenKeysHaveEnded(RateLimitAlgorithm algorithm) {
		try (RateLimitInstance shop = new RateLimitInstance(this.server.uri(), policy(algorithm, LIFE))) {
			for (int i = 0; i < 120; i++) {
				shop.async.tryAcquire("search", i, 4).toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
			}
			assertThat(shop.overflows.get()).isPositive();
			await().atMost(LIFE.multipliedBy(4)).until(() -> {
				int before = shop.overflows.get();
				return shop.limiter.tryAcquire("search", "bob", 1).allowed() && shop.overflows.get() == before;
			});
			assertThat(this.server.commands().exists("shop:rate-limit:search:{bob}")).isOne();
		}
	}

	@Test
	void permitsThatAreReleasedMakeRoom() {
		RateLimitPolicy policy = policy(RateLimitAlgorithm.CONCURRENCY, Duration.ofHours(1)).withMaxKeys(3);
		try (RateLimitInstance shop = new RateLimitInstance(this.server.uri(), policy)) {
			for (int i = 0; i < 100; i++) {
				RateLimitPermit permit = shop.async.acquire("search", i, 2).toCompletableFuture().join();
				assertThat(permit.decision().allowed()).isTrue();
				assertThat(permit.refund().toCompletableFuture().join()).isTrue();
			}
			assertThat(shop.overflows.get()).isZero();
		}
	}

	@Test
	void noKeysAtAllCantBeMeant() {
		assertThatExceptionOfType(InvalidSettingException.class)
			.isThrownBy(() -> RateLimitPolicy.of("search", 1, LIFE).withMaxKeys(0))
			.withMessageContaining("at least 1")
			.satisfies((ex) -> assertThat(ex.setting()).isEqualTo("policies.search.max-keys"));
	}

}
