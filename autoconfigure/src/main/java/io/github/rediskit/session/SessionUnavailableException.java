package io.github.rediskit.session;

/**
 * Redis did not answer, or refused, when it was asked for a session. Whether a change was
 * carried out is unknown. The message holds no id of a session.
 */
public class SessionUnavailableException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param message what was tried
	 * @param cause what happened
	 */
	public SessionUnavailableException(String message, Throwable cause) {
		super(message, cause);
	}

}
