package io.github.rediskit.session;

import java.util.List;

/**
 * The sessions of users. Each call fails with a {@link SessionUnavailableException} if
 * Redis does not answer, whatever requests do then.
 */
public interface UserSessions {

	/**
	 * The sessions in which a user is logged in.
	 * @param principal the user's name, as {@code Authentication.getName()} has it
	 * @return his sessions, in the order of his log-ins
	 */
	List<UserSession> of(String principal);

	/**
	 * Ends a session of a user.
	 * @param principal the user's name
	 * @param handle which of his sessions
	 * @return whether it was there, and his
	 */
	boolean revoke(String principal, String handle);

	/**
	 * Ends all sessions of a user but one. None of them lives on, not even under an id
	 * that it got meanwhile.
	 * @param principal the user's name
	 * @param currentSessionId the id of the one to keep, as {@code HttpSession.getId()}
	 * has it
	 * @return how many ended
	 */
	int revokeOthers(String principal, String currentSessionId);

	/**
	 * Ends all sessions of a user. None of them lives on, not even under an id that it
	 * got meanwhile.
	 * @param principal the user's name
	 * @return how many ended
	 */
	int revokeAll(String principal);

	/**
	 * Gives an attribute of all sessions of a user a new value, such as a security
	 * context with the roles that he has now. Requests that are under way go on with the
	 * old one.
	 * @param principal the user's name
	 * @param attribute the attribute's name
	 * @param value the value
	 * @return in how many sessions
	 */
	int refresh(String principal, String attribute, Object value);

	/**
	 * The handle of a session, to find the current one in a list.
	 * @param sessionId the session's id, as {@code HttpSession.getId()} has it
	 * @return its handle
	 */
	String handleOf(String sessionId);

}
