package io.github.rediskit.ratelimit;

/**
 * A call was refused because it would exceed a rate limit.
 */
public class RateLimitExceededException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final transient RateLimitDecision decision;

	/**
	 * Creates the exception.
	 * @param decision the refusal
	 */
	public RateLimitExceededException(RateLimitDecision decision) {
		super(message(decision));
		this.decision = decision;
	}

	private static String message(RateLimitDecision decision) {
		return decision.isNever()
				? "Rate limit '%s' can never allow this call: it costs more than there ever is"
					.formatted(decision.policy())
				: "Rate limit '%s' is exceeded; the call can succeed in %d ms".formatted(decision.policy(),
						decision.retryAfter().plusNanos(999_999).toMillis());
	}

	/**
	 * The refusal.
	 * @return the decision, which does not allow the call
	 */
	public RateLimitDecision decision() {
		return this.decision;
	}

}
