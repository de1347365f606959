package io.github.rediskit.spring;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

import io.github.rediskit.ratelimit.AsyncRateLimiter;
import io.github.rediskit.ratelimit.RateLimitAttempt;
import io.github.rediskit.ratelimit.RateLimitAttempt.Answered;
import io.github.rediskit.ratelimit.RateLimitAttempt.Question;
import io.github.rediskit.ratelimit.RateLimitDecision;
import io.github.rediskit.ratelimit.RateLimitExceededException;
import io.github.rediskit.ratelimit.RateLimitPolicy;
import io.github.rediskit.ratelimit.RateLimitUnavailableException;
import io.github.rediskit.spring.CachedCall.Proceeding;
import org.jspecify.annotations.Nullable;

/**
 * One call on its way through the limits of its method.
 */
final class RateLimitEntry implements GuardedCall.Entry {

	private final List<RateLimitRule> rules;

	private final List<Question> questions;

	private final RateLimitAttempt attempt;

	private final CompletableFuture<@Nullable Void> decided;

	private final RateLimitObserver.Decisions observer;

	private final Call call;

	private final Proceeding method;

	/**
	 * Asks, once all that expressions can have wrong has shown. Which policy applies is
	 * found in the caller's thread, too.
	 */
	RateLimitEntry(List<RateLimitRule> rules, AsyncRateLimiter limiter, RateLimitObserver.Decisions observer, Call call,
			Proceeding method) {
		this.rules = rules;
		this.questions = rules.stream().map((rule) -> rule.question(call, limiter)).toList();
		this.observer = observer;
		this.call = call;
		this.method = method;
		this.attempt = RateLimitAttempt.of(this.questions, limiter);
		this.decided = this.attempt.decided().thenAccept((outcome) -> {
		});
	}

	@Override
	public CompletableFuture<@Nullable Void> decided() {
		return this.decided;
	}

	@Override
	public @Nullable Object proceed() throws Throwable {
		RateLimitAttempt.Outcome outcome = this.attempt.decided().join();
		observe(outcome.answers());
		if (outcome.failure() != null) {
			throw inThisThread(outcome.failure());
		}
		RateLimitDecision refusal = outcome.refusal();
		if (refusal != null) {
			return refused(this.rules.get(outcome.answers().get(outcome.answers().size() - 1).index()), refusal);
		}
		if (!this.attempt.begin()) {
			throw new CancellationException("Nobody waits for the call any more");
		}
		return this.method.proceed();
	}

	private void observe(List<Answered> answers) {
		if (this.observer == RateLimitObserver.Decisions.UNHEARD) {
			return;
		}
		for (Answered answered : answers) {
			Question question = this.questions.get(answered.index());
			this.observer.decided(question.policy(), answered.permit(), question.cost());
		}
	}

	private @Nullable Object refused(RateLimitRule rule, RateLimitDecision refusal) throws Throwable {
		if (rule.fallback() == null) {
			throw new RateLimitExceededException(refusal);
		}
		return rule.fallback()
			.answer(this.call.target(), this.call.args(),
					(told) -> (told == RateLimitDecision.class) ? refusal : new RateLimitExceededException(refusal));
	}

	/** With the stack of who called the method. */
	private static Throwable inThisThread(Throwable failure) {
		return (failure instanceof RateLimitUnavailableException unavailable)
				? new RateLimitUnavailableException(unavailable.policy(),
						(unavailable.getCause() != null) ? unavailable.getCause() : unavailable)
				: failure;
	}

	@Override
	public void leave() {
		this.attempt.leave();
	}

	@Override
	public @Nullable RuntimeException interrupted() {
		RateLimitPolicy policy = this.attempt.asked().policy();
		return policy.maxWait().isZero() ? null : new RateLimitExceededException(new RateLimitDecision(policy.name(),
				false, policy.limits().get(0).limit(), 0, Duration.ZERO, Duration.ZERO));
	}

}
