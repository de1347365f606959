package io.github.rediskit.session;

import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The sessions of users in Redis. A session that is to end is marked in the index of its
 * user first, so that it can't go on under another id, and leaves it after it has ended:
 * what is not in there can't be found to be ended.
 */
public final class RedisUserSessions implements AsyncUserSessions {

	/** Nobody changes his id more often while this is done. */
	private static final int MOST_LOOKS = 5;

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
		return (SessionHandles.isHandle(handle) && Principals.isText(principal))
				? this.sessions.revoke(principal, handle) : CompletableFuture.completedStage(false);
	}

	@Override
	public CompletionStage<Integer> revokeOthers(String principal, String currentSessionId) {
		required(principal);
		return this.sessions.revokeAllBut(principal, current(currentSessionId));
	}

	/** The request that asks may have changed the id and not saved it yet. */
	private Set<String> current(String id) {
		Set<String> handles = new HashSet<>(Set.of(handleOf(id)));
		SessionRequest request = SessionRequest.current();
		RedisSession session = (request != null) ? request.session() : null;
		String stored = (session != null && session.getId().equals(id)) ? session.storedHandle() : null;
		if (stored != null) {
			handles.add(stored);
		}
		return handles;
	}

	@Override
	public CompletionStage<Integer> revokeAll(String principal) {
		required(principal);
		return this.sessions.revokeAllBut(principal, Set.of());
	}

	/** Who asks {@code request.getRemoteUser()} may have nobody. */
	private static void required(String principal) {
		Objects.requireNonNull(principal, "A session is revoked for its user, and there is none");
	}

	@Override
	public CompletionStage<Integer> refresh(String principal, String attribute, Object value) {
		return refresh(new Refresh(principal, attribute, value, Set.of(), 0, MOST_LOOKS));
	}

	/** Whoever has got another id meanwhile is found when looked for again. */
	private CompletionStage<Integer> refresh(Refresh refresh) {
		return this.sessions.handlesOf(refresh.principal).thenCompose((handles) -> {
			List<String> found = handles.stream().filter((handle) -> !refresh.seen.contains(handle)).toList();
			if (found.isEmpty() || refresh.looks == 0) {
				return CompletableFuture.completedStage(refresh.count);
			}
			return Waves
				.over(found, (handle) -> this.sessions.set(handle, refresh.principal, refresh.attribute, refresh.value))
				.thenCompose((done) -> refresh(refresh.after(found, Collections.frequency(done, true))));
		});
	}

	@Override
	public String handleOf(String sessionId) {
		return this.sessions.handles().of(sessionId);
	}

	/**
	 * An attribute that is given to sessions.
	 *
	 * @param principal whose sessions
	 * @param attribute the attribute's name
	 * @param value its value
	 * @param seen those that have been asked to take it
	 * @param count how many have taken it
	 * @param looks how often to look for more
	 */
	private record Refresh(String principal, String attribute, Object value, Set<String> seen, int count, int looks) {

		Refresh after(List<String> found, int done) {
			Set<String> all = new HashSet<>(this.seen);
			all.addAll(found);
			return new Refresh(this.principal, this.attribute, this.value, all, this.count + done, this.looks - 1);
		}

	}

}
