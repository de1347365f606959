package io.github.rediskit.ratelimit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

import io.github.rediskit.key.KeyId;
import org.jspecify.annotations.Nullable;

/**
 * Lets calls of one subject that wait together go to Redis together. While one is on its
 * way the others wait in line; when it is back, all who wait are the next trip. Redis
 * decides on them one after the other, so nobody gets another answer than alone.
 * <p>
 * A trip that takes longer than the time budget holds up nobody: its calls are ended, and
 * the next one goes, with those who still wait. Whoever ends an answer leaves the line
 * and is not counted. Once the call is on its way, cancelling does nothing; what is ended
 * by a failure then is counted nevertheless, but for a permit, which is given back.
 */
final class SharedTrips extends WrappedLimits {

	static final int MOST_TOGETHER = 128;

	private final Map<Subject, Line> lines = new ConcurrentHashMap<>();

	private final RedisLimits redis;

	private final LongSupplier nanoTime;

	SharedTrips(RedisLimits redis, LongSupplier nanoTime) {
		super(redis);
		this.redis = redis;
		this.nanoTime = nanoTime;
	}

	@Override
	public void take(RateLimitRequest request, Told told) {
		join(request, told);
	}

	/**
	 * Counts a call if it is allowed.
	 * @return what it is told, for those who end it
	 */
	CompletableFuture<Answer> join(RateLimitRequest request, Told told) {
		Call call = new Call(request, told, this.nanoTime.getAsLong());
		Subject subject = new Subject(request.policy(), request.id());
		List<Call> alone = List.of(call);
		while (true) {
			Line fresh = new Line(subject, alone, call.since);
			Line line = this.lines.putIfAbsent(subject, fresh);
			if (line == null) {
				fresh.send(alone);
				return call;
			}
			if (line.join(call)) {
				return call;
			}
		}
	}

	/** Ends the calls whose time is over, on their way or not. */
	void endOverdue() {
		long now = this.nanoTime.getAsLong();
		this.lines.values().forEach((line) -> line.endOverdue(now));
	}

	/** How many calls wait for a trip. */
	int waiting() {
		return this.lines.values().stream().mapToInt(Line::size).sum();
	}

	/** How many subjects have a call on its way. */
	int lines() {
		return this.lines.size();
	}

	/** Another policy of the same name is another subject. */
	private record Subject(RateLimitPolicy policy, KeyId id) {

		@Override
		public int hashCode() {
			return 31 * this.policy.name().hashCode() + this.id.hashCode();
		}

	}

	/**
	 * One call.
	 */
	private static final class Call extends CompletableFuture<Answer> {

		private final RateLimitRequest request;

		private final Told told;

		private final long since;

		/** Where it waits, until it goes. */
		private volatile @Nullable Line line;

		Call(RateLimitRequest request, Told told, long since) {
			this.request = request;
			this.told = told;
			this.since = since;
		}

		boolean isOverdue(long now) {
			return now - this.since >= this.request.policy().timeBudget().toNanos();
		}

		@Override
		public boolean cancel(boolean mayInterruptIfRunning) {
			Line line = this.line;
			return line != null && line.leave(this) && super.cancel(mayInterruptIfRunning);
		}

		@Override
		public boolean completeExceptionally(Throwable failure) {
			Line line = this.line;
			if (line != null) {
				line.leave(this);
			}
			boolean first = super.completeExceptionally(failure);
			if (first) {
				this.told.failed(failure);
			}
			return first;
		}

		/** What one of them does wrong is no matter of the others. */
		void answered(Answer answer) {
			if (complete(answer)) {
				try {
					this.told.answered(answer);
				}
				catch (RuntimeException | Error ex) {
					this.told.failed(ex);
				}
			}
			else if (this.request.policy().algorithm() == RateLimitAlgorithm.CONCURRENCY) {
				answer.charge().refund();
			}
		}

	}

	/**
	 * Those who wait for the trips of one subject. It ends with a trip for which nobody
	 * waits.
	 */
	private final class Line {

		private final Subject subject;

		private @Nullable Queue<Call> waiting; // most lines never have one

