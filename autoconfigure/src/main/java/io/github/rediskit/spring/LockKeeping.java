package io.github.rediskit.spring;

import java.util.concurrent.Executor;

import io.github.rediskit.spring.CachedCall.Proceeding;
import org.jspecify.annotations.Nullable;

/**
 * How a lock is kept while a method runs, and what becomes of the call when it is lost.
 */
sealed interface LockKeeping permits KeptUntilReturn, KeptUntilCompletion, KeptUntilTermination {

	/**
	 * Calls the method, and sees to it that the lock is released when it has ended.
	 * @param lock the lock
	 * @param scope the locks that calls within this one find
	 * @param method calls the method
	 * @param executor runs what follows a release, since who brings that must not be
	 * blocked
	 * @return what the method's caller gets, when the lock has been released
	 * @throws Throwable what the method threw, or that the lock was lost meanwhile
	 */
	@Nullable Object keep(CallLock lock, LockScope scope, Proceeding method, Executor executor) throws Throwable;

	static LockKeeping of(Delivery delivery) {
		if (delivery instanceof ByPublisher published) {
			return new KeptUntilTermination(published.adapter());
		}
		return (delivery instanceof ByFuture) ? new KeptUntilCompletion() : new KeptUntilReturn();
	}

}
