package io.github.rediskit.cache;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import io.github.rediskit.key.KeyId;
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
	 * @return completed with its result; {@code null} if there are too many, or the
	 * context can't be taken along
	 */
	<T> @Nullable CompletableFuture<T> start(Function<Executor, CompletionStage<T>> load) {
		CompletableFuture<T> result = new CompletableFuture<>();
		try {
			this.threads.execute(this.context.apply(() -> run(load, result)));
			return result;
		}
		catch (RuntimeException ex) { // whatever it is, the caller has another way to go
										// on
			return null;
		}
	}

	private static <T> void run(Function<Executor, CompletionStage<T>> load, CompletableFuture<T> result) {
		CallerThread thread = new CallerThread(Runnable::run);
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
		Started<CompletionStage<Loaded<V>>> started = new Started<>();
		Runnable inContext = this.context.apply(started);
		return (inContext == started) ? loader : () -> started.by(inContext, loader::load);
	}

	/**
	 * A loader that runs in another thread with what is bound to the current one.
	 * @param <V> the type of the values
	 * @param loader the loader
	 * @return the loader with its context
	 */
	<V> BatchLoader<V> inContext(BatchLoader<V> loader) {
		Started<CompletionStage<? extends Map<KeyId, Loaded<V>>>> started = new Started<>();
		Runnable inContext = this.context.apply(started);
		return (inContext == started) ? loader : (missing) -> started.by(inContext, () -> loader.load(missing));
	}

	/** A task without a result that brings one. */
	private static final class Started<T> implements Runnable {

		private @Nullable Start<T> start;

		private @Nullable T result;

		private @Nullable Throwable failure;

		synchronized T by(Runnable inContext, Start<T> start) throws Throwable {
			this.start = start;
			this.result = null;
			this.failure = null;
			inContext.run();
			if (this.failure != null) {
				throw this.failure;
			}
			return Objects.requireNonNull(this.result, "A task decorator did not run its task");
		}

		@Override
		public void run() {
			try {
				this.result = Objects.requireNonNull(this.start).start();
			}
			catch (Throwable ex) {
				this.failure = ex;
			}
		}

	}

	private interface Start<T> {

		T start() throws Throwable;

	}

}
