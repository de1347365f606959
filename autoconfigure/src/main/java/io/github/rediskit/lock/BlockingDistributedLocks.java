package io.github.rediskit.lock;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.github.rediskit.lock.LockNotAcquiredException.Reason;
import io.github.rediskit.script.Uninterrupted;

/**
 * The {@link DistributedLocks} for those who may block.
 */
public final class BlockingDistributedLocks implements DistributedLocks {

	private final AsyncDistributedLocks locks;

	/**
	 * Creates the locks.
	 * @param locks what acquires them
	 */
	public BlockingDistributedLocks(AsyncDistributedLocks locks) {
		this.locks = locks;
	}

	@Override
	public HeldLock acquire(LockRequest request) {
		return await(request.name(), this.locks.acquire(request));
	}

	@Override
	public Optional<HeldLock> tryAcquire(LockRequest request) {
		return await(request.name(), this.locks.tryAcquire(request));
	}

	@Override
	public HeldLock acquireAll(List<LockRequest> requests) {
		CompletionStage<HeldLock> locks = this.locks.acquireAll(requests);
		return await(requests.get(0).name(), locks);
	}

	@Override
	public Optional<HeldLock> tryAcquireAll(List<LockRequest> requests) {
		CompletionStage<Optional<HeldLock>> locks = this.locks.tryAcquireAll(requests);
		return await(requests.get(0).name(), locks);
	}

	@Override
	public LeaderElection elect(LockRequest request, LeaderListener listener) {
		return this.locks.elect(request, listener);
	}

	@Override
	public boolean forceRelease(LockRequest request) {
		return Uninterrupted.join(this.locks.forceRelease(request));
	}

	@Override
	public List<LockStatus> held() {
		return this.locks.held();
	}

	private static <T> T await(String name, CompletionStage<T> stage) {
		CompletableFuture<T> future = stage.toCompletableFuture();
		try {
			if (future instanceof Awaited awaited) {
				awaitInTime(future, awaited);
			}
			return future.get();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			if (future.cancel(true)) {
				throw new LockNotAcquiredException(name, Reason.INTERRUPTED, ": the thread was interrupted", ex);
			}
			return resultOf(future);
		}
		catch (ExecutionException ex) {
			return resultOf(future);
		}
	}

	/** The thread that waits need not be told by another one that its time is over. */
	private static void awaitInTime(CompletableFuture<?> future, Awaited awaited)
			throws InterruptedException, ExecutionException {
		long left = awaited.awaited();
		if (left == Long.MAX_VALUE) {
			return;
		}
		try {
			future.get(Math.max(0, left), TimeUnit.NANOSECONDS);
		}
		catch (TimeoutException ex) {
			awaited.overdue();
		}
	}

	private static <T> T resultOf(CompletableFuture<T> future) {
		try {
			return future.join();
		}
		catch (RuntimeException ex) {
			throw here(LockServices.unwrapped(ex));
		}
	}

	/** Thrown in the caller's stack. */
	private static RuntimeException here(Throwable failure) {
		return (failure instanceof LockNotAcquiredException known) ? new LockNotAcquiredException(known)
				: (failure instanceof RuntimeException runtime) ? runtime : new IllegalStateException(failure);
	}

	/**
	 * A future for which a thread parks, so that it need not be completed in another one.
	 */
	interface Awaited {

		/**
		 * Somebody waits from now on.
		 * @return for how many ns; the largest number if there is no end
		 */
		long awaited();

		/** The time is over. */
		void overdue();

	}

}
