package io.github.rediskit.autoconfigure;

import org.jspecify.annotations.Nullable;

/**
 * A property has a value that can't be meant. Says what is wrong and, apart from that,
 * what to write instead. It never holds a secret.
 */
final class InvalidSettingException extends RuntimeException {

	private final String property;

	private final String problem;

	private final String advice;

	InvalidSettingException(String property, String problem, String advice) {
		this(property, problem, advice, null);
	}

	/**
	 * Describe an invalid setting.
	 * @param property the name of the property
	 * @param problem the end of a sentence that begins with the property
	 * @param advice what to write instead, in whole sentences
	 * @param cause the cause, if any
	 */
	InvalidSettingException(String property, String problem, String advice, @Nullable Throwable cause) {
		super(property + " " + problem + ". " + advice, cause);
		this.property = property;
		this.problem = problem;
		this.advice = advice;
	}

	String property() {
		return this.property;
	}

	String problem() {
		return this.problem;
	}

	String advice() {
		return this.advice;
	}

}
