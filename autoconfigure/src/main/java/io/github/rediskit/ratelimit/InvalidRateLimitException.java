package io.github.rediskit.ratelimit;

/**
 * A policy says what can't be meant, or what can't be counted exactly.
 */
public class InvalidRateLimitException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	private final String setting;

	private final String problem;

	private final String advice;

	InvalidRateLimitException(String policy, String setting, String problem, String advice) {
		super("Rate limit policy '%s': %s %s. %s".formatted(policy, setting, problem, advice));
		this.setting = setting;
		this.problem = problem;
		this.advice = advice;
	}

	/**
	 * What is wrong, by its name in the configuration.
	 * @return such as {@code limits[0].period}
	 */
	public String setting() {
		return this.setting;
	}

	/**
	 * Why it is wrong.
	 * @return the end of a sentence that begins with the setting
	 */
	public String problem() {
		return this.problem;
	}

	/**
	 * What to write instead.
	 * @return whole sentences
	 */
	public String advice() {
		return this.advice;
	}

}
