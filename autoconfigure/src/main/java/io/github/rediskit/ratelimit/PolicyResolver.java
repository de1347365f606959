package io.github.rediskit.ratelimit;

import java.util.Optional;

/**
 * Gives users or tenants limits of their own: plans. Beans of this type are asked, in
 * their order, for each decision by the name of a policy, whoever asks for it; the first
 * that answers counts. An application asks them itself by
 * {@link AsyncRateLimiter#policy(String, Object)}.
 * <p>
 * It is asked in the caller's thread, once per decision, and must be quick: keep in
 * memory, or in a cache, what has to be looked up. What it throws, the caller gets.
 */
@FunctionalInterface
public interface PolicyResolver {

	/**
	 * The policy that applies to a subject.
	 * @param declared the policy whose name was given, as it holds for all others
	 * @param key who or what is limited, as it was given
	 * @return the declared policy with other settings, such as
	 * {@link RateLimitPolicy#withLimits}, under which what was counted counts on; or
	 * another declared policy, which counts by itself; empty for the one that is declared
	 */
	Optional<RateLimitPolicy> resolve(RateLimitPolicy declared, Object key);

}
