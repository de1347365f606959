package io.github.rediskit.ratelimit;

import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Ends decisions that take longer than their policy's time budget, up to
 * {@value #TICK_MILLIS} ms late. A call that has not been sent by then never is.
 * <p>
 * No timer is set per decision, nor is there a list of them: the trips know who is on the
 * way, and are looked through now and then while there are any.
 */
final class TimeBudget extends WrappedLimits implements Runnable {

	private static final long TICK_MILLIS = 10;

	private final SharedTrips trips;

	private final ScheduledExecutorService timer;

	private final AtomicBoolean watched = new AtomicBoolean();

	TimeBudget(SharedTrips trips, ScheduledExecutorService timer) {
		super(trips);
		this.trips = trips;
		this.timer = timer;
	}

	@Override
	public void take(RateLimitRequest request, Told told) {
		super.take(request, told);
		watch();
	}

	/** What is handed out is ended itself: it is nobody else's. */
	@Override
	public CompletionStage<Answer> look(RateLimitRequest request) {
		RateLimitPolicy policy = request.policy();
		return super.look(request).toCompletableFuture()
			.orTimeout(policy.timeBudget().toNanos(), TimeUnit.NANOSECONDS)
			.exceptionally((failure) -> {
				Throwable cause = OutagePolicy.unwrapped(failure);
				throw new CompletionException((cause instanceof TimeoutException) ? over(policy) : cause);
			});
	}

	/** What is said to those whose time is over. */
	static TimeoutException over(RateLimitPolicy policy) {
		return new TimeoutException("No answer from Redis to the rate limit '%s' within %d ms".formatted(policy.name(),
				policy.timeBudget().toMillis()));
	}

	private void watch() {
		if (!this.watched.get() && this.watched.compareAndSet(false, true)) {
			lookLater();
		}
	}

	private void lookLater() {
		try {
			this.timer.schedule(this, TICK_MILLIS, TimeUnit.MILLISECONDS);
		}
		catch (RejectedExecutionException ex) {
			// the application is stopping; the connection has a timeout of its own
		}
	}

	@Override
	public void run() {
		this.trips.endOverdue();
		if (this.trips.lines() > 0) {
			lookLater();
			return;
		}
		this.watched.set(false);
		if (this.trips.lines() > 0) { // came in between
			watch();
		}
	}

}
