package io.github.rediskit.spring;

import java.util.concurrent.Executor;

import io.github.rediskit.spring.CachedCall.Proceeding;
import org.jspecify.annotations.Nullable;

/**
 * The method runs in this thread, which a loss interrupts. Whatever it returns then, its
 * caller learns of the loss.
 */
record KeptUntilReturn() implements LockKeeping {

	@Override
	public @Nullable Object keep(CallLock lock, LockScope scope, Proceeding method, Executor executor)
			throws Throwable {
		try {
			Object returned = interruptible(lock, scope, method);
			lock.requireHeld();
			return returned;
		}
		catch (Throwable ex) {
			throw lock.failure(ex);
		}
		finally {
			lock.close();
		}
	}

	private static @Nullable Object interruptible(CallLock lock, LockScope scope, Proceeding method) throws Throwable {
		Interruption interruption = new Interruption();
		LockScope before = scope.begin();
		lock.watch(interruption);
		try {
			return method.proceed();
		}
		finally {
			lock.unwatch(interruption);
			interruption.end();
			LockScope.set(before);
		}
	}

	/**
	 * Interrupts the thread that it was made in, while the method runs and not later.
	 */
	private static final class Interruption implements Runnable {

		private @Nullable Thread thread = Thread.currentThread();

		private boolean done;

		@Override
		public synchronized void run() {
			if (this.thread != null) {
				this.done = true;
				this.thread.interrupt();
			}
		}

		/** What the method did not notice is not left to its caller. */
		synchronized void end() {
			this.thread = null;
			if (this.done) {
				Thread.interrupted();
			}
		}

	}

}
