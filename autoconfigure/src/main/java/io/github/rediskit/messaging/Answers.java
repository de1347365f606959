package io.github.rediskit.messaging;

import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * The blocking door to what Redis answers. Each answer comes within the connection's
 * timeout.
 */
final class Answers {

	private Answers() {
	}

	static <T> T await(CompletionStage<T> answer) {
		try {
			return answer.toCompletableFuture().join();
		}
		catch (CompletionException ex) {
			Throwable cause = MessagingServices.unwrapped(ex);
			if (cause instanceof RuntimeException failure) {
				failure.addSuppressed(new AwaitedHere());
				throw failure;
			}
			if (cause instanceof Error error) {
				throw error;
			}
			throw ex;
		}
	}

	/** Shows where a failure was waited for, which happened in another thread. */
	private static final class AwaitedHere extends RuntimeException {

		private static final long serialVersionUID = 1L;

		AwaitedHere() {
			super("It was waited for here");
		}

	}

}
