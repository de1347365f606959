package io.github.rediskit.spring;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;

import io.github.rediskit.lock.LockLostException;
import io.github.rediskit.spring.CachedCall.Proceeding;
import org.jspecify.annotations.Nullable;

/**
 * The method returns a future, which a loss cancels. Its caller gets another one, which
 * is completed when the lock has been released.
 */
record KeptUntilCompletion() implements LockKeeping {

	@Override
	public Object keep(CallLock lock, LockScope scope, Proceeding method, Executor executor) {
		CompletionStage<?> returned = called(scope, method);
		CompletableFuture<@Nullable Object> kept = new CompletableFuture<>();
		Ending ending = new Ending(lock, kept, executor);
		Runnable lost = () -> {
			LockLostException loss = lock.loss();
			if (loss != null) {
				ending.end(null, loss);
				cancel(returned);
			}
		};
		lock.watch(lost);
		kept.whenComplete((value, failure) -> {
			if (kept.isCancelled()) {
				cancel(returned);
			}
		});
		returned.whenComplete((value, failure) -> {
			lock.unwatch(lost);
			LockLostException loss = (failure == null) ? lock.loss() : null;
			ending.end(value, (failure != null) ? lock.failure(unwrapped(failure)) : loss);
		});
		return kept;
	}

	private static CompletionStage<?> called(LockScope scope, Proceeding method) {
		LockScope before = scope.begin();
		try {
			return (CompletionStage<?>) Objects.requireNonNull(method.proceed(),
					"A method that returns a future returned null");
		}
		catch (Throwable ex) { // the method's, for the caller to see
			return CompletableFuture.failedFuture(ex);
		}
		finally {
			LockScope.set(before);
		}
	}

	private static void cancel(CompletionStage<?> returned) {
		if (returned instanceof Future<?> future) {
			try {
				future.cancel(true);
			}
			catch (RuntimeException ex) {
				// it can't be cancelled, as a minimal stage, or does not want to be
			}
		}
	}

	private static Throwable unwrapped(Throwable failure) {
		return (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause() : failure;
	}

	/**
	 * The end of the call, which comes once: by the method, or by the loss of the lock.
	 */
	private static final class Ending {

		private final CallLock lock;

		private final CompletableFuture<@Nullable Object> kept;

		private final Executor executor;

		private boolean over;

		Ending(CallLock lock, CompletableFuture<@Nullable Object> kept, Executor executor) {
			this.lock = lock;
			this.kept = kept;
			this.executor = executor;
		}

		void end(@Nullable Object value, @Nullable Throwable failure) {
			synchronized (this) {
				if (this.over) {
					return;
				}
				this.over = true;
			}
			CompletableFuture<?> released = this.lock.release().toCompletableFuture();
			if (released.isDone()) {
				complete(value, failure);
			}
			else {
				released.whenCompleteAsync((ignored, never) -> complete(value, failure), this.executor);
			}
		}

		private void complete(@Nullable Object value, @Nullable Throwable failure) {
			if (failure != null) {
				this.kept.completeExceptionally(failure);
			}
			else {
				this.kept.complete(value);
			}
		}

	}

}
