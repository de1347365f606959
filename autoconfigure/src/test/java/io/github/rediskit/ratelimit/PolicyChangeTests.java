package io.github.rediskit.ratelimit;

import java.time.Duration;
import java.util.List;

import io.github.rediskit.ratelimit.RateLimitPolicy.Limit;
import io.github.rediskit.ratelimit.RateLimitPolicy.OnFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is written in Redis for a policy that was changed.
 */
class PolicyChangeTests {

	private static final RateLimitPolicy DECLARED = RateLimitPolicy.of("search", 10, Duration.ofSeconds(1));

	@Test
	void itsTextStaysAsItIs() {
		PolicyChange change = new PolicyChange(DECLARED, DECLARED.withLimits(new Limit(5, Duration.ofSeconds(1), 20)));
		assertThat(change.text()).isEqualTo(
				"1 0 0 0 30000000000 0 100000000 1000000 10 1000000000 10;0 0 0 30000000000 0 100000000 1000000 5 1000000000 20");
		assertThat(PolicyChange.read("search", change.text())).isEqualTo(change);
	}

	@ParameterizedTest
	@EnumSource(RateLimitAlgorithm.class)
	void everySettingIsWrittenAndRead(RateLimitAlgorithm algorithm) {
		boolean permits = algorithm == RateLimitAlgorithm.CONCURRENCY;
		List<Limit> limits = permits ? List.of(Limit.of(10_000, Duration.ZERO))
				: List.of(Limit.of(10_000, Duration.ofDays(3650)), Limit.of(1, Duration.ofMillis(1)));
		for (OnFailure onFailure : OnFailure.values()) {
			RateLimitPolicy policy = new RateLimitPolicy("search", algorithm, limits, Duration.ofMillis(100),
					Duration.ofHours(1), Duration.ofNanos(1_000_001), onFailure, true, 7);
			PolicyChange change = new PolicyChange(DECLARED, policy);
			assertThat(PolicyChange.read("search", change.text())).isEqualTo(change);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "1", "1 ", "2 0;0", "1 0 0 0 30000000000 0 100000000 1000000 10 1000000000 10",
			"1 9 0 0 30000000000 0 100000000 1000000 10 1000000000 10;0 0 0 30000000000 0 100000000 1000000 5 1000000000 20",
			"1 0 0 0 30000000000 0 100000000 1000000 10 1000000000 10;0 0 0 30000000000 0 100000000 1000000 5 1000000000",
			"1 0 0 0 30000000000 0 100000000 1000000 10 1000000000 10;0 0 0 30000000000 0 100000000 1000000 0 1000000000 0",
			"1 0 0 0 30000000000 0 100000000 1000000 10 1000000000 10;0 0 0 30000000000 0 100000000 1000000",
			"1 99999999999 0 0 0 0 0;0", "1 a;b", "{\"limit\":1}" })
	void whatIsNoChangeIsNone(String text) {
		assertThat(PolicyChange.read("search", text)).isNull();
	}

}
