package io.github.rediskit.ratelimit;

import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import java.util.stream.IntStream;

import io.github.rediskit.ratelimit.RateLimitPolicy.Limit;

/**
 * What the limits of one subject must answer, by the definitions alone: whole numbers of
 * any size, waits found by trying. Times are microseconds since 1970.
 */
abstract class LimitModel {

	final RateLimitPolicy policy;

	LimitModel(RateLimitPolicy policy) {
		this.policy = policy;
	}

	static LimitModel of(RateLimitPolicy policy) {
		return switch (policy.algorithm()) {
			case TOKEN_BUCKET -> new Buckets(policy);
			case SLIDING_WINDOW -> new Windows(policy);
			case FIXED_WINDOW -> new Fixed(policy);
			case SLIDING_LOG -> new Log(policy);
			case CONCURRENCY -> new Permits(policy);
		};
	}

	/** Whether a cost fits, of one limit. */
	abstract boolean fits(int limit, long now, long cost);

	abstract void charge(long now, long cost, String permit);

	abstract void refund(long now, Taken taken);

	abstract long remaining(int limit, long now);

	/** What a refund needs to know. */
	List<Long> receipt(long now) {
		return List.of();
	}

	long patience() {
		return 0;
	}

	Expected take(long now, long cost, String permit) {
		long wait = 0;
		for (int i = 0; i < this.policy.limits().size(); i++) {
			wait = Math.max(wait, wait(i, now, cost));
		}
		if (wait > patience()) {
			return new Expected(false, wait, remaining(now), List.of());
		}
		charge(now, cost, permit);
		return new Expected(true, wait, remaining(now), receipt(now));
	}

	Expected look(long now, long cost) {
		long wait = 0;
		for (int i = 0; i < this.policy.limits().size(); i++) {
			wait = Math.max(wait, wait(i, now, cost));
		}
		return new Expected(false, wait, remaining(now), List.of());
	}

	List<Long> remaining(long now) {
		List<Long> remaining = new ArrayList<>();
		for (int i = 0; i < this.policy.limits().size(); i++) {
			remaining.add(remaining(i, now));
		}
		return remaining;
	}

	/** The first time at which it fits, found by halving. */
	long wait(int limit, long now, long cost) {
		if (fits(limit, now, cost)) {
			return 0;
		}
		long late = 1;
		while (!fits(limit, now + late, cost)) {
			late *= 2;
		}
		return first((wait) -> fits(limit, now + wait, cost), late / 2, late);
	}

	private static long first(LongPredicate fits, long tooEarly, long late) {
		long low = tooEarly;
		long high = late;
		while (high - low > 1) {
			long middle = low + (high - low) / 2;
			if (fits.test(middle)) {
				high = middle;
			}
			else {
				low = middle;
			}
		}
		return high;
	}

	static long micros(Duration duration) {
		return duration.dividedBy(Duration.ofNanos(1000));
	}

	static BigInteger big(long number) {
		return BigInteger.valueOf(number);
	}

	/**
	 * What must be answered.
	 */
	record Expected(boolean admitted, long delay, List<Long> remaining, List<Long> receipt) {
	}

	/**
	 * What was admitted.
	 */
	record Taken(long cost, String permit, List<Long> receipt) {
	}

	/** Levels in units of 1/limit of a microsecond. */
	private static final class Buckets extends LimitModel {

		private final BigInteger[] fullAt;

		Buckets(RateLimitPolicy policy) {
			super(policy);
			this.fullAt = new BigInteger[policy.limits().size()];
			Arrays.fill(this.fullAt, BigInteger.ZERO);
		}

		private Limit limit(int i) {
			return this.policy.limits().get(i);
		}

		private BigInteger time(int i, long count) {
			return big(count).multiply(big(micros(limit(i).period())));
		}

		private BigInteger debt(int i, long now) {
			return this.fullAt[i].subtract(big(now).multiply(big(limit(i).limit()))).max(BigInteger.ZERO);
		}

		@Override
		boolean fits(int i, long now, long cost) {
			return debt(i, now).add(time(i, cost)).compareTo(time(i, limit(i).capacity())) <= 0;
		}

