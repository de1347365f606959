package io.github.rediskit.spring;

import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

import io.github.rediskit.lock.HeldLock;
import io.github.rediskit.lock.IfHeld;
import io.github.rediskit.lock.LockLostException;
import io.github.rediskit.lock.LockNotAcquiredException;
import io.github.rediskit.lock.LockNotAcquiredException.Reason;
import io.github.rediskit.lock.LockRequest;
import io.github.rediskit.spring.LockAdvisor.Locks;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/**
 * One call on its way to the lock of its method, and through the method under it.
 */
final class LockEntry implements GuardedCall.Entry {

	private final LockedMethod method;

	private final Call call;

	private final MethodInvocation invocation;

	private final Locks locks;

	private final Executor executor;

	private final LockScope scope;

	private final CompletableFuture<@Nullable Void> decided = new CompletableFuture<>();

	private @Nullable TransactionLocks transaction;

	private @Nullable CompletableFuture<?> asking;

	private @Nullable CallLock shared;

	private @Nullable HeldLock acquired;

	private @Nullable Throwable failure;

	private boolean begun;

	private boolean over;

	/**
	 * Creates the entry of a call.
	 * @param method what the annotation says
	 * @param call the call
	 * @param invocation the call, as the proxy sees it
	 * @param locks what acquires the lock
	 * @param executor runs what follows a release
	 * @param scope the locks of the calls that the call is in
	 */
	LockEntry(LockedMethod method, Call call, MethodInvocation invocation, Locks locks, Executor executor,
			LockScope scope) {
		this.method = method;
		this.call = call;
		this.invocation = invocation;
		this.locks = locks;
		this.executor = executor;
		this.scope = scope;
	}

	/**
	 * Asks for the lock. A method that returns its value at once waits for it here.
	 * @return whether the lock is kept until a transaction has completed that has begun
	 * before
	 */
	boolean ask() {
		LockRequest request = this.method.rule().request(this.call);
		CallLock covering = this.scope.covering(request);
		if (covering != null && share(covering, request)) {
			return false;
		}
		this.transaction = TransactionLocks.ofThread();
		boolean skips = this.method.rule().ifHeld() == IfHeld.SKIP;
		try {
			if (this.method.delivery() instanceof AtOnce) {
				answered(skips ? this.locks.blocking().tryAcquire(request) : this.locks.blocking().acquire(request),
						null);
			}
			else {
				CompletableFuture<?> asking = (skips ? this.locks.async().tryAcquire(request)
						: this.locks.async().acquire(request))
					.toCompletableFuture();
				this.asking = asking;
				asking.whenComplete(this::answered);
			}
		}
		catch (RuntimeException ex) {
			answered(null, ex);
		}
		return this.transaction != null;
	}

	/** A lost lock is not acquired anew: the call around has seen what it protected. */
	private boolean share(CallLock covering, LockRequest request) {
		try {
			this.shared = covering.share(this.method.endsCalls());
		}
		catch (LockLostException ex) {
			if (!covering.covers(request)) { // its call has just ended
				return false;
			}
			this.failure = ex;
		}
		this.decided.complete(null);
		return true;
	}

	private void answered(@Nullable Object answer, @Nullable Throwable failure) {
		Object lock = (answer instanceof Optional<?> optional) ? optional.orElse(null) : answer;
		boolean late;
		synchronized (this) {
			late = this.over;
			this.failure = failure;
			if (!late && lock instanceof HeldLock held) {
				this.acquired = held;
			}
		}
		if (late && lock instanceof HeldLock held) {
			held.release();
		}
		this.decided.complete(null);
	}

	@Override
	public CompletableFuture<@Nullable Void> decided() {
		return this.decided;
	}

	@Override
	public @Nullable Object proceed() throws Throwable {
		CallLock lock;
		Throwable failure;
		synchronized (this) {
			if (this.over) {
				throw new CancellationException("Nobody waits for the call any more");
			}
			this.begun = true;
			failure = this.failure;
			lock = (this.acquired != null) ? CallLock.of(this.acquired, this.method.endsCalls(), this.transaction)
					: this.shared;
		}
		if (failure != null) {
			return notAcquired((failure instanceof CompletionException && failure.getCause() != null)
					? failure.getCause() : failure);
		}
		if (lock == null) {
			this.locks.skipped().accept(this.method.rule().name());
			return this.method.skipped().get();
		}
		return this.method.keeping()
			.keep(lock, this.scope.with(lock), new CachedCall.Invocation(this.method.method(), this.invocation,
					this.method.arguments(this.call, lock.context())), this.executor);
	}

	/** Who interrupts a caller wants no other answer. */
	private @Nullable Object notAcquired(Throwable failure) throws Throwable {
		FallbackMethod fallback = this.method.fallback();
		if (fallback == null || !(failure instanceof LockNotAcquiredException refusal)
				|| refusal.reason() == Reason.INTERRUPTED) {
			throw failure;
		}
		return fallback.answer(this.call.target(), this.method.arguments(this.call, null), (told) -> refusal);
	}

	/** A call that has begun releases its lock itself, when it has ended. */
	@Override
	public void leave() {
		HeldLock unused;
		CallLock unusedShare;
		synchronized (this) {
			if (this.over) {
				return;
			}
			this.over = true;
			unused = this.begun ? null : this.acquired;
			unusedShare = this.begun ? null : this.shared;
		}
		if (this.asking != null) {
			this.asking.cancel(false);
		}
		if (unused != null) {
			unused.release();
		}
		if (unusedShare != null) {
			unusedShare.release();
		}
	}

	/** Who waits in its thread has waited in {@link #ask()} already. */
	@Override
	public @Nullable RuntimeException interrupted() {
		return null;
	}

}
