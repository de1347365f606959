package io.github.rediskit.cache;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * Runs loads for which no caller waits, or not to the end, in threads of their own, with
 * what is bound to the caller's thread. There is a limit to how many run and wait.
 */
final class BackgroundLoads {

	private final Executor threads;

	private final UnaryOperator<Runnable> context;

	/**
	 * Creates the background.
	 * @param threads the threads, which refuse what is too much
	 * @param context takes along what is bound to the current thread
	 */
	BackgroundLoads(Executor threads, UnaryOperator<Runnable> context) {
		this.threads = threads;
		this.context = context;
	}

	/**
	 * Starts a load.
	 * @param <T> the type of the result
	 * @param load the load, given the executor of its steps
	 * @return completed with its result; {@code null} if there are too many
	 */
	<T> @Nullable CompletableFuture<T> start(Function<Executor, CompletionStage<T>> load) {
		CompletableFuture<T> result = new CompletableFuture<>();
		try {
			this.threads.execute(this.context.apply(() -> run(load, result)));
			return result;
		}
		catch (RejectedExecutionException ex) {
			return null;
		}
	}

	private static <T> void run(Function<Executor, CompletionStage<T>> load, CompletableFuture<T> result) {
		CallerThread thread = new CallerThread();
		try {
			result.complete(thread.await(load.apply(thread)));
		}
		catch (Throwable ex) {
			result.completeExceptionally(ex);
		}
	}

	/**
	 * A loader that runs in another thread with what is bound to the current one.
	 * @param <V> the type of the value
	 * @param loader the loader
	 * @return the loader with its context
	 */
	<V> Loader<V> inContext(Loader<V> loader) {
		Started<V> started = new Started<>(loader);
		Runnable inContext = this.context.apply(started);
		return (inContext == started) ? loader : () -> {
			inContext.run();
			return started.result();
		};
	}

	private static final class Started<V> implements Runnable {

		private final Loader<V> loader;

		private @Nullable CompletionStage<Loaded<V>> result;

		private @Nullable Throwable failure;

		Started(Loader<V> loader) {
			this.loader = loader;
		}

		@Override
		public void run() {
			this.result = null;
			this.failure = null;
			try {
				this.result = this.loader.load();
			}
			catch (Throwable ex) {
				this.failure = ex;
			}
		}

		CompletionStage<Loaded<V>> result() throws Throwable {
			if (this.failure != null) {
				throw this.failure;
			}
			CompletionStage<Loaded<V>> stage = this.result;
			if (stage == null) {
				throw new IllegalStateException("A task decorator did not run its task");
			}
			return stage;
		}

	}

}
