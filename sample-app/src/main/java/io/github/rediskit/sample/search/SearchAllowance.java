package io.github.rediskit.sample.search;

import java.time.Duration;

import io.github.rediskit.ratelimit.RateLimitDecision;
import io.github.rediskit.ratelimit.RateLimitPolicies;
import io.github.rediskit.ratelimit.RateLimiter;

import org.springframework.stereotype.Service;

/**
 * What a visitor has left, and the operator's way to give it back. The same limits as
 * those of {@link SearchService}, without the annotation.
 */
@Service
public class SearchAllowance {

	private static final String POLICY = "search";

	private final RateLimiter limiter;

	private final RateLimitPolicies policies;

	SearchAllowance(RateLimiter limiter, RateLimitPolicies policies) {
		this.limiter = limiter;
		this.policies = policies;
	}

	/**
	 * What a visitor has left.
	 * @param visitor who searches
	 * @return what is left, without counting that somebody looked
	 */
	public Left of(String visitor) {
		RateLimitDecision decision = this.limiter.peek(POLICY, visitor);
		return new Left(decision.remaining(), this.policies.get(POLICY).limits().get(0).capacity(),
				decision.resetAfter());
	}

	/**
	 * Forgets what a visitor has searched.
	 * @param visitor who searches
	 */
	public void giveBack(String visitor) {
		this.limiter.reset(POLICY, visitor);
	}

	/**
	 * What is in a visitor's bucket.
	 *
	 * @param searches how many searches are left
	 * @param of how many there are in a full bucket
	 * @param fullAfter when it will be full again
	 */
	public record Left(long searches, long of, Duration fullAfter) {

	}

}
