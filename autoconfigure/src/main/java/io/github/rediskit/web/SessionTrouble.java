package io.github.rediskit.web;

import io.github.rediskit.session.SessionUnavailableException;
import io.github.rediskit.session.TooManySessionsException;
import org.jspecify.annotations.Nullable;

/**
 * Why a request has no session.
 *
 * @param status the status that it is answered with
 * @param detail what is the matter, without secrets
 * @param retryAfter seconds after which to try again; 0 if there is no use in it
 */
record SessionTrouble(int status, String detail, int retryAfter) {

	private static final int MOST_CAUSES = 10;

	private static final int FORBIDDEN = 403;

	private static final int SERVICE_UNAVAILABLE = 503;

	/**
	 * What an exception means to a client.
	 * @return {@code null} if it has nothing to do with sessions
	 */
	static @Nullable SessionTrouble of(Throwable failure) {
		Throwable cause = failure;
		for (int i = 0; i < MOST_CAUSES && cause != null; i++) {
			if (cause instanceof SessionUnavailableException) {
				return new SessionTrouble(SERVICE_UNAVAILABLE, "The session can't be had at the moment", 1);
			}
			if (cause instanceof TooManySessionsException tooMany) {
				return new SessionTrouble(FORBIDDEN, String.valueOf(tooMany.getMessage()), 0);
			}
			cause = cause.getCause();
		}
		return null;
	}

}
