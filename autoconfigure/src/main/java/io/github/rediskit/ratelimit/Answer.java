package io.github.rediskit.ratelimit;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What a call is told.
 *
 * @param source who says so
 * @param admitted whether it may begin
 * @param decision the same for the caller
 * @param limits each limit; empty if nobody has looked at them
 * @param delay how long a call that was admitted must wait
 * @param charge what was counted
 */
record Answer(Source source, boolean admitted, RateLimitDecision decision, List<RateLimitStatus> limits, Duration delay,
		Charge charge) {

	static Answer of(Source source, RateLimitPolicy policy, boolean admitted, List<RateLimitStatus> limits,
			Duration delay, Charge charge) {
		return new Answer(source, admitted, RateLimitDecision.of(policy.name(), admitted, limits), limits, delay,
				charge);
	}

	/** Nobody knows, so it is allowed. */
	static Answer open(RateLimitPolicy policy) {
		return new Answer(Source.NOBODY, true, new RateLimitDecision(policy.name(), true,
				policy.limits().get(0).limit(), 0, Duration.ZERO, Duration.ZERO), List.of(), Duration.ZERO,
				Charge.NONE);
	}

	/** It can never fit. */
	static Answer never(RateLimitPolicy policy) {
		long limit = policy.limits().get(0).limit();
		return new Answer(Source.MEMORY, false,
				new RateLimitDecision(policy.name(), false, limit, 0, RateLimitDecision.NEVER, Duration.ZERO),
				List.of(), Duration.ZERO, Charge.NONE);
	}

	/** Whether less than a fifth of what a limit can hold is left, as Redis says. */
	boolean isNear(RateLimitPolicy policy) {
		if (this.source != Source.REDIS) {
			return false;
		}
		for (int i = 0; i < this.limits.size(); i++) {
			if (this.limits.get(i).remaining() * 5 < policy.limits().get(i).capacity()) {
				return true;
			}
		}
		return false;
	}

	/** The same call, refused after all. */
	Answer refused(Duration retryAfter) {
		return new Answer(
				this.source, false, new RateLimitDecision(this.decision.policy(), false, this.decision.limit(),
						this.decision.remaining(), retryAfter, this.decision.resetAfter()),
				this.limits, Duration.ZERO, Charge.NONE);
	}

	/** The same call, allowed nevertheless. */
	Answer inShadow() {
		return new Answer(
				Source.SHADOW, true, new RateLimitDecision(this.decision.policy(), true, this.decision.limit(),
						this.decision.remaining(), Duration.ZERO, this.decision.resetAfter()),
				this.limits, Duration.ZERO, Charge.NONE);
	}

	/**
	 * Who says so.
	 */
	enum Source {

		/** Redis. */
		REDIS,

		/** Redis, by what all new subjects share. */
		SHARED,

		/** What is known without asking. */
		MEMORY,

		/** This instance, by its share. */
		LOCAL,

		/** Nobody: the policy is open. */
		NOBODY,

		/** Nobody: the policy counts only. */
		SHADOW

	}

	/**
	 * What was counted for a call.
	 */
	interface Charge {

		/** Nothing. */
		Charge NONE = new Charge() {

			@Override
			public CompletionStage<Boolean> refund() {
				return CompletableFuture.completedStage(false);
			}

		};

		/** Takes it back. */
		CompletionStage<Boolean> refund();

		/** Lets a permit live on; completed with whether it still did. */
		default CompletionStage<Boolean> renew() {
			return CompletableFuture.completedStage(true);
		}

	}

}
