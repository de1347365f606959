package io.github.rediskit.autoconfigure;

import io.github.rediskit.ratelimit.AsyncRateLimiter;
import io.github.rediskit.ratelimit.RateLimitPolicies;
import io.github.rediskit.ratelimit.RateLimitPolicy;
import io.github.rediskit.spring.RateLimitAdvisor;

/**
 * Policies that annotations define, beside the configured ones.
 *
 * @param limiter what decides
 * @param policies the policies
 * @param shadow whether all policies count only
 */
record AnnotatedLimits(AsyncRateLimiter limiter, RateLimitPolicies policies,
		boolean shadow) implements RateLimitAdvisor.Limits {

	@Override
	public void declare(RateLimitPolicy policy) {
		this.policies.replace(this.shadow ? policy.withShadow(true) : policy);
	}

}
