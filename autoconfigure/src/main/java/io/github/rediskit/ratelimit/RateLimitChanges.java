package io.github.rediskit.ratelimit;

import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

/**
 * Changes declared policies at run time, on all instances of the application: here as
 * soon as Redis has confirmed it, elsewhere a second later. What was counted counts on. A
 * change outlives restarts; it ends when it is restored, when another release declares
 * the policy differently, or when no instance has run for 30 days.
 * <p>
 * The stages fail with a {@link RateLimitUnavailableException} if Redis did not confirm.
 * They complete on a thread that must not be blocked.
 */
public interface RateLimitChanges {

	/**
	 * Lets other settings hold for a policy.
	 * @param policy the policy as it is to be, such as
	 * {@code limiter.policy("search").withLimits(…)}; its algorithm is the declared one
	 * @return completed when it holds here
	 * @throws UnknownRateLimitPolicyException if no policy of its name is declared
	 * @throws IllegalArgumentException if the declared one has another algorithm
	 */
	CompletionStage<@Nullable Void> change(RateLimitPolicy policy);

	/**
	 * Lets what is declared hold again.
	 * @param policy the name of the policy
	 * @return completed when it holds here
	 * @throws UnknownRateLimitPolicyException if no policy of that name is declared
	 */
	CompletionStage<@Nullable Void> restore(String policy);

}
