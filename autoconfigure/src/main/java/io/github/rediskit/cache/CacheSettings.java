package io.github.rediskit.cache;

import java.time.Duration;

/**
 * How one cache behaves.
 *
 * @param ttl how long an entry lives at most
 * @param jitter share of the time to live by which entries expire earlier, spread at
 * random, from 0 to 1
 * @param nullTtl how long a {@code null} lives; zero if it is not cached
 * @param lease how long a load may be silent before another instance takes over; it is
 * renewed while the load runs
 * @param loadTimeout how long a lease is renewed for one load
 * @param waitTimeout how long to wait for another instance's load
 * @param afterWait what happens then
 */
public record CacheSettings(Duration ttl, double jitter, Duration nullTtl, Duration lease, Duration loadTimeout,
		Duration waitTimeout, AfterWait afterWait) {

	/**
	 * What a caller does that has waited too long for another instance's load.
	 */
	public enum AfterWait {

		/** Loads the value itself, once per instance, without storing it. */
		LOAD,

		/** Throws a {@link CacheWaitException}. */
		FAIL

	}

}
