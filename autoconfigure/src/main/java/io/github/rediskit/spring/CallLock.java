package io.github.rediskit.spring;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.rediskit.lock.HeldLock;
import io.github.rediskit.lock.LockContext;
import io.github.rediskit.lock.LockLostException;
import io.github.rediskit.lock.LockRequest;
import org.jspecify.annotations.Nullable;

/**
 * The lock of one call. It is kept until the call has ended, and the transaction too, if
 * the call is part of one that began before.
 */
final class CallLock {

	private final HeldLock lock;

	private final boolean endsCalls;

	private final LossAlarm alarm;

	/** How many have to end yet. */
	private final AtomicInteger users = new AtomicInteger(1);

	private CallLock(HeldLock lock, boolean endsCalls, LossAlarm alarm) {
		this.lock = lock;
		this.endsCalls = endsCalls;
		this.alarm = alarm;
	}

	/**
	 * The lock of a call that has acquired it.
	 * @param lock the lock
	 * @param endsCalls whether the call ends when the lock is lost
	 * @param transaction the caller's transaction, or {@code null} if there is none
	 * @return the lock
	 */
	static CallLock of(HeldLock lock, boolean endsCalls, @Nullable TransactionLocks transaction) {
		CallLock acquired = new CallLock(lock, endsCalls, new LossAlarm(lock));
		if (transaction != null) {
			acquired.users.incrementAndGet();
			if (!transaction.add(acquired)) {
				acquired.users.decrementAndGet();
			}
		}
		return acquired;
	}

	/**
	 * The same for a call within the call. It needs no transaction: what began within the
	 * outer call ends within it.
	 * @throws LockLostException if the lock was lost
	 */
	CallLock share(boolean endsCalls) {
		return new CallLock(this.lock.share(), endsCalls, this.alarm);
	}

	boolean covers(LockRequest request) {
		return this.users.get() > 0 && this.lock.covers(request);
	}

	LockContext context() {
		return this.lock;
	}

	/** Tells of a loss that is to end the call; nothing is told to others. */
	void watch(Runnable call) {
		if (this.endsCalls) {
			this.alarm.add(call);
		}
	}

	void unwatch(Runnable call) {
		if (this.endsCalls) {
			this.alarm.remove(call);
		}
	}

	/**
	 * Why the call is to end.
	 * @return the reason, or {@code null} if it may go on
	 */
	@Nullable LockLostException loss() {
		if (this.endsCalls) {
			try {
				this.lock.requireHeld();
			}
			catch (LockLostException ex) {
				return ex;
			}
		}
		return null;
	}

	/**
	 * Fails if the call is to end.
	 * @throws LockLostException if the lock was lost
	 */
	void requireHeld() {
		LockLostException loss = loss();
		if (loss != null) {
			throw loss;
		}
	}

	/** What a failed call fails with: what it threw may come from its interruption. */
	Throwable failure(Throwable thrown) {
		LockLostException loss = (thrown instanceof LockLostException) ? null : loss();
		if (loss == null) {
			return thrown;
		}
		loss.initCause(thrown);
		return loss;
	}

	/** The call has ended, and waits until others can have the lock. */
	void close() {
		if (this.users.decrementAndGet() == 0) {
			this.lock.close();
		}
	}

	/** The call, or its transaction, has ended. */
	CompletionStage<?> release() {
		return (this.users.decrementAndGet() == 0) ? this.lock.release() : CompletableFuture.completedStage(null);
	}

}
