package io.github.rediskit.ratelimit;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * Hands on everything that a wrapper does not change.
 */
abstract class WrappedLimits implements Limits {

	final Limits limits;

	WrappedLimits(Limits limits) {
		this.limits = limits;
	}

	@Override
	public void take(RateLimitRequest request, Told told) {
		this.limits.take(request, told);
	}

	@Override
	public CompletionStage<Answer> look(RateLimitRequest request) {
		return this.limits.look(request);
	}

	@Override
	public CompletionStage<Boolean> reset(RateLimitRequest subject) {
		return this.limits.reset(subject);
	}

	@Override
	public CompletionStage<Boolean> block(RateLimitRequest subject, Duration duration) {
		return this.limits.block(subject, duration);
	}

	@Override
	public void freed(RateLimitRequest subject) {
		this.limits.freed(subject);
	}

}