		/** The trip that is waited for. */
		private List<Call> going;

		private long sent;

		private boolean over;

		Line(Subject subject, List<Call> first, long sent) {
			this.subject = subject;
			this.going = first;
			this.sent = sent;
		}

		/** Whether the call was taken up. */
		boolean join(Call call) {
			List<Call> late;
			List<Call> next;
			synchronized (this) {
				if (this.over) {
					return false;
				}
				call.line = this;
				if (this.waiting == null) {
					this.waiting = new ArrayDeque<>();
				}
				this.waiting.add(call);
				if (call.since - this.sent <= this.subject.policy().timeBudget().toNanos()) {
					return true;
				}
				late = this.going;
				next = next();
			}
			end(late);
			send(next);
			return true;
		}

		void endOverdue(long now) {
			List<Call> late = new ArrayList<>();
			synchronized (this) {
				boolean awaited = false;
				for (Call call : this.going) {
					if (call.isOverdue(now)) {
						late.add(call);
					}
					else {
						awaited = true;
					}
				}
				while (this.waiting != null && !this.waiting.isEmpty() && this.waiting.element().isOverdue(now)) {
					Call call = this.waiting.remove();
					call.line = null;
					late.add(call);
				}
				if (!awaited && size() == 0) {
					this.going = next(); // of nobody: the line is over
				}
			}
			end(late);
		}

		private void end(List<Call> late) {
			late.forEach((call) -> {
				if (!call.isDone()) {
					call.completeExceptionally(TimeBudget.over(this.subject.policy()));
				}
			});
		}

		synchronized int size() {
			return (this.waiting != null) ? this.waiting.size() : 0;
		}

		synchronized boolean leave(Call call) {
			return this.waiting != null && this.waiting.remove(call);
		}

		/**
		 * Those who go next, if anybody, when a trip is back that is still waited for.
		 */
		private synchronized List<Call> after(List<Call> trip) {
			return (trip == this.going) ? next() : List.of();
		}

		private List<Call> next() {
			if (this.waiting == null || this.waiting.isEmpty()) {
				this.over = true;
				SharedTrips.this.lines.remove(this.subject, this);
				return List.of();
			}
			this.sent = SharedTrips.this.nanoTime.getAsLong();
			int size = Math.min(this.waiting.size(), MOST_TOGETHER);
			List<Call> next = new ArrayList<>(size);
			for (int i = 0; i < size; i++) {
				Call call = this.waiting.remove();
				call.line = null;
				next.add(call);
			}
			this.going = next;
			return next;
		}

		/** The next ones are sent before these get their answers. */
		void send(List<Call> calls) {
			List<Call> going = calls;
			while (!going.isEmpty()) {
				List<Call> gone = going;
				CompletableFuture<List<Answer>> trip = trip(gone);
				if (!trip.isDone()) {
					trip.whenComplete((answers, failure) -> {
						send(after(gone));
						tell(gone, answers, failure);
					});
					return;
				}
				going = after(gone);
				trip.whenComplete((answers, failure) -> tell(gone, answers, failure));
			}
		}

		private CompletableFuture<List<Answer>> trip(List<Call> calls) {
			try {
				return SharedTrips.this.redis.takeAll(requests(calls)).toCompletableFuture();
			}
			catch (RuntimeException | Error ex) { // or they would wait for ever
				return CompletableFuture.failedFuture(ex);
			}
		}

		private static List<RateLimitRequest> requests(List<Call> calls) {
			if (calls.size() == 1) {
				return List.of(calls.get(0).request);
			}
			List<RateLimitRequest> requests = new ArrayList<>(calls.size());
			calls.forEach((call) -> requests.add(call.request));
			return requests;
		}

		private static void tell(List<Call> calls, @Nullable List<Answer> answers, @Nullable Throwable failure) {
			for (int i = 0; i < calls.size(); i++) {
				if (answers != null) {
					calls.get(i).answered(answers.get(i));
				}
				else {
					calls.get(i)
						.completeExceptionally(OutagePolicy.unwrapped(
								(failure != null) ? failure : new IllegalStateException("No answers of a rate limit")));
				}
			}
		}

	}

}
