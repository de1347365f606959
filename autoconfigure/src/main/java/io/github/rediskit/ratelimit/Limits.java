package io.github.rediskit.ratelimit;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * Decides on calls. What is to happen around a decision in Redis wraps it.
 */
interface Limits {

	/** Counts a call if it is allowed. */
	void take(RateLimitRequest request, Told told);

	/** Looks whether a call would be allowed. */
	CompletionStage<Answer> look(RateLimitRequest request);

	/** Forgets what was counted of a subject. */
	CompletionStage<Boolean> reset(RateLimitRequest subject);

	/** Refuses all calls of a subject. */
	CompletionStage<Boolean> block(RateLimitRequest subject, Duration duration);

	/** Something was given back. */
	void freed(RateLimitRequest subject);

}
