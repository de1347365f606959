package io.github.rediskit.structures;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;

import io.github.rediskit.script.RedisReplyException;
import io.github.rediskit.script.RedisUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * Waits for Redis, which answers within bounded time. An interruption is kept for later.
 */
final class Answers {

	private Answers() {
	}

	/**
	 * Waits for an answer.
	 * @param <T> the type of the answer
	 * @param stage what becomes the answer
	 * @return the answer
	 * @throws RedisUnavailableException if there is none
	 * @throws RedisReplyException if Redis refuses
	 */
	static <T> T await(CompletionStage<T> stage) {
		CompletableFuture<T> future = stage.toCompletableFuture();
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
					throw here(ex.getCause());
				}
			}
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	/** Thrown in the caller's stack. */
	private static RuntimeException here(@Nullable Throwable failure) {
		if (failure instanceof RedisUnavailableException unavailable) {
			return new RedisUnavailableException(String.valueOf(unavailable.getMessage()), unavailable);
		}
		if (failure instanceof RedisReplyException refused) {
			Throwable cause = refused.getCause();
			return new RedisReplyException(String.valueOf(refused.getMessage()), (cause != null) ? cause : refused);
		}
		return (failure instanceof RuntimeException runtime) ? runtime : new IllegalStateException(failure);
	}

}
