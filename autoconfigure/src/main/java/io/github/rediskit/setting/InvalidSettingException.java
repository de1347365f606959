package io.github.rediskit.setting;

import org.jspecify.annotations.Nullable;

/**
 * A setting has a value that can't be meant. Says which, what is wrong and, apart from
 * that, what to write instead. It never holds a secret.
 */
public final class InvalidSettingException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	private final String setting;

	private final String problem;

	private final String advice;

	/**
	 * Describes an invalid setting.
	 * @param setting its name in the configuration, in full or within what it belongs to
	 * @param problem why it is wrong: the end of a sentence that begins with the setting
	 * @param advice what to write instead, in whole sentences
	 */
	public InvalidSettingException(String setting, String problem, String advice) {
		this(setting, problem, advice, null);
	}

	/**
	 * Describes an invalid setting that something else found.
	 * @param setting its name in the configuration, in full or within what it belongs to
	 * @param problem why it is wrong: the end of a sentence that begins with the setting
	 * @param advice what to write instead, in whole sentences
	 * @param cause the cause, if any
	 */
	public InvalidSettingException(String setting, String problem, String advice, @Nullable Throwable cause) {
		super(setting + " " + problem + ". " + advice, cause);
		this.setting = setting;
		this.problem = problem;
		this.advice = advice;
	}

	/**
	 * The same, said of what the setting belongs to.
	 * @param prefix the name of that, such as {@code rediskit.lock}
	 * @return an exception that names the setting behind the prefix and a dot
	 */
	public InvalidSettingException within(String prefix) {
		return new InvalidSettingException(prefix + "." + this.setting, this.problem, this.advice, getCause());
	}

	/**
	 * What is wrong, by its name in the configuration.
	 * @return such as {@code max-wait} or {@code rediskit.lock.max-wait}
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
