package io.github.rediskit.messaging;

import org.jspecify.annotations.Nullable;

/**
 * A message that its listener can't read. It is not tried again, since it would be the
 * same then. The message of this exception does not hold what could not be read.
 */
public class UnreadableMessageException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param message what is wrong
	 * @param cause the cause, or {@code null}
	 */
	public UnreadableMessageException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
