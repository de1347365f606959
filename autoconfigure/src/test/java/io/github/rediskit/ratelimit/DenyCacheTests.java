package io.github.rediskit.ratelimit;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import io.github.rediskit.key.KeyId;
import io.github.rediskit.ratelimit.RateLimitPolicy.Limit;
import io.github.rediskit.testing.MeasuresTime;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Refusals that are remembered are those that Redis would make.
 */
@RedisTest
@Timeout(60)
@MeasuresTime
class DenyCacheTests {

	private final RedisTestServer server = RedisTestServer.shared();

	@ParameterizedTest
	@EnumSource(value = RateLimitAlgorithm.class, mode = EnumSource.Mode.EXCLUDE, names = "CONCURRENCY")
	void nothingIsRefusedThatATwinWithoutItAdmits(RateLimitAlgorithm algorithm) {
		RateLimitPolicy policy = RateLimitPolicy
			.of("search", algorithm, List.of(Limit.of(10, Duration.ofMillis(200)), Limit.of(70, Duration.ofSeconds(2))))
			.withTimeBudget(Duration.ofSeconds(5));
		Random random = new Random(7);
		int admitted = 0;
		try (RateLimitInstance shop = new RateLimitInstance(this.server.uri(), policy)) {
			long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
			while (System.nanoTime() - end < 0) {
				long cost = 1 + random.nextInt(5);
				boolean twin = shop.twin.look(new RateLimitRequest(policy, KeyId.of("alice"), cost))
					.toCompletableFuture()
					.join()
					.admitted();
				boolean allowed = shop.limiter.tryAcquire("search", "alice", cost).allowed();
				if (twin) {
					assertThat(allowed).isTrue();
					admitted++;
				}
			}
			assertThat(admitted).isGreaterThan(10);
			assertThat(shop.events).contains("remembered");
		}
	}

	@Test
	void whatIsGivenBackElsewhereMeanwhileDoesNotMatter() {
		RateLimitPolicy policy = RateLimitPolicy.of("search", 1, Duration.ofHours(1))
			.withTimeBudget(Duration.ofSeconds(5));
		try (RateLimitInstance shop = new RateLimitInstance(this.server.uri(), policy)) {
			Freeing redis = new Freeing(shop.twin);
			DenyCache cache = new DenyCache(redis, System::nanoTime);
			redis.meanwhile = () -> cache.freed(new RateLimitRequest(policy, KeyId.of("bob"), 1));
			RateLimitRequest alice = new RateLimitRequest(policy, KeyId.of("alice"), 1);
			Heard.of(cache, alice).join();
			Heard.of(cache, alice).join();
			assertThat(Heard.of(cache, alice).join().source()).isEqualTo(Answer.Source.MEMORY);
			cache.freed(alice);
			redis.meanwhile = () -> cache.freed(alice);
			Heard.of(cache, alice).join();
			assertThat(Heard.of(cache, alice).join().source()).isEqualTo(Answer.Source.REDIS);
		}
	}

	@Test
	void itIsBoundedWhateverTheNumberOfKeys() {
		RateLimitPolicy policy = RateLimitPolicy.of("search", 1, Duration.ofHours(1))
			.withTimeBudget(Duration.ofSeconds(5));
		try (RateLimitInstance shop = new RateLimitInstance(this.server.uri(), policy)) {
			DenyCache cache = new DenyCache(shop.twin, () -> 0); // time stands still
			for (int i = 0; i < DenyCache.MOST_DENIALS + 500; i++) {
				RateLimitRequest request = new RateLimitRequest(policy, KeyId.of(i), 1);
				Heard.of(shop.twin, request);
				Heard refused = Heard.of(cache, request);
				if (i % 100 == 99) { // not too many at a time
					refused.join();
				}
			}
			assertThat(cache.size()).isEqualTo(DenyCache.MOST_DENIALS);
			assertThat(Heard.of(cache, new RateLimitRequest(policy, KeyId.of(0), 1)).join().source())
				.isEqualTo(Answer.Source.MEMORY);
		}
	}

	/** Something happens between a question and its answer. */
	private static final class Freeing extends WrappedLimits {

		private Runnable meanwhile = () -> {
		};

		Freeing(Limits limits) {
			super(limits);
		}

		@Override
		public void take(RateLimitRequest request, Told told) {
			Heard heard = Heard.of(this.limits, request);
			heard.thenAccept((answer) -> {
				this.meanwhile.run();
				told.answered(answer);
			});
		}

	}

}
