package io.github.rediskit.structures;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * What fails at once and what fails later, as one.
 */
final class Stages {

	private Stages() {
	}

	static <T> CompletionStage<T> of(Supplier<CompletionStage<T>> question) {
		try {
			return question.get();
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedStage(ex);
		}
	}

	static Throwable unwrapped(Throwable failure) {
		Throwable cause = failure.getCause();
		return (failure instanceof CompletionException && cause != null) ? cause : failure;
	}

}
