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
 * @param onFailure what a call does when Redis does not answer
 * @param maxLoadsWithoutRedis how many loads of one instance may run at once when Redis
 * does not answer; others wait as for another instance's load; 0 for any number
 */
public record CacheSettings(Duration ttl, double jitter, Duration nullTtl, Duration lease, Duration loadTimeout,
		Duration waitTimeout, AfterWait afterWait, OnFailure onFailure, int maxLoadsWithoutRedis) {

	/**
	 * What a caller does that has waited too long for another instance's load.
	 */
	public enum AfterWait {

		/** Loads the value itself, once per instance, without storing it. */
		LOAD,

		/** Throws a {@link CacheWaitException}. */
		FAIL

	}

	/**
	 * What a call does when Redis does not answer.
	 */
	public enum OnFailure {

		/** Loads the value, once per instance, without storing it. */
		OPEN,

		/** Throws a {@link CacheUnavailableException} instead of loading. */
		CLOSED

	}

}
