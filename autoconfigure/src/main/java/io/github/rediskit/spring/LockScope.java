package io.github.rediskit.spring;

import java.util.ArrayList;
import java.util.List;

import io.github.rediskit.lock.LockRequest;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * The locks of the calls that a call is in. A thread belongs to the calls that it runs, a
 * subscription to those whose publishers it is made in.
 *
 * @param locks the locks, those of inner calls last
 */
record LockScope(List<CallLock> locks) {

	private static final LockScope NONE = new LockScope(List.of());

	private static final ThreadLocal<LockScope> OF_THREAD = new ThreadLocal<>();

	static LockScope ofThread() {
		LockScope scope = OF_THREAD.get();
		return (scope != null) ? scope : NONE;
	}

	/** That of the thread, and what the subscriber knows. */
	static LockScope of(ContextView context) {
		LockScope ofThread = ofThread();
		LockScope ofContext = context.getOrDefault(LockScope.class, NONE);
		return (ofContext == null || ofContext.locks.isEmpty()) ? ofThread : ofContext.with(ofThread.locks);
	}

	LockScope with(CallLock own) {
		return with(List.of(own));
	}

	private LockScope with(List<CallLock> more) {
		if (more.isEmpty()) {
			return this;
		}
		List<CallLock> locks = new ArrayList<>(this.locks);
		locks.addAll(more);
		return new LockScope(locks);
	}

	@Nullable CallLock covering(LockRequest request) {
		for (int i = this.locks.size() - 1; i >= 0; i--) {
			if (this.locks.get(i).covers(request)) {
				return this.locks.get(i);
			}
		}
		return TransactionLocks.covering(request);
	}

	Context writeTo(Context context) {
		return context.put(LockScope.class, this);
	}

	/** Makes it that of the thread, and returns what was it before. */
	LockScope begin() {
		LockScope before = ofThread();
		set(this);
		return before;
	}

	static void set(LockScope scope) {
		if (scope.locks.isEmpty()) {
			OF_THREAD.remove();
		}
		else {
			OF_THREAD.set(scope);
		}
	}

}
