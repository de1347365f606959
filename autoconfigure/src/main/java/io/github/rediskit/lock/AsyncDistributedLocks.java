package io.github.rediskit.lock;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The {@link DistributedLocks} for those who must not block. Stages complete on a thread
 * that must not be blocked: others wait for it, but no lock does that is held. They fail
 * with a {@link LockNotAcquiredException}. Who cancels a stage
 * ({@code toCompletableFuture().cancel}) gets no lock: what Redis grants meanwhile is
 * given back.
 */
public interface AsyncDistributedLocks {

	/**
	 * Acquires a lock, and waits for it as long as the request says, else
	 * {@code rediskit.lock.max-wait}.
	 * @param request which lock, and how
	 * @return completed with the lock, which is to be released
	 */
	CompletionStage<HeldLock> acquire(LockRequest request);

	/**
	 * Tries to acquire a lock. Waits as long as the request says, else not at all.
	 * @param request which lock, and how
	 * @return completed with the lock, which is to be released, or empty if somebody else
	 * kept it
	 */
	CompletionStage<Optional<HeldLock>> tryAcquire(LockRequest request);

	/**
	 * Acquires several locks, all or none, as {@link DistributedLocks#acquireAll(List)}
	 * does.
	 * @param requests which locks, and how
	 * @return completed with all of them as one
	 */
	CompletionStage<HeldLock> acquireAll(List<LockRequest> requests);

	/**
	 * Tries to acquire several locks, all or none.
	 * @param requests which locks, and how
	 * @return completed with all of them as one, or empty if somebody else kept one
	 */
	CompletionStage<Optional<HeldLock>> tryAcquireAll(List<LockRequest> requests);

	/**
	 * Stands for leader: holds a lock whenever it can be had, until the election is
	 * closed.
	 * @param request which lock, and how; how long to wait for it is ignored
	 * @param listener what is told of the leadership
	 * @return the candidacy, to be closed
	 */
	LeaderElection elect(LockRequest request, LeaderListener listener);

	/**
	 * Takes a lock away from whoever holds it, as
	 * {@link DistributedLocks#forceRelease(LockRequest)} does.
	 * @param request which lock
	 * @return completed with whether it was held
	 */
	CompletionStage<Boolean> forceRelease(LockRequest request);

	/**
	 * The locks that this instance holds.
	 * @return a snapshot
	 */
	List<LockStatus> held();

}
