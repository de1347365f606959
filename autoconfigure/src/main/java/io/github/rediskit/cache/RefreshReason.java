package io.github.rediskit.cache;

/**
 * Why a value was loaded again that still could answer calls.
 */
public enum RefreshReason {

	/** A caller was drawn at random, before its time to live was over. */
	EARLY,

	/** Its time to live was over. */
	STALE,

	/** It is one of those that are asked for most. */
	AHEAD;

	static RefreshReason of(Age age) {
		return (age == Age.EARLY) ? EARLY : (age == Age.AHEAD) ? AHEAD : STALE;
	}

}
