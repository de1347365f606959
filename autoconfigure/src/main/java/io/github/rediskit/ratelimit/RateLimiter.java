package io.github.rediskit.ratelimit;

/**
 * Decides by the policies of this application whether something may be done now. All
 * instances share what is counted.
 */
public interface RateLimiter {

	/**
	 * Asks for a call, and counts it if it is allowed. Waits up to the policy's
	 * {@code max-wait}; who is interrupted meanwhile is refused. A permit of a
	 * concurrency policy that is taken here ends by itself after the policy's
	 * {@code hold}: see {@link AsyncRateLimiter#acquire} for one that can be given back.
	 * @param policy the name of the policy
	 * @param key who or what is limited: anything of which a key can be made
	 * @param cost what the call costs; below 1 it counts as 1
	 * @return whether it is allowed
	 * @throws UnknownRateLimitPolicyException if there is no such policy
	 * @throws RateLimitUnavailableException if Redis did not decide in time and the
	 * policy says {@code on-failure: closed}
	 */
	RateLimitDecision tryAcquire(String policy, Object key, long cost);

	/**
	 * Looks whether a call of cost 1 would be allowed now, without counting it.
	 * @param policy the name of the policy
	 * @param key who or what is limited
	 * @return whether it would be allowed, and what is left
	 */
	RateLimitDecision peek(String policy, Object key);

	/**
	 * Forgets what was counted.
	 * @param policy the name of the policy
	 * @param key who or what is limited
	 * @throws RateLimitUnavailableException if Redis did not answer
	 */
	void reset(String policy, Object key);

}
