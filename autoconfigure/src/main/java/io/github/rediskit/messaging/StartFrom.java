package io.github.rediskit.messaging;

/**
 * Where a group begins that did not exist yet.
 */
public enum StartFrom {

	/** At the oldest message that the stream still has: nothing is missed. */
	OLDEST,

	/** With what comes after the group was made. */
	NEW

}
