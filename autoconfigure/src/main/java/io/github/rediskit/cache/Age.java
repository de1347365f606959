package io.github.rediskit.cache;

import java.util.random.RandomGenerator;

import io.github.rediskit.cache.CacheSettings.Lifetime;

/**
 * What may be done with an entry at its age.
 */
enum Age {

	/** It answers calls. */
	FRESH,

	/** It answers calls, and this one is to load it again. */
	EARLY,

	/** It answers calls, and is one of those that are kept fresh. */
	AHEAD,

	/** It answers calls while it is loaded again in the background. */
	STALE,

	/** It answers calls whose load fails or takes too long. */
	LAST_RESORT,

	/** It answers none. */
	GONE;

	/**
	 * The age of an entry. What the writer granted and what the reader allows must both
	 * last.
	 * @param header the header of the entry
	 * @param now the server's time in ms
	 * @param allowed the reader's settings
	 * @param random chance
	 * @return its age
	 */
	static Age of(EntryHeader header, long now, Lifetime allowed, RandomGenerator random) {
		if (header.has(EntryHeader.SLIDING)) {
			return FRESH;
		}
		long remaining = remaining(header, now);
		if (remaining > 0) {
			return EarlyRefresh.isDue(remaining, header.loadMillis(), allowed.earlyRefresh(), random) ? EARLY : FRESH;
		}
		if (-remaining < Math.min(header.staleMillis(), allowed.staleWhileRevalidate().toMillis())) {
			return STALE;
		}
		return (-remaining < Math.min(header.errorMillis(), allowed.staleIfError().toMillis())) ? LAST_RESORT : GONE;
	}

	/** For how many ms more an entry is fresh. */
	static long remaining(EntryHeader header, long now) {
		return header.createdAt() + header.freshMillis() - now;
	}

	/** Whether calls are answered with the entry at once. */
	boolean answers() {
		return this != LAST_RESORT && this != GONE;
	}

}
