package io.github.rediskit.lock;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * A lock that was acquired, to be released by whoever got it. It belongs to no thread.
 */
public interface HeldLock extends LockContext, AutoCloseable {

	/**
	 * The name of the lock.
	 * @return the name, of several locks that of the first
	 */
	String name();

	/**
	 * Releases the lock, and waits until Redis has answered. Nothing happens if it was
	 * released before. It never fails: what Redis does not answer is tried again in the
	 * background until the lock has ended by itself. An interruption is kept for later.
	 */
	@Override
	void close();

	/**
	 * Releases the lock, without blocking.
	 * @return completed, when Redis has answered or did not answer in time, with whether
	 * the lock was held until now; never fails
	 */
	CompletionStage<Boolean> release();

	/**
	 * The same lock once more, for a nested call: it is released when every share of it
	 * has been.
	 * @return a share, with the same fence
	 * @throws LockLostException if the lock was lost or released
	 */
	HeldLock share();

	/**
	 * Whether a call that asks for a lock needs nothing more than this one. A write lock
	 * covers the read lock.
	 * @param request what is asked for
	 * @return whether this lock is that one
	 */
	boolean covers(LockRequest request);

	/**
	 * The locks that were acquired together, each with its own fence.
	 * @return the locks in the order in which they were asked for; of a single lock
	 * itself
	 */
	List<HeldLock> parts();

}
