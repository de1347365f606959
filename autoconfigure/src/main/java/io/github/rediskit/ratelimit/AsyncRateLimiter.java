package io.github.rediskit.ratelimit;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

/**
 * The {@link RateLimiter} for those who must not block, and with all it can do. Stages
 * complete on a thread that must not be blocked. They fail with a
 * {@link RateLimitUnavailableException} if Redis did not decide in time and the policy
 * says {@code on-failure: closed}; a refusal is no failure. Wrong arguments are thrown at
 * once.
 */
public interface AsyncRateLimiter {

	/**
	 * The policy of a name, as it holds for all who have no plan of their own.
	 * @param name the name
	 * @return the policy
	 * @throws UnknownRateLimitPolicyException if there is none
	 */
	RateLimitPolicy policy(String name);

	/**
	 * The policy that applies to a subject: what a {@link PolicyResolver} gives instead
	 * of the policy of that name.
	 * @param name the name
	 * @param key who or what is limited
	 * @return the policy
	 * @throws UnknownRateLimitPolicyException if there is none
	 * @throws IllegalArgumentException if the key is {@code null}
	 */
	default RateLimitPolicy policy(String name, @Nullable Object key) {
		return policy(name);
	}

	/**
	 * Asks for a call, and counts it if it is allowed. If the policy has a
	 * {@code max-wait} the stage completes when the call may begin; a caller who cancels
	 * it before is not counted. A permit of a concurrency policy is renewed until it is
	 * released.
	 * @param policy the policy, which need not be a declared one and is taken as it is
	 * @param key who or what is limited: anything of which a key can be made
	 * @param cost what the call costs; below 1 it counts as 1
	 * @return the decision, to be released when the call has ended
	 * @throws IllegalArgumentException if the key is {@code null}, or can't be one
	 */
	CompletionStage<RateLimitPermit> acquire(RateLimitPolicy policy, @Nullable Object key, long cost);

	/**
	 * Asks for a call of a declared policy, as
	 * {@link #acquire(RateLimitPolicy, Object, long)} does.
	 * @param policy the name of the policy
	 * @param key who or what is limited
	 * @param cost what the call costs; below 1 it counts as 1
	 * @return the decision, to be released when the call has ended
	 */
	default CompletionStage<RateLimitPermit> acquire(String policy, @Nullable Object key, long cost) {
		return acquire(policy(policy, key), key, cost);
	}

	/**
	 * The refusal of a call that is known without asking and without counting, since the
	 * same was refused just now.
	 * @param policy the policy
	 * @param key who or what is limited
	 * @param cost what the call costs; below 1 it counts as 1
	 * @return the refusal; empty if it has to be asked for
	 * @throws IllegalArgumentException if the key is {@code null}, or can't be one
	 */
	default Optional<RateLimitPermit> refusal(RateLimitPolicy policy, @Nullable Object key, long cost) {
		return Optional.empty();
	}

	/**
	 * Asks for a call, and counts it if it is allowed. A permit of a concurrency policy
	 * ends by itself after the policy's {@code hold}.
	 * @param policy the policy, which need not be a declared one and is taken as it is
	 * @param key who or what is limited
	 * @param cost what the call costs; below 1 it counts as 1
	 * @return the decision
	 */
	CompletionStage<RateLimitDecision> tryAcquire(RateLimitPolicy policy, @Nullable Object key, long cost);

	/**
	 * Asks for a call of a declared policy, as
	 * {@link #tryAcquire(RateLimitPolicy, Object, long)} does.
	 * @param policy the name of the policy
	 * @param key who or what is limited
	 * @param cost what the call costs; below 1 it counts as 1
	 * @return the decision
	 */
	default CompletionStage<RateLimitDecision> tryAcquire(String policy, @Nullable Object key, long cost) {
		return tryAcquire(policy(policy, key), key, cost);
	}

	/**
	 * Looks whether a call of cost 1 would be allowed now, without counting it.
	 * @param policy the name of the policy
	 * @param key who or what is limited
	 * @return whether it would be allowed, and what is left
	 */
	CompletionStage<RateLimitDecision> peek(String policy, @Nullable Object key);

	/**
	 * Forgets what was counted. It fails with a {@link RateLimitUnavailableException} if
	 * Redis did not answer, whatever the policy says.
	 * @param policy the name of the policy
	 * @param key who or what is limited
	 * @return completed with whether there was anything
	 */
	CompletionStage<Boolean> reset(String policy, @Nullable Object key);

	/**
	 * Refuses all calls for some time. It takes the place of what was counted: when it is
	 * over, nothing is counted against the key. It fails with a
	 * {@link RateLimitUnavailableException} if Redis did not answer, whatever the policy
	 * says.
	 * @param policy the name of the policy, which can't be a concurrency policy
	 * @param key who or what is limited
	 * @param duration for how long, at most ten years
	 * @return completed with true
	 */
	CompletionStage<Boolean> block(String policy, @Nullable Object key, Duration duration);

}
