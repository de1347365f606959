package io.github.rediskit.codec;

import org.jspecify.annotations.Nullable;

/**
 * A value that can't be turned into bytes, or bytes that are no such value. The message
 * never holds the value.
 */
public class CodecException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param message what is wrong, without the value
	 * @param cause the cause, whose message must not hold the value either
	 */
	protected CodecException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
