package io.github.rediskit.ratelimit;

import java.time.Duration;

/**
 * How one limit of a policy is for one subject.
 *
 * @param limit how much it allows in a period
 * @param period the period; zero for a concurrency limit
 * @param remaining how much is left
 * @param retryAfter when it would allow the call; zero if it does
 * @param resetAfter when all of it is there again, if nothing is taken meanwhile
 */
public record RateLimitStatus(long limit, Duration period, long remaining, Duration retryAfter, Duration resetAfter) {

	boolean isStricterThan(RateLimitStatus other) {
		int retry = this.retryAfter.compareTo(other.retryAfter);
		if (retry != 0) {
			return retry > 0;
		}
		return this.remaining < other.remaining
				|| (this.remaining == other.remaining && this.resetAfter.compareTo(other.resetAfter) > 0);
	}

}
