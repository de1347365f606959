package io.github.rediskit.cache;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;

import org.jspecify.annotations.Nullable;

/**
 * Runs the steps of an asynchronous flow in the thread that waits for its result: so a
 * loader runs in its caller's thread, with all that is bound to it, and nothing else has
 * to be blocked. It ignores interruption while it waits, since every wait is bounded, and
 * restores it for each step it runs. A caller may go before all has been done; the rest
 * is done elsewhere then, since others may wait for it.
 */
final class CallerThread implements Executor {

	private final LinkedBlockingQueue<Runnable> steps = new LinkedBlockingQueue<>();

	private final Executor afterwards;

	private volatile boolean gone;

	private boolean interrupted;

	/**
	 * Creates the executor for one call.
	 * @param afterwards runs the steps that come when the caller does not wait any more
	 */
	CallerThread(Executor afterwards) {
		this.afterwards = afterwards;
	}

	@Override
	public void execute(Runnable step) {
		this.steps.add(step);
		if (this.gone) {
			handOver();
		}
	}

	private void handOver() {
		for (Runnable step = this.steps.poll(); step != null; step = this.steps.poll()) {
			this.afterwards.execute(step);
		}
	}

	/**
	 * Runs steps until the result is there.
	 * @param <T> the type of the result
	 * @param result the result
	 * @return its value
	 * @throws Throwable the exception it failed with
	 */
	<T> T await(CompletionStage<T> result) throws Throwable {
		CompletableFuture<T> future = result.toCompletableFuture();
		future.whenComplete((value, failure) -> execute(() -> {
		}));
		while (!future.isDone()) {
			next().run();
		}
		this.gone = true;
		handOver();
		restoreInterruption();
		return resultOf(future);
	}

	private Runnable next() {
		while (true) {
			try {
				Runnable step = this.steps.take();
				restoreInterruption();
				return step;
			}
			catch (InterruptedException ex) {
				this.interrupted = true;
			}
		}
	}

	private void restoreInterruption() {
		if (this.interrupted) {
			this.interrupted = false;
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Waits for a result that needs no step of the caller's.
	 * @param <T> the type of the result
	 * @param result the result, which comes within bounded time
	 * @return its value
	 * @throws Throwable the exception it failed with
	 */
	static <T extends @Nullable Object> T join(CompletionStage<T> result) throws Throwable {
		CompletableFuture<T> future = result.toCompletableFuture();
		boolean interrupted = Thread.interrupted();
		try {
			while (true) {
				try {
					return future.get();
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
				catch (ExecutionException ex) {
					throw unwrapped(ex);
				}
			}
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private static <T> T resultOf(CompletableFuture<T> future) throws Throwable {
		try {
			return future.join();
		}
		catch (CompletionException ex) {
			throw unwrapped(ex);
		}
	}

	/**
	 * What failed, without the wrappers that stages put around it.
	 * @param failure the failure of a stage
	 * @return its cause
	 */
	static Throwable unwrapped(Throwable failure) {
		Throwable result = failure;
		while ((result instanceof CompletionException || result instanceof ExecutionException)
				&& result.getCause() != null) {
			result = result.getCause();
		}
		return result;
	}

}
