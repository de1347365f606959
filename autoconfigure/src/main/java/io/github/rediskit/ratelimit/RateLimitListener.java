package io.github.rediskit.ratelimit;

import java.time.Duration;

/**
 * Is told what the rate limits do. Implementations must be quick and must not throw; what
 * they throw is ignored. Each decision is told once: as allowed, refused or of shadow,
 * and besides as near, overflowed or local.
 */
public interface RateLimitListener {

	/**
	 * A call was allowed.
	 * @param policy the name of the policy
	 * @param remaining how much is left
	 * @param limit how much the limit allows in a period
	 */
	default void allowed(String policy, long remaining, long limit) {
	}

	/**
	 * A call was allowed, and of a limit less than a fifth is left.
	 * @param policy the name of the policy
	 */
	default void near(String policy) {
	}

	/**
	 * A call was counted against what all new keys share, since as many keys of the
	 * policy live as may.
	 * @param policy the name of the policy
	 * @param maxKeys how many keys may live
	 */
	default void overflowed(String policy, long maxKeys) {
	}

	/**
	 * A call was refused.
	 * @param policy the name of the policy
	 * @param remembered whether Redis was not asked, since it would refuse
	 */
	default void refused(String policy, boolean remembered) {
	}

	/**
	 * A call had to wait before it was allowed.
	 * @param policy the name of the policy
	 * @param duration for how long
	 */
	default void waited(String policy, Duration duration) {
	}

	/**
	 * A call was allowed only because the policy is a shadow.
	 * @param policy the name of the policy
	 */
	default void shadow(String policy) {
	}

	/**
	 * This instance decided by its share of the limit, since Redis did not.
	 * @param policy the name of the policy
	 * @param allowed whether the call was allowed
	 */
	default void local(String policy, boolean allowed) {
	}

	/**
	 * Redis did not decide.
	 * @param policy the name of the policy
	 * @param failure why not
	 */
	default void outage(String policy, Throwable failure) {
	}

	/**
	 * A change of a policy that was made at run time does not hold here.
	 * @param policy the name of the policy
	 * @param reason why not
	 */
	default void changeIgnored(String policy, String reason) {
	}

}
