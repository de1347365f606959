package io.github.rediskit.codec;

/**
 * A declared type whose values could be written but not be read back as what they were.
 * The message says which part of it and what to declare instead.
 */
public class UnsupportedValueTypeException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	UnsupportedValueTypeException(String message) {
		super(message);
	}

	UnsupportedValueTypeException(String message, Throwable cause) {
		super(message, cause);
	}

}
