package io.github.rediskit.session;

import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * Waits for what comes within bounded time. An interruption is kept for later.
 */
final class Joined {

	private Joined() {
	}

	/**
	 * Waits for a result.
	 * @param <T> the type of the result
	 * @param result the result
	 * @return its value
	 * @throws RuntimeException what it failed with
	 */
	static <T> T of(CompletionStage<T> result) {
		try {
			return result.toCompletableFuture().join();
		}
		catch (CompletionException ex) {
			Throwable cause = unwrapped(ex);
			throw (cause instanceof RuntimeException runtime) ? runtime : ex;
		}
	}

	static Throwable unwrapped(Throwable failure) {
		Throwable result = failure;
		while (result instanceof CompletionException && result.getCause() != null) {
			result = result.getCause();
		}
		return result;
	}

}
