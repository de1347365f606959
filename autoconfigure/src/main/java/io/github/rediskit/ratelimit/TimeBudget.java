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
 * {@value #TICK_MILLIS} ms late. A call that has not been sent by then never is: what
 * this wraps lets those be cancelled, and no others. A permit that comes after that is
 * given back.
 * <p>
 * No timer is set per decision: those of one budget end in the order in which they began,
 * so they stand in a queue, whose head is looked at now and then while there is one.
 */
final class TimeBudget extends WrappedLimits {

	private static final long TICK_MILLIS = 10;

	private final ConcurrentHashMap<Duration, Pending> pending = new ConcurrentHashMap<>();

	private final ScheduledExecutorService timer;

	private final LongSupplier nanoTime;

	TimeBudget(Limits limits, ScheduledExecutorService timer, LongSupplier nanoTime) {
		super(limits);
		this.timer = timer;
		this.nanoTime = nanoTime;
	}

	@Override
	public CompletionStage<Answer> take(RateLimitRequest request) {
		CompletableFuture<Answer> answer = super.take(request).toCompletableFuture();
		return answer.isDone() ? answer : bounded(answer, request.policy());
	}

	@Override
	public CompletionStage<Answer> look(RateLimitRequest request) {
		return bounded(super.look(request).toCompletableFuture(), request.policy());
	}

	private CompletionStage<Answer> bounded(CompletableFuture<Answer> answer, RateLimitPolicy policy) {
		Duration budget = policy.timeBudget();
		Decision decision = new Decision(answer, this.nanoTime.getAsLong() + budget.toNanos(), policy);
		answer.whenComplete((value, failure) -> {
			if (answer.isCancelled()) {
				decision.timedOut();
			}
			else if (failure != null) {
				decision.completeExceptionally(failure);
			}
			else if (!decision.complete(value) && policy.algorithm() == RateLimitAlgorithm.CONCURRENCY) {
				value.charge().refund();
			}
		});
		if (!decision.isDone()) {
			this.pending.computeIfAbsent(budget, (ignored) -> new Pending()).add(decision);
		}
		return decision;
	}

	private static final class Decision extends CompletableFuture<Answer> {

		private final CompletableFuture<Answer> answer;

		private final long deadline;

		private final RateLimitPolicy policy;

		Decision(CompletableFuture<Answer> answer, long deadline, RateLimitPolicy policy) {
			this.answer = answer;
			this.deadline = deadline;
			this.policy = policy;
		}

		void end() {
			if (!this.answer.cancel(false)) {
				timedOut();
			}
		}

		void timedOut() {
			completeExceptionally(new TimeoutException("No answer from Redis to the rate limit '%s' within %d ms"
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
