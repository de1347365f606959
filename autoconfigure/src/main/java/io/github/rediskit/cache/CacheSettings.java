package io.github.rediskit.cache;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * How one cache behaves.
 *
 * @param lifetime how long its entries live, and what happens when they grow old
 * @param loading what happens while values are loaded
 * @param storage how values are stored
 */
public record CacheSettings(Lifetime lifetime, Loading loading, Storage storage) {

	/**
	 * How long entries live, and what happens when they grow old. The names
	 * stale-while-revalidate and stale-if-error are those of RFC 5861.
	 *
	 * @param ttl how long an entry is fresh
	 * @param mode from when on that counts
	 * @param jitter share of the time to live by which entries expire earlier, spread at
	 * random, from 0 to 1
	 * @param nullTtl how long a {@code null} lives; zero if it is not cached
	 * @param staleWhileRevalidate for how long after that an entry still answers calls
	 * while one of them has it loaded again in the background; zero for not at all
	 * @param staleIfError for how long after an entry's time to live it still answers
	 * calls whose load fails; zero for not at all
	 * @param earlyRefresh how early an entry is loaded again before its time: beta of
	 * {@link EarlyRefresh}; 0 for never
	 * @param refreshAhead how many of the most asked for entries each instance loads
	 * again in the background before their time; 0 for none
	 */
	public record Lifetime(Duration ttl, TtlMode mode, double jitter, Duration nullTtl, Duration staleWhileRevalidate,
			Duration staleIfError, double earlyRefresh, int refreshAhead) {

		/** How long an entry may be kept after its time. */
		Duration stale() {
			return (this.staleWhileRevalidate.compareTo(this.staleIfError) > 0) ? this.staleWhileRevalidate
					: this.staleIfError;
		}

	}

	/**
	 * What happens while values are loaded.
	 *
	 * @param lease how long a load may be silent before another instance takes over; it
	 * is renewed while the load runs
	 * @param loadTimeout how long a lease is renewed for one load
	 * @param softTimeout how long a call waits for a load if there is an old value to
	 * answer it with; zero for as long as it takes
	 * @param hardTimeout how long a call waits for a load in any case; zero for as long
	 * as it takes
	 * @param waitTimeout how long to wait for another instance's load
	 * @param afterWait what happens then
	 * @param onFailure what a call does when Redis does not answer
	 * @param maxLoadsWithoutRedis how many loads of one instance may run at once when
	 * Redis does not answer; others wait as for another instance's load; 0 for any number
	 */
	public record Loading(Duration lease, Duration loadTimeout, Duration softTimeout, Duration hardTimeout,
			Duration waitTimeout, AfterWait afterWait, OnFailure onFailure, int maxLoadsWithoutRedis) {

		/** How long a call waits for a load; zero for as long as it takes. */
		Duration patience(boolean hasOld) {
			boolean soft = hasOld && !this.softTimeout.isZero()
					&& (this.hardTimeout.isZero() || this.softTimeout.compareTo(this.hardTimeout) < 0);
			return soft ? this.softTimeout : this.hardTimeout;
		}

	}

	/**
	 * How values are stored.
	 *
	 * @param format the format
	 * @param maxSize how many bytes a value may have, as it is stored; a larger one is
	 * not
	 * @param compressFrom from how many bytes on a value is compressed; negative for
	 * never
	 * @param encryptionKey id of the key that values are encrypted with; {@code null} for
	 * none
	 */
	public record Storage(Format format, long maxSize, long compressFrom, @Nullable String encryptionKey) {
	}

	/**
	 * From when on a time to live counts.
	 */
	public enum TtlMode {

		/** From when the value was stored. */
		ABSOLUTE,

		/** From when the value was last asked for. */
		SLIDING

	}

	/**
	 * A format of values.
	 */
	public enum Format {

		/** JSON, which people can read: RFC 8259. */
		JSON,

		/** The same structure in fewer bytes: RFC 8949. */
		CBOR

	}

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
