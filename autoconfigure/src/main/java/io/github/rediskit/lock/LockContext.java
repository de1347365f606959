package io.github.rediskit.lock;

/**
 * What a call knows of the lock that it runs under.
 */
public interface LockContext {

	/**
	 * A number that is larger than that of every earlier holder of this lock. Send it
	 * along with what is written, and let the store refuse a smaller one than it has
	 * seen: so a holder who was paused past the end of its lock changes nothing.
	 * @return microseconds since 1970, or a little more
	 */
	long fence();

	/**
	 * Whether the lock is still held, by this instance's own clock. Redis is not asked,
	 * so this is quick. The answer turns to no before Redis can give the lock to others.
	 * @return whether it is held
	 */
	boolean isHeld();

	/**
	 * Runs an action when the lock is lost, at once if it is lost already, and never if
	 * it is released before. It runs in a thread of its own.
	 * @param action what to do
	 */
	void onLost(Runnable action);

	/**
	 * Fails if the lock is not held any more. Meant for the moment before something is
	 * done that can't be undone.
	 * @throws LockLostException if it was lost, or released
	 */
	void requireHeld();

}
