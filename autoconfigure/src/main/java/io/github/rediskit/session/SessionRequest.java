package io.github.rediskit.session;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * A request, as far as its session is concerned: who sent it, and what it has just found
 * or saved. Whoever serves a request in one thread binds it to that thread; others hand
 * it on.
 */
public final class SessionRequest {

	/** For so long what is known is not asked for again. */
	private static final long MEMORY_NANOS = TimeUnit.SECONDS.toNanos(1);

	private static final ThreadLocal<@Nullable SessionRequest> CURRENT = new ThreadLocal<>();

	private final Supplier<@Nullable String> userAgent;

	private final Supplier<@Nullable String> address;

	private @Nullable RedisSession session;

	private @Nullable String knownId;

	private @Nullable RedisSession known;

	private long knownAt;

	private @Nullable Place place;

	private @Nullable RedisSession unsaved;

	/**
	 * Creates the request. Both are asked for only if somebody logs in.
	 * @param userAgent the header {@code User-Agent}
	 * @param address the client's address
	 */
	public SessionRequest(Supplier<@Nullable String> userAgent, Supplier<@Nullable String> address) {
		this.userAgent = userAgent;
		this.address = address;
	}

	/**
	 * The request that is bound to this thread.
	 * @return the request, if there is one
	 */
	public static @Nullable SessionRequest current() {
		return CURRENT.get();
	}

	/**
	 * Binds a request to this thread.
	 * @param request the request; {@code null} for none
	 * @return what was bound before, to be bound again afterwards
	 */
	public static @Nullable SessionRequest bind(@Nullable SessionRequest request) {
		SessionRequest before = CURRENT.get();
		if (request != null) {
			CURRENT.set(request);
		}
		else {
			CURRENT.remove();
		}
		return before;
	}

	/**
	 * The session that this request has used last.
	 * @return the session, if it has one
	 */
	public synchronized @Nullable RedisSession session() {
		return this.session;
	}

	/**
	 * The request has failed, and goes on for an error page: a session that could not be
	 * saved, because of what is in it, is not tried again, so that the page can be shown.
	 */
	public synchronized void failed() {
		if (this.unsaved != null) {
			this.unsaved.end();
		}
	}

	/** Something in a session can't be stored. */
	synchronized void canNotSave(RedisSession session) {
		this.unsaved = session;
	}

	@Nullable String userAgent() {
		return this.userAgent.get();
	}

	@Nullable String address() {
		return this.address.get();
	}

	synchronized void has(String principal, String place) {
		this.place = new Place(principal, place);
	}

	/** The place that was taken for a user who logs in by this request. */
	synchronized @Nullable String placeOf(String principal) {
		return (this.place != null && this.place.principal.equals(principal)) ? this.place.handle : null;
	}

	synchronized void uses(RedisSession session) {
		this.session = session;
	}

	/**
	 * Spring Session's filter saves when the response begins and asks for the same id
	 * again when it ends.
	 */
	synchronized void saved(RedisSession session) {
		String id = session.foundId();
		if (id != null) {
			know(id, (session.hasEnded() || !id.equals(session.getId())) ? null : session);
		}
	}

	synchronized void missing(String id) {
		know(id, null);
	}

	private void know(String id, @Nullable RedisSession session) {
		this.knownId = id;
		this.known = session;
		this.knownAt = System.nanoTime();
	}

	synchronized void forget() {
		this.knownId = null;
		this.known = null;
	}

	/** Whether it was known a moment ago what there is under an id. */
	synchronized boolean isKnown(String id) {
		return id.equals(this.knownId) && System.nanoTime() - this.knownAt < MEMORY_NANOS;
	}

	synchronized @Nullable RedisSession known(String id) {
		return id.equals(this.knownId) ? this.known : null;
	}

	private record Place(String principal, String handle) {

	}

}
