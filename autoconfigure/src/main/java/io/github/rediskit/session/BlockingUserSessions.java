package io.github.rediskit.session;

import java.util.List;

/**
 * The {@link UserSessions} for those who may block.
 */
public final class BlockingUserSessions implements UserSessions {

	private final AsyncUserSessions sessions;

	/**
	 * Creates the sessions.
	 * @param sessions what does the work
	 */
	public BlockingUserSessions(AsyncUserSessions sessions) {
		this.sessions = sessions;
	}

	@Override
	public List<UserSession> of(String principal) {
		return Joined.of(this.sessions.of(principal));
	}

	@Override
	public boolean revoke(String principal, String handle) {
		return Joined.of(this.sessions.revoke(principal, handle));
	}

	@Override
	public int revokeOthers(String principal, String currentSessionId) {
		return Joined.of(this.sessions.revokeOthers(principal, currentSessionId));
	}

	@Override
	public int revokeAll(String principal) {
		return Joined.of(this.sessions.revokeAll(principal));
	}

	@Override
	public int refresh(String principal, String attribute, Object value) {
		return Joined.of(this.sessions.refresh(principal, attribute, value));
	}

	@Override
	public String handleOf(String sessionId) {
		return this.sessions.handleOf(sessionId);
	}

}
