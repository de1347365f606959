package io.github.rediskit.web;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.github.rediskit.ratelimit.AsyncRateLimiter;
import io.github.rediskit.ratelimit.RateLimitAttempt;
import io.github.rediskit.ratelimit.RateLimitAttempt.Answered;
import io.github.rediskit.ratelimit.RateLimitAttempt.Question;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way through the limits that its rules name.
 */
final class Admission {

	private final List<Question> questions;

	private final RateLimitAttempt attempt;

	private final CompletableFuture<Outcome> decided;

	private Admission(List<Question> questions, RateLimitAttempt attempt) {
		this.questions = questions;
		this.attempt = attempt;
		this.decided = attempt.decided().thenApply(this::outcome);
	}

	static Admission ask(List<Question> questions, AsyncRateLimiter limiter) {
		return new Admission(questions, RateLimitAttempt.of(questions, limiter));
	}

	private Outcome outcome(RateLimitAttempt.Outcome decided) {
		List<Standing> standings = new ArrayList<>();
		for (Answered answered : decided.answers()) {
			Question question = this.questions.get(answered.index());
			standings.add(Standing.of(question.policy(), answered.permit(), question.cost()));
		}
		return new Outcome(standings, (decided.refusal() != null) ? standings.get(standings.size() - 1) : null,
				decided.failure());
	}

	/** Completed, never with a failure, when it is known what becomes of the request. */
	CompletableFuture<Outcome> decided() {
		return this.decided;
	}

	/** Whether it is a limit that is waited for, rather than Redis. */
	boolean isWaiting() {
		return !this.attempt.asked().policy().maxWait().isZero();
	}

	/** From now on what was charged stays so, unless nobody waits any more. */
	boolean begin() {
		return this.attempt.begin();
	}

	/** The request has ended, or nobody waits for it any more. */
	void leave() {
		this.attempt.leave();
	}

	/**
	 * What becomes of a request.
	 *
	 * @param standings how the limits that were asked stand
	 * @param refusal the one that refuses, or {@code null}
	 * @param failure why one could not be decided, or {@code null}
	 */
	record Outcome(List<Standing> standings, @Nullable Standing refusal, @Nullable Throwable failure) {

		boolean isAllowed() {
			return this.refusal == null && this.failure == null;
		}

	}

}
