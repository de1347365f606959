package io.github.rediskit.ratelimit;

/**
 * How a policy counts.
 */
public enum RateLimitAlgorithm {

	/**
	 * A bucket that is refilled all the time, exactly (GCRA): in any time t at most
	 * capacity + limit · t / period.
	 */
	TOKEN_BUCKET,

	/**
	 * Two counters per limit: the last period's counts by the share of it that is still
	 * in the window.
	 */
	SLIDING_WINDOW,

	/** A log of what was admitted: never more than the limit in any period. */
	SLIDING_LOG,

	/** A counter per period, which begins with the first call. */
	FIXED_WINDOW,

	/** How many calls may run at the same time. */
	CONCURRENCY

}
