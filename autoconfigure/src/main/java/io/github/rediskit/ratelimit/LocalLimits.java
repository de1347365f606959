package io.github.rediskit.ratelimit;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

import io.github.rediskit.key.KeyId;
import io.github.rediskit.ratelimit.Answer.Charge;
import io.github.rediskit.ratelimit.Answer.Source;
import io.github.rediskit.ratelimit.RateLimitPolicy.Limit;

/**
 * What one instance decides by itself while Redis does not: its share of each limit, as a
 * token bucket whatever the algorithm, or as a number of permits. Of more than
 * {@value #MOST_SUBJECTS} subjects the later ones share one.
 */
final class LocalLimits {

	static final int MOST_SUBJECTS = 10_000;

	private static final KeyId OTHERS = KeyId.ofOthers();

	private final Map<Subject, Share> shares = new ConcurrentHashMap<>();

	private final IntSupplier instances;

	private final LongSupplier nanoTime;

	/**
	 * Creates the limits.
	 * @param instances how many instances share a limit, as far as it is known
	 * @param nanoTime the clock
	 */
	LocalLimits(IntSupplier instances, LongSupplier nanoTime) {
		this.instances = instances;
		this.nanoTime = nanoTime;
	}

	Answer take(RateLimitRequest request) {
		return decide(request, true);
	}

	Answer look(RateLimitRequest request) {
		return decide(request, false);
	}

	private Answer decide(RateLimitRequest request, boolean count) {
		Subject subject = new Subject(request.policy(), request.id());
		Share share = this.shares.get(subject);
		if (share == null) {
			share = this.shares.computeIfAbsent(hasRoom() ? subject : new Subject(request.policy(), OTHERS),
					this::share);
		}
		return share.decide(request, this.instances.getAsInt(), this.nanoTime.getAsLong() / 1000, count);
	}

	private boolean hasRoom() {
		if (this.shares.size() >= MOST_SUBJECTS) {
			long now = this.nanoTime.getAsLong() / 1000;
			this.shares.values().removeIf((share) -> share.isUntouched(now));
		}
		return this.shares.size() < MOST_SUBJECTS;
	}

	private Share share(Subject subject) {
		return (subject.policy().algorithm() == RateLimitAlgorithm.CONCURRENCY)
				? new Permits(subject.policy().limits().get(0).limit())
				: new Buckets(subject.policy().limits(), this.nanoTime.getAsLong() / 1000);
	}

	private record Subject(RateLimitPolicy policy, KeyId id) {
	}

	/**
	 * This instance's share of the limits of one subject. Times are microseconds.
	 */
	private interface Share {

		Answer decide(RateLimitRequest request, int instances, long now, boolean count);

		boolean isUntouched(long now);

	}

	private static final class Buckets implements Share {

		private final List<Limit> limits;

		/** When each bucket will be full. */
		private final long[] full;

		Buckets(List<Limit> limits, long now) {
			this.limits = limits;
			this.full = new long[limits.size()];
			Arrays.fill(this.full, now);
		}

		@Override
		public synchronized Answer decide(RateLimitRequest request, int instances, long now, boolean count) {
			boolean admitted = true;
			for (int i = 0; i < this.full.length; i++) {
				admitted &= debt(i, now) + price(i, instances, request.cost()) <= size(i, instances);
			}
			List<RateLimitStatus> statuses = new ArrayList<>();
			for (int i = 0; i < this.full.length; i++) {
				if (admitted && count) {
					this.full[i] = now + debt(i, now) + price(i, instances, request.cost());
				}
				statuses.add(status(i, instances, now, (admitted && count) ? 0 : request.cost()));
			}
			return Answer.of(Source.LOCAL, request.policy(), admitted, statuses, Duration.ZERO, Charge.NONE);
		}

		/** How long it takes to fill the bucket. */
		private long size(int i, int instances) {
			return time(i, instances, capacity(i, instances));
		}

		private long capacity(int i, int instances) {
			return Math.max(1, this.limits.get(i).capacity() / instances);
		}

		/** What would fit into the whole limit fits into a share that is full. */
		private long price(int i, int instances, long cost) {
			return time(i, instances, Math.min(cost, capacity(i, instances)));
		}

		/** Slower by the number of instances. */
		private long time(int i, int instances, long count) {
			Limit limit = this.limits.get(i);
			return Exact
				.divide(count, RateLimitPolicy.micros(limit.period()) * instances, limit.limit() - 1, limit.limit())
				.quotient();
		}

		private long debt(int i, long now) {
			return Math.max(0, this.full[i] - now);
		}

		private RateLimitStatus status(int i, int instances, long now, long cost) {
			Limit limit = this.limits.get(i);
			long spare = size(i, instances) - debt(i, now);
			long wait = (cost > 0) ? price(i, instances, cost) - spare : 0;
			return new RateLimitStatus(limit.limit(), limit.period(),
					Math.max(0, spare) / Math.max(1, time(i, instances, 1)), Tally.micros(wait),
					Tally.micros(debt(i, now)));
		}

		@Override
		public synchronized boolean isUntouched(long now) {
			for (int i = 0; i < this.full.length; i++) {
				if (debt(i, now) > 0) {
					return false;
				}
			}
			return true;
		}

	}

	private static final class Permits implements Share {

		private final Deque<Long> ends = new ArrayDeque<>();

		private final long limit;

		Permits(long limit) {
			this.limit = limit;
		}

		@Override
		public synchronized Answer decide(RateLimitRequest request, int instances, long now, boolean count) {
			this.ends.removeIf((end) -> end <= now);
			long limit = Math.max(1, this.limit / instances);
			long cost = Math.min(request.cost(), limit);
			boolean admitted = this.ends.size() + cost <= limit;
			Long end = now + RateLimitPolicy.micros(request.policy().hold());
			if (admitted && count) {
				for (int i = 0; i < cost; i++) {
					this.ends.add(end);
				}
			}
			Duration first = this.ends.isEmpty() ? Duration.ZERO : Tally.micros(this.ends.getFirst() - now);
			Duration last = this.ends.isEmpty() ? Duration.ZERO : Tally.micros(this.ends.getLast() - now);
			RateLimitStatus status = new RateLimitStatus(limit, Duration.ZERO, Math.max(0, limit - this.ends.size()),
					admitted ? Duration.ZERO : first, last);
			return Answer.of(Source.LOCAL, request.policy(), admitted, List.of(status), Duration.ZERO,
					(admitted && count) ? new Charge() {

						@Override
						public CompletionStage<Boolean> refund() {
							return CompletableFuture.completedStage(release(end, cost));
						}

					} : Charge.NONE);
		}

		private synchronized boolean release(Long end, long count) {
			boolean released = false;
			for (int i = 0; i < count; i++) {
				released |= this.ends.remove(end);
			}
			return released;
		}

		@Override
		public synchronized boolean isUntouched(long now) {
			return this.ends.isEmpty() || this.ends.getLast() <= now;
		}

	}

}
