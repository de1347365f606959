package io.github.rediskit.ratelimit;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

import io.github.rediskit.ratelimit.RateLimitPolicy.Limit;
import org.jspecify.annotations.Nullable;

/**
 * What a script has counted.
 *
 * @param done whether it did what it was asked for
 * @param limits each limit of the policy
 * @param delay how long a caller that was admitted must wait
 * @param receipt what is needed to give it back
 */
record Tally(boolean done, List<RateLimitStatus> limits, Duration delay, List<Long> receipt) {

	private static final long BLOCKED = 2;

	/** All scripts answer so for a subject that is blocked. */
	static @Nullable Tally blocked(List<@Nullable Object> reply, RateLimitPolicy policy) {
		if (number(reply, 0) != BLOCKED) {
			return null;
		}
		Duration left = micros(number(reply, 1));
		List<RateLimitStatus> limits = new ArrayList<>();
		for (Limit limit : policy.limits()) {
			limits.add(new RateLimitStatus(limit.limit(), limit.period(), 0, left, left));
		}
		return new Tally(false, limits, Duration.ZERO, List.of());
	}

	static long number(List<@Nullable Object> reply, int index) {
		if (reply.get(index) instanceof Long number) {
			return number;
		}
		throw new IllegalStateException("A script answered no number at %d: %s".formatted(index, reply));
	}

	static Duration micros(long micros) {
		return (micros > 0) ? Duration.of(micros, ChronoUnit.MICROS) : Duration.ZERO;
	}

}
