package io.github.rediskit.ratelimit;

import java.time.Duration;
import java.util.List;

/**
 * Whether a call is allowed. Where a policy has several limits, the numbers are those of
 * the strictest: after a refusal the one that refuses longest, else the one of which
 * least remains.
 *
 * @param policy the name of the policy
 * @param allowed whether the call is allowed
 * @param limit how much the limit allows in a period
 * @param remaining how much is left; may be more than the limit if a token bucket's
 * capacity is. Zero where nobody has asked: if the cost can never fit, or Redis was away
 * @param retryAfter when the same call can be allowed: exact, unless others are faster;
 * zero if it was allowed, {@link #NEVER} if its cost is larger than the limit can ever
 * give
 * @param resetAfter when all of the limit is there again, if nothing is taken meanwhile
 */
public record RateLimitDecision(String policy, boolean allowed, long limit, long remaining, Duration retryAfter,
		Duration resetAfter) {

	/**
	 * Longer than anybody waits: 292 years, the longest time that can be told in
	 * nanoseconds.
	 */
	public static final Duration NEVER = Duration.ofNanos(Long.MAX_VALUE);

	static RateLimitDecision of(String policy, boolean allowed, List<RateLimitStatus> limits) {
		RateLimitStatus strictest = limits.get(0);
		for (int i = 1; i < limits.size(); i++) {
			RateLimitStatus next = limits.get(i);
			if (next.isStricterThan(strictest)) {
				strictest = next;
			}
		}
		return new RateLimitDecision(policy, allowed, strictest.limit(), strictest.remaining(),
				allowed ? Duration.ZERO : strictest.retryAfter(), strictest.resetAfter());
	}

	/**
	 * Whether the call was refused because its cost is larger than the limit can ever
	 * give. There is no use in trying again.
	 * @return whether it can never succeed
	 */
	public boolean isNever() {
		return !this.allowed && this.retryAfter.equals(NEVER);
	}

}
