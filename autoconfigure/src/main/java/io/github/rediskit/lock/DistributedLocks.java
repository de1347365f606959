package io.github.rediskit.lock;

import java.util.List;
import java.util.Optional;

/**
 * Locks that all instances share. A lock belongs to whoever acquired it and to no thread;
 * it is not reentrant by itself, see {@link HeldLock#share()}.
 *
 * <p>
 * While its holder is paused, a lock can end without the holder's knowing. What must not
 * happen then is guarded by the {@linkplain LockContext#fence() fence}.
 */
public interface DistributedLocks {

	/**
	 * Acquires a lock, and waits for it as long as the request says, else
	 * {@code rediskit.lock.max-wait}.
	 * @param request which lock, and how
	 * @return the lock, to be closed
	 * @throws LockNotAcquiredException if somebody else kept it, Redis did not answer, or
	 * the thread was interrupted, which stays interrupted
	 */
	HeldLock acquire(LockRequest request);

	/**
	 * Tries to acquire a lock. Waits as long as the request says, else not at all.
	 * @param request which lock, and how
	 * @return the lock, to be closed; empty if somebody else kept it
	 * @throws LockNotAcquiredException if Redis did not answer, or the thread was
	 * interrupted, which stays interrupted
	 */
	Optional<HeldLock> tryAcquire(LockRequest request);

	/**
	 * Acquires several locks, all or none, and so that two callers never wait for each
	 * other. Where one script may have all their keys (always without a cluster, and for
	 * equal keys with one), it is one step, and who waits holds nothing meanwhile.
	 * Otherwise they are acquired one after the other, in an order that is the same for
	 * everybody. The longest wait of the requests is that for all of them together.
	 * @param requests which locks, and how
	 * @return all of them as one; it is held as long as each of them is, and its fence is
	 * that of the first: see {@link HeldLock#parts()}
	 * @throws LockNotAcquiredException if one of them was not acquired
	 */
	HeldLock acquireAll(List<LockRequest> requests);

	/**
	 * Tries to acquire several locks, all or none.
	 * @param requests which locks, and how
	 * @return all of them as one; empty if somebody else kept one
	 * @throws LockNotAcquiredException if Redis did not answer, or the thread was
	 * interrupted
	 */
	Optional<HeldLock> tryAcquireAll(List<LockRequest> requests);

	/**
	 * Stands for leader: holds a lock whenever it can be had, until the election is
	 * closed.
	 * @param request which lock, and how; how long to wait for it is ignored
	 * @param listener what is told of the leadership
	 * @return the candidacy, to be closed
	 */
	LeaderElection elect(LockRequest request, LeaderListener listener);

	/**
	 * Takes a lock away from whoever holds it. The holder learns of it when it renews the
	 * next time, which can be a fifth of its lease away, and may go on until then: only
	 * the fence protects what it writes.
	 * @param request which lock; of a read-write lock all readers lose it, of a semaphore
	 * all holders
	 * @return whether it was held
	 * @throws io.github.rediskit.script.RedisUnavailableException if Redis did not answer
	 */
	boolean forceRelease(LockRequest request);

	/**
	 * The locks that this instance holds.
	 * @return a snapshot
	 */
	List<LockStatus> held();

}
