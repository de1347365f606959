package io.github.rediskit.web;

/**
 * A setting of the rate limits of HTTP requests can't be meant.
 */
public final class InvalidHttpRuleException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String setting;

	private final String problem;

	private final String advice;

	InvalidHttpRuleException(String setting, String problem, String advice) {
		super(setting + " " + problem + ". " + advice);
		this.setting = setting;
		this.problem = problem;
		this.advice = advice;
	}

	/**
	 * Which setting it is.
	 * @return its name below {@code rediskit.rate-limit.http}
	 */
	public String setting() {
		return this.setting;
	}

	/**
	 * What is wrong.
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
