package io.github.rediskit.session;

/**
 * A session would be larger than it may be, and so was not saved. What is stored of it is
 * as before.
 */
public class SessionTooLargeException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String attribute;

	/**
	 * Creates the exception.
	 * @param attribute the largest of the attributes that were to be written
	 * @param size how many bytes that has, as it is stored
	 * @param total how many bytes the session's attributes would have together
	 * @param most how many they may have
	 */
	public SessionTooLargeException(String attribute, long size, long total, long most) {
		super(("The session attribute '%s' has %d bytes as it is stored, with which the session would have %d, and "
				+ "rediskit.session.max-size is %d: keep it elsewhere, and what finds it in the session")
			.formatted(attribute, size, total, most));
		this.attribute = attribute;
	}

	/**
	 * The largest of the attributes that were to be written.
	 * @return its name
	 */
	public String attribute() {
		return this.attribute;
	}

}
