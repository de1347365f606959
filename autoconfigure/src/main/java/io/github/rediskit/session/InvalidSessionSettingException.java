package io.github.rediskit.session;

/**
 * A setting of the sessions can't be meant.
 */
public final class InvalidSessionSettingException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	private final String setting;

	private final String problem;

	private final String advice;

	InvalidSessionSettingException(String setting, String problem, String advice) {
		super(setting + " " + problem + ". " + advice);
		this.setting = setting;
		this.problem = problem;
		this.advice = advice;
	}

	/**
	 * The setting's name.
	 * @return such as {@code max-per-user}
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
