package io.github.rediskit.session;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;

import io.github.rediskit.session.SessionListener.EndReason;

/**
 * The sessions of users in Redis. A session ends before it leaves the index of its user:
 * what is not in there can't be found to be ended, so that nothing else may be forgotten
 * there.
 */
public final class RedisUserSessions implements AsyncUserSessions {

	private final Sessions sessions;

	/**
	 * Creates the sessions.
	 * @param sessions what requests use
	 */
	public RedisUserSessions(Sessions sessions) {
		this.sessions = sessions;
	}

	@Override
	public CompletionStage<List<UserSession>> of(String principal) {
		return this.sessions.store()
			.census(principal)
			.thenApply(SessionStore.Census::sessions)
			.exceptionally((failure) -> {
				throw this.sessions.unavailable("The sessions of a user could not be read", failure);
			});
	}

	@Override
	public CompletionStage<Boolean> revoke(String principal, String handle) {
		required(principal);
		return SessionHandles.isHandle(handle) ? this.sessions.end(handle, principal, EndReason.REVOKED)
				: CompletableFuture.completedStage(false);
	}

	@Override
	public CompletionStage<Integer> revokeOthers(String principal, String currentSessionId) {
		String current = handleOf(currentSessionId);
		return revoke(principal, (handle) -> !handle.equals(current));
	}

	@Override
	public CompletionStage<Integer> revokeAll(String principal) {
		return revoke(principal, (handle) -> true);
	}

	/** Who asks {@code request.getRemoteUser()} may have nobody. */
	private static void required(String principal) {
		Objects.requireNonNull(principal, "A session is revoked for its user, and there is none");
	}

	private CompletionStage<Integer> revoke(String principal, Predicate<String> which) {
		required(principal);
		return forEach(principal, which, (handle) -> this.sessions.end(handle, principal, EndReason.REVOKED));
	}

	@Override
	public CompletionStage<Integer> refresh(String principal, String attribute, Object value) {
		return forEach(principal, (handle) -> true, (handle) -> this.sessions.set(handle, principal, attribute, value));
	}

	@Override
	public String handleOf(String sessionId) {
		return this.sessions.handles().of(sessionId);
	}

	private CompletionStage<Integer> forEach(String principal, Predicate<String> which,
			Function<String, CompletionStage<Boolean>> action) {
		return this.sessions.handlesOf(principal).thenCompose((handles) -> {
			CompletionStage<Integer> count = CompletableFuture.completedStage(0);
			for (String handle : handles) {
				if (which.test(handle)) {
					count = count.thenCombine(action.apply(handle), (sum, done) -> done ? sum + 1 : sum);
				}
			}
			return count;
		});
	}

}
