package io.github.rediskit.ratelimit;

import java.time.Duration;
import java.util.List;

import io.github.rediskit.ratelimit.RateLimitPolicy.Limit;
import io.github.rediskit.setting.InvalidSettingException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What can't be meant or counted is refused with a sentence.
 */
class RateLimitPolicyTests {

	private static final Duration SECOND = Duration.ofSeconds(1);

	@Test
	void whatCantBeCountedExactlyIsRefused() {
		refused(RateLimitAlgorithm.SLIDING_WINDOW, "limits[0]", "2^53", Limit.of(1L << 43, SECOND));
		refused(RateLimitAlgorithm.SLIDING_WINDOW, "limits[0].period", "milliseconds",
				Limit.of(1, Duration.ofNanos(1_500_000)));
		refused(RateLimitAlgorithm.TOKEN_BUCKET, "limits[0].period", "microseconds",
				Limit.of(1, Duration.ofNanos(1_500)));
		refused(RateLimitAlgorithm.TOKEN_BUCKET, "limits[0].limit", "2^52", Limit.of(1L << 52, SECOND));
		refused(RateLimitAlgorithm.FIXED_WINDOW, "limits[0].limit", "2^52", Limit.of(Long.MAX_VALUE, SECOND));
		refused(RateLimitAlgorithm.TOKEN_BUCKET, "limits[0].capacity", "a hundred years",
				new Limit(1, Duration.ofDays(365), 101));
		refused(RateLimitAlgorithm.SLIDING_LOG, "limits[0].limit", "sliding-window", Limit.of(10_001, SECOND));
	}

	@Test
	void whatContradictsItselfIsRefused() {
		refused(RateLimitAlgorithm.TOKEN_BUCKET, "limits", "at least one");
		refused(RateLimitAlgorithm.TOKEN_BUCKET, "limits[0].limit", "at least 1", Limit.of(0, SECOND));
		refused(RateLimitAlgorithm.TOKEN_BUCKET, "limits[0].capacity", "at least 1", new Limit(1, SECOND, 0));
		refused(RateLimitAlgorithm.TOKEN_BUCKET, "limits[0].period", "from", Limit.of(1, Duration.ZERO));
		refused(RateLimitAlgorithm.TOKEN_BUCKET, "limits[1].period", "stricter", Limit.of(1, SECOND),
				Limit.of(2, SECOND));
		refused(RateLimitAlgorithm.FIXED_WINDOW, "limits[0].capacity", "token-bucket", new Limit(1, SECOND, 2));
		refused(RateLimitAlgorithm.CONCURRENCY, "limits[0].period", "hold", Limit.of(1, SECOND));
		refused(RateLimitAlgorithm.CONCURRENCY, "limits[1].period", "one limit", Limit.of(1, Duration.ZERO),
				Limit.of(2, Duration.ZERO));
	}

	private static void refused(RateLimitAlgorithm algorithm, String setting, String words, Limit... limits) {
		assertThatExceptionOfType(InvalidSettingException.class)
			.isThrownBy(() -> RateLimitPolicy.of("search", algorithm, List.of(limits)))
			.withMessageContaining(words)
			.satisfies((ex) -> assertThat(ex.setting()).isEqualTo("policies.search." + setting));
	}

	@Test
	void theLargestThatCanBeCountedIsAccepted() {
		assertThat(RateLimitPolicy.of("search", (1L << 52) - 1, SECOND).largestCost()).isEqualTo((1L << 52) - 1);
		assertThat(RateLimitPolicy.of("search", 1, Duration.ofDays(3650)).largestCost()).isOne();
	}

}
