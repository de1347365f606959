package io.github.rediskit.ratelimit;

import java.util.concurrent.CompletableFuture;

/**
 * Waits for what it is told.
 */
final class Heard extends CompletableFuture<Answer> implements Told {

	/** What a call is told. */
	static Heard of(Limits limits, RateLimitRequest request) {
		Heard heard = new Heard();
		limits.take(request, heard);
		return heard;
	}

	@Override
	public void answered(Answer answer) {
		complete(answer);
	}

	@Override
	public void failed(Throwable failure) {
		completeExceptionally(failure);
	}

}
