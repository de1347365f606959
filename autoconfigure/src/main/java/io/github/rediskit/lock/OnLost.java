package io.github.rediskit.lock;

/**
 * What becomes of a call whose lock is lost while it runs.
 */
public enum OnLost {

	/** Its thread is interrupted, or its future or subscription cancelled. */
	INTERRUPT,

	/** Nothing but that {@link LockContext#isHeld()} says so. */
	MARK

}
