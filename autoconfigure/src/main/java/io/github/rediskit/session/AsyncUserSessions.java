package io.github.rediskit.session;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * The sessions of users, for those who may not block. It is {@link UserSessions} in all
 * else.
 */
public interface AsyncUserSessions {

	/**
	 * The sessions in which a user is logged in.
	 * @param principal the user's name, as {@code Authentication.getName()} has it
	 * @return his sessions, in the order of his log-ins
	 */
	CompletionStage<List<UserSession>> of(String principal);

	/**
	 * Ends a session of a user.
	 * @param principal the user's name
	 * @param handle which of his sessions
	 * @return whether it was there, and his
	 */
	CompletionStage<Boolean> revoke(String principal, String handle);

	/**
	 * Ends all sessions of a user but one.
	 * @param principal the user's name
	 * @param currentSessionId the id of the one to keep
	 * @return how many ended
	 */
	CompletionStage<Integer> revokeOthers(String principal, String currentSessionId);

	/**
	 * Ends all sessions of a user.
	 * @param principal the user's name
	 * @return how many ended
	 */
	CompletionStage<Integer> revokeAll(String principal);

	/**
	 * Gives an attribute of all sessions of a user a new value.
	 * @param principal the user's name
	 * @param attribute the attribute's name
	 * @param value the value
	 * @return in how many sessions
	 */
	CompletionStage<Integer> refresh(String principal, String attribute, Object value);

	/**
	 * The handle of a session, to find the current one in a list.
	 * @param sessionId the session's id
	 * @return its handle
	 */
	String handleOf(String sessionId);

}
