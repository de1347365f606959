package io.github.rediskit.cache;

import io.github.rediskit.codec.CodecException;

/**
 * A value is not stored because it is larger than its cache allows. Its caller has got it
 * all the same.
 */
public class ValueTooLargeException extends CodecException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param size how many bytes the value has
	 * @param maxSize how many it may have
	 */
	public ValueTooLargeException(long size, long maxSize) {
		super("It has %d bytes as it is stored, which is more than max-value-size (%d bytes)".formatted(size, maxSize),
				null);
	}

}
