package io.github.rediskit.structures;

import java.util.concurrent.CompletionStage;

import io.github.rediskit.script.RedisReplyException;
import io.github.rediskit.script.RedisUnavailableException;
import io.github.rediskit.script.Uninterrupted;

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
		try {
			return Uninterrupted.join(stage);
		}
		catch (RedisUnavailableException | RedisReplyException ex) {
			throw here(ex);
		}
	}

	/** Thrown in the caller's stack. */
	private static RuntimeException here(RuntimeException failure) {
		if (failure instanceof RedisReplyException refused) {
			Throwable cause = refused.getCause();
			return new RedisReplyException(String.valueOf(refused.getMessage()), (cause != null) ? cause : refused);
		}
		return new RedisUnavailableException(String.valueOf(failure.getMessage()), failure);
	}

}
