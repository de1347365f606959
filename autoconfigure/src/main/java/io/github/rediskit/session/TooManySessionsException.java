package io.github.rediskit.session;

/**
 * A user has all the sessions that he may have, so that he can't log in once more. The
 * session is again what it was before, its id included.
 */
public class TooManySessionsException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final int most;

	/**
	 * Creates the exception.
	 * @param most how many sessions a user may have
	 */
	public TooManySessionsException(int most) {
		super("A user may have %d session%s, and this one has them already. Log out elsewhere, or end one of them"
			.formatted(most, (most == 1) ? "" : "s"));
		this.most = most;
	}

	/**
	 * How many sessions a user may have.
	 * @return the number
	 */
	public int most() {
		return this.most;
	}

}
