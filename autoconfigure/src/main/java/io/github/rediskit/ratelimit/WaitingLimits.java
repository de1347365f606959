package io.github.rediskit.ratelimit;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Lets callers wait, where the policy says so. A token bucket is charged at once, and the
 * caller waits for its turn: one question, and first come is first served. The other
 * algorithms can't be charged for later: their callers ask again when there can be room,
 * until they have waited long enough.
 */
final class WaitingLimits extends WrappedLimits {

	/** Permits are given back at any time, so their end says little. */
	private static final long PERMIT_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

	private final ScheduledExecutorService timer;

	private final LongSupplier nanoTime;

	private final RateLimitListener listener;

	WaitingLimits(Limits limits, ScheduledExecutorService timer, LongSupplier nanoTime, RateLimitListener listener) {
		super(limits);
		this.timer = timer;
		this.nanoTime = nanoTime;
		this.listener = listener;
	}

	@Override
	public void take(RateLimitRequest request, Told told) {
		if (!request.policy().isWaitedFor()) {
			super.take(request, told);
			return;
		}
		Caller caller = new Caller(request, this.nanoTime.getAsLong());
		caller.whenComplete((answer, failure) -> {
			caller.giveUp(failure);
			if (failure != null) {
				told.failed(failure);
			}
			else {
				told.answered(answer);
			}
		});
		told.whenGivenUp(() -> caller.cancel(false));
		caller.ask();
	}

	/**
	 * One call that waits. Who cancels it gives back what was charged.
	 */
	private final class Caller extends CompletableFuture<Answer> implements Told {

		private final RateLimitRequest request;

		private final long since;

		private volatile boolean refusedBefore;

		private final AtomicReference<@Nullable Answer> charged = new AtomicReference<>();

		Caller(RateLimitRequest request, long since) {
			this.request = request;
			this.since = since;
		}

		void ask() {
			if (isDone()) {
				return;
			}
			WaitingLimits.this.limits.take(this.request, this);
		}

		@Override
		public void failed(Throwable failure) {
			completeExceptionally(OutagePolicy.unwrapped(failure));
		}

		@Override
		public void answered(Answer answer) {
			if (answer.admitted()) {
				this.charged.set(answer);
				if (isDone()) {
					refund();
				}
				else if (answer.delay().isZero()) {
					begin();
				}
				else {
					later(this::begin, answer.delay().toNanos());
				}
				return;
			}
			long left = this.request.policy().maxWait().toNanos() - waited();
			Duration retry = answer.decision().retryAfter();
			boolean permits = this.request.policy().algorithm() == RateLimitAlgorithm.CONCURRENCY;
			boolean hopeless = answer.decision().isNever()
					|| this.request.policy().algorithm() == RateLimitAlgorithm.TOKEN_BUCKET
					|| (permits ? left <= 0 : retry.compareTo(Duration.ofNanos(Math.max(0, left))) > 0);
			if (hopeless) {
				complete(answer);
			}
			else {
				this.refusedBefore = true;
				later(this::ask, permits ? Math.min(PERMIT_NANOS, left) : retry.toNanos());
			}
		}

		private void begin() {
			Answer answer = this.charged.getAndSet(null);
			if (answer != null) {
				if (this.refusedBefore || !answer.delay().isZero()) {
					WaitingLimits.this.listener.waited(this.request.policy().name(), Duration.ofNanos(waited()));
				}
				complete(answer);
			}
		}

		private void later(Runnable step, long nanos) {
			try {
				WaitingLimits.this.timer.schedule(step, nanos, TimeUnit.NANOSECONDS);
			}
			catch (RejectedExecutionException ex) {
				cancel(false); // the application is stopping
			}
		}

		void giveUp(@Nullable Throwable failure) {
			if (failure instanceof CancellationException) {
				refund();
			}
		}

		private void refund() {
			Answer answer = this.charged.getAndSet(null);
			if (answer != null) {
				answer.charge().refund().whenComplete((done, failure) -> freed(this.request));
			}
		}

		private long waited() {
			return WaitingLimits.this.nanoTime.getAsLong() - this.since;
		}

	}

}
