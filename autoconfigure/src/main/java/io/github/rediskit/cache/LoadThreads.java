package io.github.rediskit.cache;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.github.rediskit.key.KeyId;

/**
 * The threads in which asynchronous calls start their loads. A method that returns a
 * future may block before it does, and may wait for another cached call; so a load that
 * finds no idle thread gets a new one, up to a limit.
 */
final class LoadThreads {

	private static final int MOST = 256;

	private final ThreadPoolExecutor threads;

	LoadThreads(ThreadFactory factory) {
		Waiting waiting = new Waiting();
		this.threads = new ThreadPoolExecutor(0, MOST, 30, TimeUnit.SECONDS, waiting, factory, (task, threads) -> {
			if (threads.isShutdown()) {
				throw new RejectedExecutionException("The caches are closed");
			}
			waiting.put(task);
		});
	}

	<V> Loader<V> in(Loader<V> loader) {
		return () -> started(loader::load);
	}

	<V> BatchLoader<V> in(BatchLoader<V> loader) {
		return (missing) -> this.<Map<KeyId, Loaded<V>>>started(() -> loader.load(missing));
	}

	private <T> CompletionStage<T> started(Start<T> start) {
		CompletableFuture<T> result = new CompletableFuture<>();
		this.threads.execute(() -> {
			try {
				start.start().whenComplete((value, failure) -> {
					if (failure != null) {
						result.completeExceptionally(failure);
					}
					else {
						result.complete(value);
					}
				});
			}
			catch (Throwable ex) { // the loader's, for the callers to see
				result.completeExceptionally(ex);
			}
		});
		return result;
	}

	void close() {
		this.threads.shutdown();
	}

	private interface Start<T> {

		CompletionStage<? extends T> start() throws Throwable;

	}

	/** Takes in what an idle thread takes out at once, else asks for a new thread. */
	private static final class Waiting extends LinkedTransferQueue<Runnable> {

		private static final long serialVersionUID = 1L;

		@Override
		public boolean offer(Runnable task) {
			return tryTransfer(task);
		}

	}

}
