package io.github.rediskit.session;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.session.FindByIndexNameSessionRepository;

/**
 * The sessions for Spring Session's servlet filter. Sessions that are found by their user
 * have a reference for an id, which is good in this process alone; only the session of
 * the request itself has its own.
 */
public final class ServletSessions implements FindByIndexNameSessionRepository<RedisSession> {

	private final Sessions sessions;

	/**
	 * Creates the repository.
	 * @param sessions what does the work
	 */
	public ServletSessions(Sessions sessions) {
		this.sessions = sessions;
	}

	@Override
	public RedisSession createSession() {
		return this.sessions.create(SessionRequest.current());
	}

	/**
	 * Saves what has changed. If the session has ended meanwhile, nothing is saved, and
	 * nobody is told.
	 * @throws TooManySessionsException if its user has all the sessions that he may have
	 * @throws SessionUnavailableException if Redis did not answer
	 */
	@Override
	public void save(RedisSession session) {
		Joined.of(this.sessions.save(session));
		SessionRequest request = session.request();
		if (request != null) {
			request.saved(session);
		}
	}

	@Override
	public @Nullable RedisSession findById(String id) {
		SessionRequest request = SessionRequest.current();
		if (request != null && request.isKnown(id)) {
			return request.known(id);
		}
		RedisSession session = this.sessions.open(Joined.of(this.sessions.look(id)), request);
		if (request != null && session == null) {
			request.missing(id);
		}
		return session;
	}

	/**
	 * Ends a session.
	 * @throws SessionUnavailableException if Redis did not answer
	 */
	@Override
	public void deleteById(String id) {
		SessionRequest request = SessionRequest.current();
		if (request != null) {
			request.forget();
		}
		Joined.of(this.sessions.delete(id));
	}

	@Override
	public Map<String, RedisSession> findByIndexNameAndIndexValue(String indexName, String indexValue) {
		if (!Principals.isIndex(indexName)) {
			return Map.of();
		}
		return this.sessions.open(Joined.of(this.sessions.lookFor(indexValue)), indexValue, SessionRequest.current());
	}

}
