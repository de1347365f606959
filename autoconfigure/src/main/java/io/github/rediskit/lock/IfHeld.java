package io.github.rediskit.lock;

/**
 * What a call does when somebody else holds its lock.
 */
public enum IfHeld {

	/** It waits, as long as {@code maxWait} allows. */
	WAIT,

	/** It fails with a {@link LockNotAcquiredException}. */
	FAIL,

	/** It ends without having run the method. */
	SKIP

}
