package io.github.rediskit.lock;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * What all locks of an instance share.
 *
 * @param sources time, chance and identity
 * @param watch looks at what is held and waited for
 * @param queues who holds and waits in this instance, by lock
 * @param callbacks runs what others wrote
 * @param endings ends waits that took too long, and runs what others wrote to follow
 * @param listener is told what happens
 */
record LockServices(LockSources sources, LockWatch watch, Map<LockKey, LockQueue> queues, Executor callbacks,
		Executor endings, LockListener listener) {

	private static final long FIRST_RETRY_MILLIS = 50;

	private static final long LONGEST_RETRY_MILLIS = 1000;

	static LockServices of(LockSources sources, Executor callbacks, Executor endings, LockListener listener) {
		return new LockServices(sources, new LockWatch(sources), new ConcurrentHashMap<>(), callbacks, endings,
				listener);
	}

	long now() {
		return this.sources.nanoTime();
	}

	Duration since(long start) {
		return Duration.ofNanos(now() - start);
	}

	void call(Runnable action) {
		run(this.callbacks, action);
	}

	void end(Runnable action) {
		run(this.endings, action);
	}

	private static void run(Executor executor, Runnable action) {
		try {
			executor.execute(action);
		}
		catch (RejectedExecutionException ex) {
			action.run(); // the application is stopping
		}
	}

	/**
	 * Gives back what may be held, as often as it takes.
	 * @param target the lock
	 * @param id by which it may be held
	 * @param restUntil until when nobody may have it yet
	 * @param leaseMillis after which Redis forgets it anyway
	 * @return completed after the first attempt with whether it was held; never fails
	 */
	CompletionStage<Boolean> release(LockTarget target, byte[] id, long restUntil, long leaseMillis) {
		return release(target, id, restUntil, now() + leaseMillis * 1_000_000, FIRST_RETRY_MILLIS);
	}

	private CompletionStage<Boolean> release(LockTarget target, byte[] id, long restUntil, long until, long pause) {
		long rest = Math.max(0, (restUntil - now()) / 1_000_000);
		return released(target, id, rest).handle((held, failure) -> {
			if (failure != null && now() - until < 0) {
				this.watch.later(() -> release(target, id, restUntil, until, Math.min(LONGEST_RETRY_MILLIS, pause * 2)),
						pause);
			}
			return failure == null && held;
		});
	}

	private static CompletionStage<Boolean> released(LockTarget target, byte[] id, long rest) {
		try {
			return target.release(id, rest);
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedStage(ex);
		}
	}

	static Throwable unwrapped(Throwable failure) {
		Throwable result = failure;
		while ((result instanceof CompletionException || result instanceof ExecutionException)
				&& result.getCause() != null) {
			result = result.getCause();
		}
		return result;
	}

}
