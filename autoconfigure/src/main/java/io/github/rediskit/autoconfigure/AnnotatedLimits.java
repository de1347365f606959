package io.github.rediskit.autoconfigure;

import io.github.rediskit.ratelimit.AsyncRateLimiter;
import io.github.rediskit.ratelimit.RateLimitPolicies;
import io.github.rediskit.ratelimit.RateLimitPolicy;
import io.github.rediskit.spring.RateLimitAdvisor;
import io.github.rediskit.spring.RateLimitObserver;

/**
 * Policies that annotations define, beside the configured ones.
 *
 * @param limiter what decides
 * @param policies the policies
 * @param pulse what begins when there are policies
 * @param observer who hears of decisions
 */
record AnnotatedLimits(AsyncRateLimiter limiter, RateLimitPolicies policies, RateLimitPulse pulse,
		RateLimitObserver observer) implements RateLimitAdvisor.Limits {

	@Override
	public boolean declare(RateLimitPolicy policy) {
		boolean alone = this.policies.declare(policy);
		this.pulse.begin();
		return alone;
	}

}
