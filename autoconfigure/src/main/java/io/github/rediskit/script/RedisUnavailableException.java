package io.github.rediskit.script;

import org.jspecify.annotations.Nullable;

/**
 * Redis did not answer: it is not reachable, too slow, or the connection broke. Whether
 * the command was carried out is unknown.
 */
public class RedisUnavailableException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param message what was tried and what happened
	 * @param cause the client's exception, or {@code null}
	 */
	public RedisUnavailableException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
