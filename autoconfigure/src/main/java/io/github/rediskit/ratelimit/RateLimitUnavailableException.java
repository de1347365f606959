package io.github.rediskit.ratelimit;

/**
 * Redis did not decide in time, and the policy is set to fail then. The call was neither
 * allowed nor refused. Or Redis did not confirm what was to be done: it may have done it.
 */
public class RateLimitUnavailableException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String policy;

	/**
	 * Creates the exception.
	 * @param policy the name of the policy
	 * @param cause why there was no decision
	 */
	public RateLimitUnavailableException(String policy, Throwable cause) {
		this(policy, "Rate limit '%s' can't be decided".formatted(policy), cause);
	}

	RateLimitUnavailableException(String policy, String problem, Throwable cause) {
		super(problem + ": " + cause.getMessage(), cause);
		this.policy = policy;
	}

	/**
	 * The policy that was asked.
	 * @return its name
	 */
	public String policy() {
		return this.policy;
	}

}