		@Override
		void charge(long now, long cost, String permit) {
			for (int i = 0; i < this.fullAt.length; i++) {
				this.fullAt[i] = big(now).multiply(big(limit(i).limit())).add(debt(i, now)).add(time(i, cost));
			}
		}

		@Override
		void refund(long now, Taken taken) {
			for (int i = 0; i < this.fullAt.length; i++) {
				BigInteger full = big(now).multiply(big(limit(i).limit()));
				this.fullAt[i] = this.fullAt[i].subtract(time(i, taken.cost())).max(full);
			}
			if (IntStream.range(0, this.fullAt.length).allMatch((i) -> debt(i, now).signum() == 0)) {
				Arrays.fill(this.fullAt, BigInteger.ZERO); // the key is gone
			}
		}

		@Override
		long remaining(int i, long now) {
			return time(i, limit(i).capacity()).subtract(debt(i, now))
				.max(BigInteger.ZERO)
				.divide(big(micros(limit(i).period())))
				.longValueExact();
		}

		@Override
		long patience() {
			return micros(this.policy.maxWait());
		}

	}

	/** Counts by the number of their window. */
	private static final class Windows extends LimitModel {

		private final List<TreeMap<Long, Long>> counts = new ArrayList<>();

		private boolean back;

		Windows(RateLimitPolicy policy) {
			super(policy);
			policy.limits().forEach((limit) -> this.counts.add(new TreeMap<>()));
		}

		private long period(int i) {
			return this.policy.limits().get(i).period().toMillis();
		}

		/** Time does not go back within a window that has counts. */
		private long millis(int i, long now) {
			TreeMap<Long, Long> windows = this.counts.get(i);
			return windows.isEmpty() ? now / 1000 : Math.max(now / 1000, windows.lastKey() * period(i));
		}

		private long count(int i, long window) {
			return this.counts.get(i).getOrDefault(window, 0L);
		}

		private BigInteger used(int i, long now) {
			long millis = millis(i, now);
			long window = millis / period(i);
			return big(count(i, window - 1)).multiply(big(period(i) - millis % period(i)))
				.add(big(count(i, window)).multiply(big(period(i))));
		}

		@Override
		boolean fits(int i, long now, long cost) {
			return used(i, now).add(big(cost).multiply(big(period(i))))
				.compareTo(big(this.policy.limits().get(i).limit()).multiply(big(period(i)))) <= 0;
		}

		@Override
		void charge(long now, long cost, String permit) {
			this.back = false;
			for (int i = 0; i < this.counts.size(); i++) {
				this.back |= millis(i, now) > now / 1000;
				this.counts.get(i).merge(millis(i, now) / period(i), cost, Long::sum);
			}
		}

		@Override
		void refund(long now, Taken taken) {
			for (int i = 0; i < this.counts.size(); i++) {
				long window = taken.receipt().get(0) / period(i);
				long last = millis(i, now) / period(i);
				if (window >= last - 1) {
					this.counts.get(i).computeIfPresent(window, (key, count) -> Math.max(0, count - taken.cost()));
				}
				this.counts.get(i).putIfAbsent(last, 0L); // in which it was written
			}
			if (IntStream.range(0, this.counts.size()).allMatch((i) -> isEmpty(i, now))) {
				this.counts.forEach(TreeMap::clear); // the key is gone
			}
		}

		private boolean isEmpty(int i, long now) {
			long window = millis(i, now) / period(i);
			return count(i, window) + count(i, window - 1) == 0;
		}

		@Override
		long remaining(int i, long now) {
			return big(this.policy.limits().get(i).limit()).multiply(big(period(i)))
				.subtract(used(i, now))
				.max(BigInteger.ZERO)
				.divide(big(period(i)))
				.longValueExact();
		}

		@Override
		List<Long> receipt(long now) {
			return List.of(this.back ? 0L : now / 1000);
		}

	}

	private static final class Fixed extends LimitModel {

		private final long[] starts;

		private final long[] counts;

		Fixed(RateLimitPolicy policy) {
			super(policy);
			this.starts = new long[policy.limits().size()];
			this.counts = new long[policy.limits().size()];
		}

