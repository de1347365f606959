package io.github.rediskit.script;

/**
 * Redis answered with an error, such as a missing permission or a lack of memory.
 */
public class RedisReplyException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param message the server's words
	 * @param cause the client's exception
	 */
	public RedisReplyException(String message, Throwable cause) {
		super(message, cause);
	}

}
