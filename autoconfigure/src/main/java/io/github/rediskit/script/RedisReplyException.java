package io.github.rediskit.script;

import java.util.regex.Pattern;

/**
 * Redis answered with an error, such as a missing permission or a lack of memory.
 */
public class RedisReplyException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/** Of scripts, older servers put words of their own before it. */
	private static final Pattern PASSING = Pattern
		.compile("(^|-)(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|NOREPLICAS) ");

	/**
	 * Creates the exception.
	 * @param message the server's words
	 * @param cause the client's exception
	 */
	public RedisReplyException(String message, Throwable cause) {
		super(message, cause);
	}

	/**
	 * Whether a server says this for a while only, such as when it has just started, or
	 * another one is about to take its place.
	 * @return whether the same can succeed soon
	 */
	public final boolean isPassing() {
		Throwable cause = getCause();
		String said = (cause != null) ? cause.getMessage() : null;
		return said != null && PASSING.matcher(said).find();
	}

}
