package io.github.rediskit.lock;

import java.time.Duration;

/**
 * Is told what happens to locks, by their names and never by their keys. Implementations
 * must be quick and must not throw; what they throw is ignored.
 */
public interface LockListener {

	/**
	 * A lock was acquired.
	 * @param lock the name of the lock
	 * @param waited how long it took
	 * @param contended whether somebody else held it, or was before
	 */
	default void acquired(String lock, Duration waited, boolean contended) {
	}

	/**
	 * A lock was not acquired.
	 * @param lock the name of the lock
	 * @param waited for how long it was waited for
	 * @param reason why
	 */
	default void notAcquired(String lock, Duration waited, LockNotAcquiredException.Reason reason) {
	}

	/**
	 * A call did nothing, because somebody else held its lock. It is told besides
	 * {@link #notAcquired}, by whoever skips.
	 * @param lock the name of the lock
	 */
	default void skipped(String lock) {
	}

	/**
	 * A lock was released by its holder, before it was lost.
	 * @param lock the name of the lock
	 * @param held for how long it was held
	 */
	default void released(String lock, Duration held) {
	}

	/**
	 * A lock was lost while it was held.
	 * @param lock the name of the lock
	 * @param held for how long it had been held
	 * @param reason why
	 */
	default void lost(String lock, Duration held, LossReason reason) {
	}

	/**
	 * A renewal failed. It is tried again until the lock is lost.
	 * @param lock the name of the lock
	 * @param failure why
	 */
	default void renewalFailed(String lock, Throwable failure) {
	}

	/**
	 * Why a lock was lost.
	 */
	enum LossReason {

		/** Its lease ended: it was not to be renewed, or not any more. */
		ENDED,

		/** It could not be renewed in time, or this process stood still. */
		NOT_RENEWED,

		/**
		 * Redis says that it is another's, or nobody's: released by force, or forgotten.
		 */
		TAKEN

	}

}
