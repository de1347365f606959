package io.github.rediskit.spring;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.github.rediskit.lock.LockRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The locks that were acquired in one transaction. What it changed nobody else sees
 * before its commit, so they are kept until it has completed, and a lost one keeps it
 * from being committed. Further calls in the same thread share them, also while the
 * transaction is suspended: they would wait for themselves.
 */
final class TransactionLocks implements TransactionSynchronization {

	private static final ThreadLocal<TransactionLocks> CURRENT = new ThreadLocal<>();

	private final @Nullable TransactionLocks outer;

	private final List<CallLock> locks = new ArrayList<>();

	private boolean suspended;

	private boolean completed;

	private TransactionLocks(@Nullable TransactionLocks outer) {
		this.outer = outer;
	}

	/**
	 * The locks of the thread's transaction.
	 * @return the locks, {@code null} if there is no transaction
	 */
	static @Nullable TransactionLocks ofThread() {
		if (!TransactionSynchronizationManager.isSynchronizationActive()
				|| !TransactionSynchronizationManager.isActualTransactionActive()) {
			return null;
		}
		TransactionLocks known = known();
		if (known != null && !known.isSuspended()) {
			return known;
		}
		TransactionLocks created = new TransactionLocks(known);
		TransactionSynchronizationManager.registerSynchronization(created);
		CURRENT.set(created);
		return created;
	}

	/** Without those that were completed in another thread. */
	private static @Nullable TransactionLocks known() {
		TransactionLocks known = CURRENT.get();
		if (known != null && known.isCompleted()) {
			while (known != null && known.isCompleted()) {
				known = known.outer;
			}
			set(known);
		}
		return known;
	}

	private static void set(@Nullable TransactionLocks locks) {
		if (locks == null) {
			CURRENT.remove();
		}
		else {
			CURRENT.set(locks);
		}
	}

	static @Nullable CallLock covering(LockRequest request) {
		for (TransactionLocks each = known(); each != null; each = each.outer) {
			CallLock covering = each.find(request);
			if (covering != null) {
				return covering;
			}
		}
		return null;
	}

	private synchronized @Nullable CallLock find(LockRequest request) {
		return this.locks.stream().filter((lock) -> lock.covers(request)).findFirst().orElse(null);
	}

	private synchronized boolean isSuspended() {
		return this.suspended;
	}

	private synchronized boolean isCompleted() {
		return this.completed;
	}

	/**
	 * Keeps a lock until the transaction has completed.
	 * @return {@code false} if it has
	 */
	synchronized boolean add(CallLock lock) {
		if (!this.completed) {
			this.locks.add(lock);
		}
		return !this.completed;
	}

	@Override
	public synchronized void suspend() {
		this.suspended = true;
	}

	@Override
	public synchronized void resume() {
		this.suspended = false;
	}

	@Override
	public void beforeCommit(boolean readOnly) {
		locks().forEach(CallLock::requireHeld);
	}

	@Override
	public void afterCompletion(int status) {
		List<CallLock> locks;
		synchronized (this) {
			this.completed = true;
			locks = List.copyOf(this.locks);
			this.locks.clear();
		}
		known();
		List<CompletableFuture<?>> released = new ArrayList<>();
		locks.forEach((lock) -> released.add(lock.release().toCompletableFuture()));
		released.forEach(CompletableFuture::join);
	}

	private synchronized List<CallLock> locks() {
		return List.copyOf(this.locks);
	}

}
