package io.github.rediskit.messaging;

/**
 * A setting of a stream or queue that can't work. It says which, what is wrong, and what
 * to write instead.
 */
public class InvalidMessagingException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	private final String setting;

	private final String problem;

	private final String advice;

	InvalidMessagingException(String setting, String problem, String advice) {
		super(setting + " " + problem + ". " + advice);
		this.setting = setting;
		this.problem = problem;
		this.advice = advice;
	}

	/**
	 * Which setting.
	 * @return its name, in the words of properties
	 */
	public String setting() {
		return this.setting;
	}

	/**
	 * What is wrong with it.
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
