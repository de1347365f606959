package io.github.rediskit.session;

/**
 * Places of users who may have so many sessions and no more, taken while they log in: who
 * has none left is refused before anything has changed. A place that no session takes is
 * free again after a few seconds.
 */
public final class SessionPlaces {

	private final Sessions sessions;

	/**
	 * Creates the places.
	 * @param sessions what requests use
	 */
	public SessionPlaces(Sessions sessions) {
		this.sessions = sessions;
	}

	/**
	 * Takes a place for the session that the request of this thread saves next. Nothing
	 * happens if there is no request, or its session is the user's already.
	 * @param principal the user's name
	 * @throws TooManySessionsException if he has all the sessions that he may have
	 * @throws SessionUnavailableException if Redis did not answer
	 */
	public void take(String principal) {
		SessionRequest request = SessionRequest.current();
		if (request != null) {
			String place = Joined.of(this.sessions.reserve(principal, request));
			if (place != null) {
				request.has(principal, place);
			}
		}
	}

}
