package io.github.rediskit.cache;

/**
 * Why there was no entry that could answer a call.
 */
public enum MissReason {

	/** There is no entry. */
	ABSENT,

	/** The entry is of before the cache, or one of its tags, was invalidated. */
	INVALIDATED,

	/** The entry is past its time to live. */
	EXPIRED,

	/** The entry was written by another version of the library or another codec. */
	FORMAT,

	/** The entry was written for another structure of the value type. */
	SCHEMA,

	/** The entry can't be read. */
	UNREADABLE,

	/**
	 * The entry is not encrypted although the cache's entries are, its key is not known
	 * here, or it is not what was encrypted for this place.
	 */
	DECRYPTION,

	/** Redis did not answer. */
	UNAVAILABLE

}
