package io.github.rediskit.ratelimit;

import java.math.BigInteger;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import io.github.rediskit.setting.InvalidSettingException;

/**
 * What may be done how often. Redis counts in numbers that are exact below 2^53; a policy
 * that would not be is refused here.
 *
 * @param name the name of the policy, a part of its keys
 * @param algorithm how it counts
 * @param limits its limits, all of which must allow a call; one limit without a period
 * for {@link RateLimitAlgorithm#CONCURRENCY}
 * @param hold how long a permit of a concurrency limit lives unless it is renewed
 * @param maxWait how long a caller waits instead of being refused; zero for not at all
 * @param timeBudget what Redis may cost one decision
 * @param onFailure what happens when Redis does not decide in time
 * @param shadow whether refusals are counted only
 * @param maxKeys how many keys of this policy each instance lets live in Redis; new keys
 * beyond that share one
 */
public record RateLimitPolicy(String name, RateLimitAlgorithm algorithm, List<Limit> limits, Duration hold,
		Duration maxWait, Duration timeBudget, OnFailure onFailure, boolean shadow, long maxKeys) {

	static final Duration DEFAULT_HOLD = Duration.ofSeconds(30);

	static final Duration DEFAULT_TIME_BUDGET = Duration.ofMillis(100);

	static final long DEFAULT_MAX_KEYS = 1_000_000;

	private static final Duration MICROSECOND = Duration.ofNanos(1000);

	private static final long EXACT = 1L << 53;

	private static final int MOST_LIMITS = 8;

	private static final int LARGEST_LOG = 10_000;

	private static final Duration LONGEST_PERIOD = Duration.ofDays(3650);

	private static final Duration LONGEST_FILLING = Duration.ofDays(36_500);

	private static final Duration SHORTEST_HOLD = Duration.ofMillis(100);

	private static final Duration LONGEST_HOLD = Duration.ofDays(1);

	private static final Duration LONGEST_WAIT = Duration.ofHours(1);

	private static final Duration LONGEST_BUDGET = Duration.ofMinutes(1);

	public RateLimitPolicy {
		limits = List.copyOf(limits);
		if (limits.isEmpty() || limits.size() > MOST_LIMITS) {
			throw invalid(name, "limits", limits.isEmpty() ? "has no limit" : "has more than %d".formatted(MOST_LIMITS),
					"Write at least one, such as { limit: 10, period: 1s }, and at most %d.".formatted(MOST_LIMITS));
		}
		Set<Duration> periods = new HashSet<>();
		for (int i = 0; i < limits.size(); i++) {
			check(name, "limits[" + i + "]", algorithm, limits.get(i));
			if (!periods.add(limits.get(i).period())) {
				throw invalid(name, "limits[" + i + "].period", "is that of another limit of the policy",
						(algorithm == RateLimitAlgorithm.CONCURRENCY) ? "A concurrency policy has one limit."
								: "Keep the stricter one, or make two policies.");
			}
		}
		within(name, "hold", hold, SHORTEST_HOLD, LONGEST_HOLD);
		within(name, "max-wait", maxWait, Duration.ZERO, LONGEST_WAIT);
		within(name, "time-budget", timeBudget, Duration.ofMillis(1), LONGEST_BUDGET);
		if (maxKeys < 1) {
			throw invalid(name, "max-keys", "is " + maxKeys,
					"Write how many keys may live at a time, at least 1; the default is %d."
						.formatted(DEFAULT_MAX_KEYS));
		}
	}

	/**
	 * A policy with the default number of keys.
	 * @param name the name of the policy
	 * @param algorithm how it counts
	 * @param limits its limits
	 * @param hold how long a permit of a concurrency limit lives unless it is renewed
	 * @param maxWait how long a caller waits instead of being refused
	 * @param timeBudget what Redis may cost one decision
	 * @param onFailure what happens when Redis does not decide in time
	 * @param shadow whether refusals are counted only
	 */
	public RateLimitPolicy(String name, RateLimitAlgorithm algorithm, List<Limit> limits, Duration hold,
			Duration maxWait, Duration timeBudget, OnFailure onFailure, boolean shadow) {
		this(name, algorithm, limits, hold, maxWait, timeBudget, onFailure, shadow, DEFAULT_MAX_KEYS);
	}

	/**
	 * A policy of one limit, with the defaults of the configuration.
	 * @param name the name of the policy
	 * @param limit how much
	 * @param period in which time
	 * @return a token bucket of that size
	 */
	public static RateLimitPolicy of(String name, long limit, Duration period) {
		return of(name, RateLimitAlgorithm.TOKEN_BUCKET, List.of(new Limit(limit, period, limit)));
	}

	/**
	 * A policy with the defaults of the configuration.
	 * @param name the name of the policy
	 * @param algorithm how it counts
	 * @param limits its limits
	 * @return the policy
	 */
	public static RateLimitPolicy of(String name, RateLimitAlgorithm algorithm, List<Limit> limits) {
		return new RateLimitPolicy(name, algorithm, limits, DEFAULT_HOLD, Duration.ZERO, DEFAULT_TIME_BUDGET,
				OnFailure.OPEN, false);
	}

	/**
	 * The same with other limits. What was counted counts on, by each limit of the same
	 * period.
	 * @param limits the limits
	 * @return the policy
	 */
	public RateLimitPolicy withLimits(Limit... limits) {
		return new RateLimitPolicy(this.name, this.algorithm, List.of(limits), this.hold, this.maxWait, this.timeBudget,
				this.onFailure, this.shadow, this.maxKeys);
	}

	/**
	 * The same with another time to wait.
	 * @param maxWait how long a caller waits instead of being refused
	 * @return the policy
	 */
	public RateLimitPolicy withMaxWait(Duration maxWait) {
		return new RateLimitPolicy(this.name, this.algorithm, this.limits, this.hold, maxWait, this.timeBudget,
				this.onFailure, this.shadow, this.maxKeys);
	}

	/**
	 * The same with another answer to an outage.
	 * @param onFailure what happens when Redis does not decide in time
	 * @return the policy
	 */
	public RateLimitPolicy withOnFailure(OnFailure onFailure) {
		return new RateLimitPolicy(this.name, this.algorithm, this.limits, this.hold, this.maxWait, this.timeBudget,
				onFailure, this.shadow, this.maxKeys);
	}

	/**
	 * The same with another time for a decision.
	 * @param timeBudget what Redis may cost one decision
	 * @return the policy
	 */
	public RateLimitPolicy withTimeBudget(Duration timeBudget) {
		return new RateLimitPolicy(this.name, this.algorithm, this.limits, this.hold, this.maxWait, timeBudget,
				this.onFailure, this.shadow, this.maxKeys);
	}

	/**
	 * The same with another life of its permits.
	 * @param hold how long a permit lives unless it is renewed
	 * @return the policy
	 */
	public RateLimitPolicy withHold(Duration hold) {
		return new RateLimitPolicy(this.name, this.algorithm, this.limits, hold, this.maxWait, this.timeBudget,
				this.onFailure, this.shadow, this.maxKeys);
	}

	/**
	 * The same, counting only or in earnest.
	 * @param shadow whether refusals are counted only
	 * @return the policy
	 */
	public RateLimitPolicy withShadow(boolean shadow) {
		return new RateLimitPolicy(this.name, this.algorithm, this.limits, this.hold, this.maxWait, this.timeBudget,
				this.onFailure, shadow, this.maxKeys);
	}

	/**
	 * The same with another number of keys.
	 * @param maxKeys how many keys each instance lets live in Redis
	 * @return the policy
	 */
	public RateLimitPolicy withMaxKeys(long maxKeys) {
		return new RateLimitPolicy(this.name, this.algorithm, this.limits, this.hold, this.maxWait, this.timeBudget,
				this.onFailure, this.shadow, maxKeys);
	}

	/** The largest cost that can ever be admitted. */
	long largestCost() {
		long largest = Long.MAX_VALUE;
		for (Limit limit : this.limits) {
			largest = Math.min(largest, limit.capacity());
		}
		return largest;
	}

	/** Whether callers wait. One who is never refused has nothing to wait for. */
	boolean isWaitedFor() {
		return !this.maxWait.isZero() && !this.shadow;
	}

	private static void check(String name, String setting, RateLimitAlgorithm algorithm, Limit limit) {
		if (limit.limit() < 1) {
			throw invalid(name, setting + ".limit", "is " + limit.limit(), "Write how much is allowed, at least 1.");
		}
		if (limit.capacity() != limit.limit()) {
			if (algorithm != RateLimitAlgorithm.TOKEN_BUCKET) {
				throw invalid(name, setting + ".capacity", "is set, but only a token-bucket has one",
						"Leave it out, or write algorithm: token-bucket.");
			}
			if (limit.capacity() < 1) {
				throw invalid(name, setting + ".capacity", "is " + limit.capacity(),
						"Write how much is allowed at once after a pause, at least 1.");
			}
		}
		if (limit.limit() >= EXACT / 2 || limit.capacity() >= EXACT / 2) {
			throw invalid(name, setting + ".limit", "is too large to be counted exactly", "Write less than 2^52.");
		}
		if (algorithm == RateLimitAlgorithm.CONCURRENCY) {
			if (!limit.period().isZero()) {
				throw invalid(name, setting + ".period", "is set, but a concurrency limit has none",
						"Leave it out; hold says how long a permit lives.");
			}
		}
		else {
			checkPeriod(name, setting, algorithm, limit);
		}
		boolean listed = algorithm == RateLimitAlgorithm.CONCURRENCY || algorithm == RateLimitAlgorithm.SLIDING_LOG;
		if (listed && limit.limit() > LARGEST_LOG) {
			throw invalid(name, setting + ".limit",
					"is larger than %d, and Redis would list each of them".formatted(LARGEST_LOG),
					(algorithm == RateLimitAlgorithm.SLIDING_LOG)
							? "Write at most %d, or algorithm: sliding-window.".formatted(LARGEST_LOG)
							: "Write at most %d.".formatted(LARGEST_LOG));
		}
	}

	private static void checkPeriod(String name, String setting, RateLimitAlgorithm algorithm, Limit limit) {
		Duration period = limit.period();
		within(name, setting + ".period", period, MICROSECOND, LONGEST_PERIOD);
		boolean millis = algorithm == RateLimitAlgorithm.SLIDING_WINDOW;
		if (period.toNanosPart() % (millis ? 1_000_000 : 1_000) != 0) {
			throw invalid(name, setting + ".period",
					millis ? "is no whole number of milliseconds" : "is no whole number of microseconds",
					"Write a period such as 1s.");
		}
		if (millis
				&& product(limit.limit(), period.toMillis()).shiftLeft(1).compareTo(BigInteger.valueOf(EXACT)) >= 0) {
			throw invalid(name, setting,
					"can't be counted exactly: twice the limit times the milliseconds of the period "
							+ "is beyond 2^53",
					"Write a smaller limit, a shorter period, or algorithm: token-bucket.");
		}
		if (algorithm == RateLimitAlgorithm.TOKEN_BUCKET
				&& product(limit.capacity(), micros(period)).divide(BigInteger.valueOf(limit.limit()))
					.compareTo(BigInteger.valueOf(micros(LONGEST_FILLING))) > 0) {
			throw invalid(name, setting + ".capacity", "would take longer than a hundred years to be filled",
					"Write a smaller capacity, a larger limit or a shorter period.");
		}
	}

	private static BigInteger product(long one, long other) {
		return BigInteger.valueOf(one).multiply(BigInteger.valueOf(other));
	}

	static long micros(Duration duration) {
		return duration.dividedBy(MICROSECOND);
	}

	private static void within(String name, String setting, Duration value, Duration least, Duration most) {
		if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
			throw invalid(name, setting, "is " + words(value),
					"Write a duration from " + words(least) + " to " + words(most) + ".");
		}
	}

	private static String words(Duration duration) {
		return duration.isZero() ? "0" : duration.toString().substring(1).replace("T", "").toLowerCase(Locale.ROOT);
	}

	private static InvalidSettingException invalid(String name, String setting, String problem, String advice) {
		return new InvalidSettingException("policies." + name + "." + setting, problem, advice);
	}

	/**
	 * How much in which time.
	 *
	 * @param limit how much is allowed in a period
	 * @param period the period; zero for a concurrency limit
	 * @param capacity how much a token bucket holds, which is what is allowed at once
	 * after a pause; otherwise the same as the limit
	 */
	public record Limit(long limit, Duration period, long capacity) {

		/**
		 * A limit whose capacity is the limit.
		 * @param limit how much
		 * @param period in which time
		 * @return the limit
		 */
		public static Limit of(long limit, Duration period) {
			return new Limit(limit, period, limit);
		}

	}

	/**
	 * What happens when Redis does not decide in time.
	 */
	public enum OnFailure {

		/** The call is allowed. */
		OPEN,

		/** The call fails with a {@link RateLimitUnavailableException}. */
		CLOSED,

		/** This instance decides by itself, by its share of the limit. */
		LOCAL

	}

}
