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
 * A trip that takes longer than the time budget holds up nobody: the next call goes, with
 * those who still wait. Whoever ends an answer leaves the line and is not counted. Once
 * the call is on its way, cancelling does nothing; what is ended by a failure then is
 * counted nevertheless, but for a permit, which is given back.
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
		Call call = new Call(request, told);
		Subject subject = new Subject(request.policy(), request.id());
		while (true) {
			Line fresh = new Line(subject);
			Line line = this.lines.putIfAbsent(subject, fresh);
			if (line == null) {
				fresh.send(List.of(call));
				return call;
			}
			if (line.join(call)) {
				return call;
			}
		}
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

		/** Where it waits, until it goes. */
		private volatile @Nullable Line line;

		Call(RateLimitRequest request, Told told) {
			this.request = request;
			this.told = told;
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

		private long sent;

		private boolean over;

		Line(Subject subject) {
			this.subject = subject;
			this.sent = SharedTrips.this.nanoTime.getAsLong();
		}

		/** Whether the call was taken up. */
		boolean join(Call call) {
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
				if (SharedTrips.this.nanoTime.getAsLong() - this.sent <= this.subject.policy().timeBudget().toNanos()) {
					return true;
				}
				next = next();
			}
			send(next);
			return true;
		}

		synchronized int size() {
			return (this.waiting != null) ? this.waiting.size() : 0;
		}

		synchronized boolean leave(Call call) {
			return this.waiting != null && this.waiting.remove(call);
		}

		/** Those who go next, if anybody. */
		private synchronized List<Call> next() {
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
						send(next());
						tell(gone, answers, failure);
					});
					return;
				}
				going = next();
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
