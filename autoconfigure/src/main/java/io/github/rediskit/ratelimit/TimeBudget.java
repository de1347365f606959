package io.github.rediskit.ratelimit;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Ends decisions that take longer than their policy's time budget, up to
 * {@value #TICK_MILLIS} ms late. A call that has not been sent by then never is, since it
 * leaves the line of its trip.
 * <p>
 * No timer is set per decision: those of one budget end in the order in which they began,
 * so they stand in a queue, whose head is looked at now and then while there is one.
 */
final class TimeBudget extends WrappedLimits {

	private static final long TICK_MILLIS = 10;

	private final ConcurrentHashMap<Duration, Pending> pending = new ConcurrentHashMap<>();

	private final SharedTrips trips;

	private final ScheduledExecutorService timer;

	private final LongSupplier nanoTime;

	TimeBudget(SharedTrips trips, ScheduledExecutorService timer, LongSupplier nanoTime) {
		super(trips);
		this.trips = trips;
		this.timer = timer;
		this.nanoTime = nanoTime;
	}

	@Override
	public void take(RateLimitRequest request, Told told) {
		bounded(this.trips.join(request, told), request.policy());
	}

	@Override
	public CompletionStage<Answer> look(RateLimitRequest request) {
		return bounded(super.look(request), request.policy());
	}

	/** What is asked is ended itself: it is nobody else's. */
	private CompletionStage<Answer> bounded(CompletionStage<Answer> asked, RateLimitPolicy policy) {
		CompletableFuture<Answer> answer = asked.toCompletableFuture();
		if (!answer.isDone()) {
			Duration budget = policy.timeBudget();
			pending(budget).add(new Decision(answer, this.nanoTime.getAsLong() + budget.toNanos(), policy));
		}
		return answer;
	}

	private Pending pending(Duration budget) {
		Pending known = this.pending.get(budget);
		return (known != null) ? known : this.pending.computeIfAbsent(budget, (ignored) -> new Pending());
	}

	/**
	 * A decision that is not yet made.
	 *
	 * @param answer what ends with it
	 * @param deadline when it ends in any case
	 * @param policy whose budget it is
	 */
	private record Decision(CompletableFuture<Answer> answer, long deadline, RateLimitPolicy policy) {

		boolean isDone() {
			return this.answer.isDone();
		}

		void end() {
			this.answer
				.completeExceptionally(new TimeoutException("No answer from Redis to the rate limit '%s' within %d ms"
					.formatted(this.policy.name(), this.policy.timeBudget().toMillis())));
		}

	}

	/**
	 * Decisions of one budget, the oldest first.
	 */
	private final class Pending implements Runnable {

		private final Queue<Decision> decisions = new ConcurrentLinkedQueue<>();

		private final AtomicBoolean watched = new AtomicBoolean();

		void add(Decision decision) {
			this.decisions.add(decision);
			watch();
		}

		private void watch() {
			if (!this.watched.get() && this.watched.compareAndSet(false, true)) {
				lookLater();
			}
		}

		private void lookLater() {
			try {
				TimeBudget.this.timer.schedule(this, TICK_MILLIS, TimeUnit.MILLISECONDS);
			}
			catch (RejectedExecutionException ex) {
				// the application is stopping; the connection has a timeout of its own
			}
		}

		@Override
		public void run() {
			if (endOverdue() != null) {
				lookLater();
				return;
			}
			this.watched.set(false);
			if (!this.decisions.isEmpty()) { // came in between
				watch();
			}
		}

		private @Nullable Decision endOverdue() {
			long now = TimeBudget.this.nanoTime.getAsLong();
			Decision oldest = this.decisions.peek();
			while (oldest != null && (oldest.isDone() || oldest.deadline - now <= 0)) {
				this.decisions.poll();
				if (!oldest.isDone()) {
					oldest.end();
				}
				oldest = this.decisions.peek();
			}
			return oldest;
		}

	}

}
