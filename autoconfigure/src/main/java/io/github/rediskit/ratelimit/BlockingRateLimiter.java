package io.github.rediskit.ratelimit;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;

/**
 * The {@link RateLimiter} for those who may block. An interruption ends a wait for the
 * limit; a wait for Redis is bounded, and goes on.
 */
public final class BlockingRateLimiter implements RateLimiter {

	private final AsyncRateLimiter limiter;

	/**
	 * Creates the rate limiter.
	 * @param limiter what decides
	 */
	public BlockingRateLimiter(AsyncRateLimiter limiter) {
		this.limiter = limiter;
	}

	@Override
	public RateLimitDecision tryAcquire(String policy, Object key, long cost) {
		RateLimitPolicy settings = this.limiter.policy(policy, key);
		CompletableFuture<RateLimitDecision> decision = this.limiter.tryAcquire(settings, key, cost)
			.toCompletableFuture();
		if (decision.isDone()) {
			return resultOf(decision);
		}
		if (settings.maxWait().isZero()) {
			return join(decision);
		}
		try {
			return decision.get();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			if (!decision.cancel(true)) { // it was decided at that moment
				return resultOf(decision);
			}
			return new RateLimitDecision(settings.name(), false, settings.limits().get(0).limit(), 0, Duration.ZERO,
					Duration.ZERO);
		}
		catch (ExecutionException ex) {
			return resultOf(decision);
		}
	}

	@Override
	public RateLimitDecision peek(String policy, Object key) {
		return join(this.limiter.peek(policy, key));
	}

	@Override
	public void reset(String policy, Object key) {
		join(this.limiter.reset(policy, key));
	}

	/** Waits for what comes within bounded time; an interruption is kept for later. */
	private static <T> T join(CompletionStage<T> result) {
		CompletableFuture<T> future = result.toCompletableFuture();
		boolean interrupted = Thread.interrupted();
		try {
			while (true) {
				try {
					future.get();
					return resultOf(future);
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
				catch (ExecutionException ex) {
					return resultOf(future);
				}
			}
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	/** Thrown in the caller's stack. */
	private static <T> T resultOf(CompletableFuture<T> future) {
		try {
			return future.join();
		}
		catch (RuntimeException ex) {
			Throwable cause = OutagePolicy.unwrapped(ex);
			if (cause instanceof RateLimitUnavailableException unavailable) {
				throw new RateLimitUnavailableException(unavailable.policy(),
						(unavailable.getCause() != null) ? unavailable.getCause() : unavailable);
			}
			throw (cause instanceof RuntimeException runtime) ? runtime : ex;
		}
	}

}
