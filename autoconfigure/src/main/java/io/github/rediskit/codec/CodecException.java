package io.github.rediskit.codec;

import org.jspecify.annotations.Nullable;

/**
 * A value that can't be turned into bytes, or bytes that are no such value. The message
 * never holds the value.
 */
public class CodecException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	CodecException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
