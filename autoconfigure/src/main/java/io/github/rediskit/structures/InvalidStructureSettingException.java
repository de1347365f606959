package io.github.rediskit.structures;

/**
 * A setting of a leaderboard or of heartbeats says what can't be meant.
 */
public class InvalidStructureSettingException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	private final String setting;

	private final String problem;

	private final String advice;

	InvalidStructureSettingException(String setting, String problem, String advice) {
		super("Structures: %s %s. %s".formatted(setting, problem, advice));
		this.setting = setting;
		this.problem = problem;
		this.advice = advice;
	}

	/**
	 * What is wrong, by its name in the configuration.
	 * @return such as {@code max-members}
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
