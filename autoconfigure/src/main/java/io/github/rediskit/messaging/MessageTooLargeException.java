package io.github.rediskit.messaging;

/**
 * A message was not sent, because it is larger than messages may be.
 */
public class MessageTooLargeException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	MessageTooLargeException(String name, long size, long maxSize) {
		super("A message for '%s' has %d bytes as it is stored, and max-size is %d".formatted(name, size, maxSize));
	}

}
