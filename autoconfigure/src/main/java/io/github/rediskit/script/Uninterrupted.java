package io.github.rediskit.script;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;

/**
 * Waits for what comes within bounded time, as answers of Redis do. An interruption is
 * kept for later.
 */
public final class Uninterrupted {

	private Uninterrupted() {
	}

	/**
	 * Waits for a result.
	 * @param <T> the type of the result
	 * @param result the result
	 * @return its value
	 * @throws RuntimeException what it failed with, as it is
	 * @throws IllegalStateException if that is no runtime exception, which is its cause
	 */
	public static <T> T join(CompletionStage<T> result) {
		CompletableFuture<T> future = result.toCompletableFuture();
		boolean interrupted = false;
		try {
			while (true) {
				try {
					return future.get();
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
				catch (ExecutionException ex) {
					throw (ex.getCause() instanceof RuntimeException runtime) ? runtime
							: new IllegalStateException(ex.getCause());
				}
			}
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

}