		private long count(int i, long now) {
			return (now < this.starts[i] + micros(this.policy.limits().get(i).period())) ? this.counts[i] : 0;
		}

		@Override
		boolean fits(int i, long now, long cost) {
			return count(i, now) + cost <= this.policy.limits().get(i).limit();
		}

		@Override
		void charge(long now, long cost, String permit) {
			for (int i = 0; i < this.counts.length; i++) {
				if (now >= this.starts[i] + micros(this.policy.limits().get(i).period())) {
					this.starts[i] = now;
					this.counts[i] = 0;
				}
			}
			for (int i = 0; i < this.counts.length; i++) {
				this.counts[i] += cost;
			}
		}

		@Override
		void refund(long now, Taken taken) {
			for (int i = 0; i < this.counts.length; i++) {
				if (now >= this.starts[i] + micros(this.policy.limits().get(i).period())) {
					this.starts[i] = now;
					this.counts[i] = 0;
				}
				if (taken.receipt().get(0) >= this.starts[i]) {
					this.counts[i] = Math.max(0, this.counts[i] - taken.cost());
				}
			}
			if (Arrays.stream(this.counts).allMatch((count) -> count == 0)) {
				Arrays.fill(this.starts, 0); // the key is gone
			}
		}

		@Override
		long remaining(int i, long now) {
			return this.policy.limits().get(i).limit() - count(i, now);
		}

		@Override
		List<Long> receipt(long now) {
			return List.of(now);
		}

	}

	private static final class Log extends LimitModel {

		private final List<long[]> entries = new ArrayList<>();

		Log(RateLimitPolicy policy) {
			super(policy);
		}

		private long newest() {
			return this.entries.isEmpty() ? 0 : this.entries.get(this.entries.size() - 1)[0];
		}

		private long count(int i, long now) {
			long clamped = Math.max(now, newest());
			return this.entries.stream()
				.filter((entry) -> entry[0] > clamped - micros(this.policy.limits().get(i).period()))
				.mapToLong((entry) -> entry[1])
				.sum();
		}

		@Override
		boolean fits(int i, long now, long cost) {
			return count(i, now) + cost <= this.policy.limits().get(i).limit();
		}

		@Override
		void charge(long now, long cost, String permit) {
			long clamped = Math.max(now, newest());
			long longest = this.policy.limits()
				.stream()
				.mapToLong((limit) -> micros(limit.period()))
				.max()
				.orElseThrow();
			long number = this.entries.isEmpty() ? 0 : this.entries.get(this.entries.size() - 1)[2];
			this.entries.removeIf((entry) -> entry[0] <= clamped - longest);
			this.entries.add(new long[] { clamped, cost, number + 1 });
		}

		@Override
		void refund(long now, Taken taken) {
			this.entries.removeIf((entry) -> entry[0] == taken.receipt().get(0) && entry[2] == taken.receipt().get(1));
		}

		@Override
		long remaining(int i, long now) {
			return this.policy.limits().get(i).limit() - count(i, now);
		}

		@Override
		List<Long> receipt(long now) {
			long[] last = this.entries.get(this.entries.size() - 1);
			return List.of(last[0], last[2]);
		}

	}

	private static final class Permits extends LimitModel {

		private final Map<String, long[]> ends = new TreeMap<>();

		Permits(RateLimitPolicy policy) {
			super(policy);
		}

		private long count(long now) {
			return this.ends.values()
				.stream()
				.filter((permit) -> permit[0] > now)
				.mapToLong((permit) -> permit[1])
				.sum();
		}

		@Override
		boolean fits(int i, long now, long cost) {
			return count(now) + cost <= this.policy.limits().get(0).limit();
		}

		@Override
		void charge(long now, long cost, String permit) {
			this.ends.values().removeIf((other) -> other[0] <= now);
			this.ends.put(permit, new long[] { now + micros(this.policy.hold()), cost });
		}

		@Override
		void refund(long now, Taken taken) {
			this.ends.remove(taken.permit());
		}

		@Override
		long remaining(int i, long now) {
			return this.policy.limits().get(0).limit() - count(now);
		}

	}

}
