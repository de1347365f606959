package io.github.rediskit.ratelimit;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import io.github.rediskit.ratelimit.RateLimitPolicy.Limit;

/**
 * How many keys of a policy live in Redis, as far as this instance knows, without a list
 * of them: how many end in each slice of the time in which keys can end. A call moves its
 * key from the slice of the old end to that of the new one, as told by Redis.
 * <p>
 * A key that one instance has made and another has moved is one too many here until its
 * old end, and one too few there: the sum over all instances is right. A slice is counted
 * until all of it is over, so what ends is forgotten up to a sixteenth of the longest
 * life late. Of an answer that never came nothing is known.
 */
final class LiveKeys {

	private static final int SLICES = 16;

	/** With the slice that has begun, and the one into which the longest life reaches. */
	private final long[] ends = new long[SLICES + 2];

	private final LongSupplier nanoTime;

	private final long start;

	private final long slice;

	/** The number of the slice that has begun. */
	private long current;

	private volatile long count;

	LiveKeys(Kind kind, LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
		this.start = nanoTime.getAsLong();
		this.slice = Math.max(1, kind.lifeMicros() / SLICES + 1);
	}

	/** Whether there are so many; one that is no longer full is told at once. */
	boolean isFull(long most) {
		if (this.count < most) {
			return false;
		}
		synchronized (this) {
			forget(micros());
			return this.count >= most;
		}
	}

	/**
	 * A key has a new end.
	 * @param before for how many microseconds it would have lived; 0 if it was not there
	 * @param after for how many it lives; 0 if it is gone
	 */
	void moved(long before, long after) {
		if (before == after) {
			return;
		}
		long now = micros();
		if (before > 0 && after > 0 && (now + before) / this.slice == (now + after) / this.slice) {
			return;
		}
		synchronized (this) {
			forget(now);
			long change = 0;
			if (before > 0) {
				this.ends[place(now + before)]--;
				change--;
			}
			if (after > 0) {
				this.ends[place(now + after)]++;
				change++;
			}
			this.count = Math.addExact(this.count, change);
		}
	}

	/** A clock that went back makes ends that are too far away. */
	private int place(long end) {
		long slice = Math.max(this.current, Math.min(end / this.slice, this.current + SLICES + 1));
		return (int) (slice % this.ends.length);
	}

	private void forget(long now) {
		long begun = now / this.slice;
		long gone = 0;
		for (int i = 0; i < this.ends.length && this.current < begun; i++) {
			int place = (int) (this.current++ % this.ends.length);
			gone += this.ends[place];
			this.ends[place] = 0;
		}
		this.current = Math.max(this.current, begun);
		if (gone != 0) {
			this.count = Math.subtractExact(this.count, gone);
		}
	}

	private long micros() {
		return TimeUnit.NANOSECONDS.toMicros(this.nanoTime.getAsLong() - this.start);
	}

	long count() {
		return this.count;
	}

	/**
	 * Policies that share their keys.
	 *
	 * @param name their name
	 * @param lifeMicros how long a key can live
	 */
	record Kind(String name, long lifeMicros) {

		static Kind of(RateLimitPolicy policy) {
			long longest = 1;
			for (Limit limit : policy.limits()) {
				long period = RateLimitPolicy.micros(limit.period());
				longest = Math.max(longest, switch (policy.algorithm()) {
					case TOKEN_BUCKET -> Exact.divide(limit.capacity(), period, 0, limit.limit()).quotient() + 1
							+ RateLimitPolicy.micros(policy.maxWait());
					case SLIDING_WINDOW -> 2 * period;
					case SLIDING_LOG, FIXED_WINDOW -> period;
					case CONCURRENCY -> RateLimitPolicy.micros(policy.hold());
				});
			}
			return new Kind(policy.name(), longest);
		}

	}

}
