package io.github.rediskit.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import io.github.rediskit.codec.AttributeCodec;
import io.github.rediskit.codec.CodecException;
import io.github.rediskit.key.KeySpace;
import io.github.rediskit.script.RedisGateway;
import io.github.rediskit.session.RedisSession.Changes;
import io.github.rediskit.session.SessionListener.EndReason;
import io.github.rediskit.session.SessionListener.ReadOutcome;
import io.github.rediskit.session.SessionListener.SaveOutcome;
import io.github.rediskit.session.SessionListener.UnreadableReason;
import io.github.rediskit.session.SessionSettings.OnFailure;
import io.github.rediskit.session.SessionStore.Found;
import io.github.rediskit.session.SessionStore.Outcome;
import io.github.rediskit.session.SessionStore.Removed;
import io.github.rediskit.session.SessionStore.Saved;
import io.github.rediskit.session.SessionWrite.Entry;
import org.jspecify.annotations.Nullable;

/**
 * Sessions in Redis, for whoever serves requests: {@link ServletSessions} and
 * {@link ReactiveSessions} are its doors. One read at the beginning of a request, one
 * script at its end, and none if there is nothing to write.
 *
 * <p>
 * A use is written only when the session has lived for long enough since the last one, so
 * it is given some more time than it may be idle: it never ends too early, and up to a
 * twentieth of its timeout, a minute at most, too late.
 */
public final class Sessions {

	private static final int SLACK = 20;

	private static final Duration LONGEST_SLACK = Duration.ofMinutes(1);

	private final SessionStore store;

	private final AttributeCodec codec;

	private final SessionSettings settings;

	private final SessionSources sources;

	private final SessionHandles handles;

	private final Principals principals = new Principals();

	private final SessionListener listener;

	private final Devices devices;

	/**
	 * Creates the sessions.
	 * @param redis the connection that they use
	 * @param keys where they lie
	 * @param codec what attributes become
	 * @param settings what holds for them
	 * @param sources ids, times and chance
	 * @param devices describes what users log in with
	 * @param listeners are told what happens
	 */
	public Sessions(RedisGateway redis, KeySpace keys, AttributeCodec codec, SessionSettings settings,
			SessionSources sources, DeviceParser devices, List<SessionListener> listeners) {
		this.store = new SessionStore(redis, keys, settings);
		this.codec = codec;
		this.settings = settings;
		this.sources = sources;
		this.handles = new SessionHandles(sources.secret());
		this.listener = new SessionListeners(listeners);
		this.devices = new Devices(devices);
	}

	SessionStore store() {
		return this.store;
	}

	SessionHandles handles() {
		return this.handles;
	}

	/** A session that is not stored before it is saved. */
	RedisSession create(@Nullable SessionRequest request) {
		RedisSession session = new RedisSession(this.sources.ids(), this.sources.clock(), request,
				this.settings.timeout());
		return usedBy(request, session);
	}

	private static RedisSession usedBy(@Nullable SessionRequest request, RedisSession session) {
		if (request != null) {
			request.uses(session);
		}
		return session;
	}

	/** Looks for a session. What is found is made a session by {@link #open}. */
	CompletionStage<Looked> look(String id) {
		long start = System.nanoTime();
		String handle = this.handles.of(id);
		return this.store.read(handle).handle((found, failure) -> new Looked(id, handle, found, failure, start));
	}

	/**
	 * What was found, in the thread of whoever wants it.
	 * @throws SessionUnavailableException if Redis did not answer and requests are to
	 * fail then
	 */
	@Nullable RedisSession open(Looked looked, @Nullable SessionRequest request) {
		Found found = looked.found();
		if (found == null) {
			read(ReadOutcome.FAILED, looked);
			RuntimeException failure = unavailable("A session could not be read", looked.failure());
			if (this.settings.onFailure() == OnFailure.FAIL) {
				throw failure;
			}
			return usedBy(request, RedisSession.standIn(this.sources.ids(), this.sources.clock(), request, looked.id(),
					this.settings.timeout()));
		}
		if (!found.present()) {
			read(ReadOutcome.ABSENT, looked);
			return null;
		}
		SessionFields fields = found.fields();
		try {
			if (fields == null) {
				throw found.head().isEmpty()
						? new NoSession(UnreadableReason.WRONG_TYPE, "The key holds no hash", null, Map.of())
						: new NoSession(UnreadableReason.FORMAT, "The hash is no session of this format", null,
								found.head());
			}
			RedisSession session = new RedisSession(this.sources.ids(), this.sources.clock(), request, looked.id(),
					looked.handle(), fields, decoded(looked.handle(), fields));
			read(ReadOutcome.FOUND, looked);
			return usedBy(request, session);
		}
		catch (NoSession ex) {
			read(ReadOutcome.UNREADABLE, looked);
			this.listener.unreadable(ex.reason, ex);
			clear(looked.handle(), fields, ex.evidence);
			return null;
		}
	}

	private void read(ReadOutcome outcome, Looked looked) {
		this.listener.read(outcome, Duration.ofNanos(System.nanoTime() - looked.start()));
	}

	private Map<String, Object> decoded(String handle, SessionFields fields) {
		Map<String, Object> attributes = new HashMap<>();
		byte[] place = this.store.place(handle);
		fields.attributes().forEach((name, bytes) -> {
			try {
				attributes.put(name, this.codec.decode(place, name, bytes));
			}
			catch (CodecException ex) {
				throw new NoSession(UnreadableReason.ATTRIBUTE, "The attribute '%s' can't be read".formatted(name), ex,
						Map.of(SessionFields.attributeField(name), bytes));
			}
		});
		return attributes;
	}

	/**
	 * Nobody waits for what was no session to be gone. What another instance has made a
	 * session again meanwhile stays.
	 */
	private void clear(String handle, @Nullable SessionFields fields, Map<String, byte @Nullable []> evidence) {
		if (evidence.isEmpty()) {
			return; // the read has removed it
		}
		String principal = (fields != null) ? fields.principal() : null;
		this.store.removeUnchanged(handle, evidence)
			.thenCompose((removed) -> leave(principal, handle, removed))
			.exceptionally((failure) -> {
				this.listener.failed(Joined.unwrapped(failure));
				return Removed.NOTHING;
			});
	}

	/**
	 * Saves what has changed, unless the session has ended meanwhile.
	 * @return completed when it is saved, or nothing is to be; failed with a
	 * {@link TooManySessionsException} or a {@link SessionUnavailableException}
	 * @throws CodecException if an attribute can't be stored
	 * @throws SessionTooLargeException if it would be larger than it may be
	 */
	CompletionStage<@Nullable Void> save(RedisSession session) {
		if (!session.isLive()) {
			return done();
		}
		if (session.getMaxInactiveInterval().isZero()) {
			session.end();
			String handle = session.storedHandle();
			return (handle != null) ? invalidate(handle, session.storedId()) : done();
		}
		long start = System.nanoTime();
		Changes changes = session.changes();
		String principal;
		SessionWrite write;
		try {
			principal = principal(session, changes);
			write = write(session, changes, principal);
		}
		catch (RuntimeException ex) {
			SessionRequest request = session.request();
			if (request != null) {
				request.canNotSave(session);
			}
			throw ex;
		}
		if (write == null) {
			this.listener.saved(SaveOutcome.UNCHANGED, Duration.ofNanos(System.nanoTime() - start));
			return done();
		}
		String former = session.storedPrincipal();
		String formerHandle = session.storedHandle();
		return send(write)
			.thenCompose((saved) -> (saved.outcome() == Outcome.DONE && former != null && !former.equals(principal)
					&& formerHandle != null) ? this.store.leave(former, formerHandle).thenApply((left) -> saved)
							: CompletableFuture.completedStage(saved))
			.thenCompose((saved) -> pushOut(principal, saved))
			.handle((saved, failure) -> {
				SaveOutcome outcome = (saved == null) ? SaveOutcome.FAILED : outcome(saved.outcome());
				this.listener.saved(outcome, Duration.ofNanos(System.nanoTime() - start));
				finish(session, write, changes, principal, outcome, failure);
				return null;
			});
	}

	private static SaveOutcome outcome(Outcome outcome) {
		return switch (outcome) {
			case DONE -> SaveOutcome.WRITTEN;
			case GONE -> SaveOutcome.ENDED;
			case REFUSED -> SaveOutcome.REFUSED;
		};
	}

	private void finish(RedisSession session, SessionWrite write, Changes changes, @Nullable String principal,
			SaveOutcome outcome, @Nullable Throwable failure) {
		switch (outcome) {
			case WRITTEN -> {
				session.stored(write, changes, principal);
				if (write.isNew()) {
					this.listener.created(session);
				}
			}
			case REFUSED -> {
				String handle = session.storedHandle();
				session.takeBack((handle != null) ? readable(handle, session.storedOfChanged()) : Map.of());
				throw refused();
			}
			case FAILED -> {
				RuntimeException unavailable = unavailable("A session could not be saved", failure);
				boolean onlyUsed = changes.attributes().isEmpty() && write.formerHandle() == null && !write.isNew();
				if (onlyUsed) {
					session.forgetUse();
				}
				else {
					session.end();
					if (this.settings.onFailure() == OnFailure.FAIL) {
						throw unavailable;
					}
				}
			}
			default -> session.end();
		}
	}

	/**
	 * What does not exist any more may still have a place: a session that Redis has
	 * evicted. It is found out when somebody is refused for it.
	 */
	private CompletionStage<Saved> send(SessionWrite write) {
		Entry entry = write.entry();
		return (entry != null) ? place(entry.principal(), () -> this.store.save(write)) : this.store.save(write);
	}

	private CompletionStage<Saved> place(String principal, Supplier<CompletionStage<Saved>> attempt) {
		return attempt.get().thenCompose((saved) -> {
			if (saved.outcome() != Outcome.REFUSED) {
				return CompletableFuture.completedStage(saved);
			}
			return this.store.census(principal)
				.thenCompose(
						(census) -> (census.missing() > 0) ? attempt.get() : CompletableFuture.completedStage(saved));
		});
	}

	/**
	 * Takes a place for a user who is about to log in, so that he is refused now and not
	 * when his session is saved.
	 * @return completed with the place, or without one if he needs none; failed with a
	 * {@link TooManySessionsException} or a {@link SessionUnavailableException}
	 */
	CompletionStage<@Nullable String> reserve(String principal, SessionRequest request) {
		RedisSession session = request.session();
		boolean has = session != null && principal.equals(session.storedPrincipal());
		if (has || !this.settings.refuses()) {
			return CompletableFuture.completedStage(null);
		}
		String place = this.handles.of(this.sources.ids().generate());
		return place(principal, () -> this.store.reserve(principal, place)).exceptionally((failure) -> {
			throw unavailable("A log-in could not be counted", failure);
		}).thenApply((saved) -> {
			if (saved.outcome() == Outcome.REFUSED) {
				throw refused();
			}
			return place;
		});
	}

	private TooManySessionsException refused() {
		this.listener.refused();
		return new TooManySessionsException(this.settings.maxPerUser());
	}

	/** Who could not be removed is found out when he is used next. */
	private CompletionStage<Saved> pushOut(@Nullable String principal, Saved saved) {
		if (saved.pushedOut().isEmpty()) {
			return CompletableFuture.completedStage(saved);
		}
		return Waves.over(saved.pushedOut(), (handle) -> pushedOut(principal, handle)).thenApply((all) -> saved);
	}

	private CompletionStage<@Nullable Void> pushedOut(@Nullable String principal, String handle) {
		return this.store.remove(handle, principal)
			.thenCompose((gone) -> leave(principal, handle, gone))
			.handle((gone, failure) -> {
				if (gone != null) {
					ended(handle, this.handles.reference(handle), gone, EndReason.PUSHED_OUT);
				}
				else {
					this.listener.failed(Joined.unwrapped(failure));
				}
				return null;
			});
	}

	/** Who was not there may be about to come back under another id: his mark stays. */
	private CompletionStage<Removed> leave(@Nullable String principal, String handle, Removed gone) {
		return (gone.done() && principal != null) ? this.store.leave(principal, handle).thenApply((left) -> gone)
				: CompletableFuture.completedStage(gone);
	}

	private @Nullable String principal(RedisSession session, Changes changes) {
		return this.principals.isAffected(changes.attributes().keySet()) ? this.principals.of(session)
				: session.storedPrincipal();
	}

	/** What has to be written; {@code null} for nothing. */
	private @Nullable SessionWrite write(RedisSession session, Changes changes, @Nullable String principal) {
		String handle = this.handles.of(changes.id());
		String stored = session.storedHandle();
		boolean isNew = stored == null;
		boolean renamed = stored != null && !stored.equals(handle);
		boolean rewritten = renamed && this.codec.isBound();
		boolean moves = principal != null && !principal.equals(session.storedPrincipal());
		boolean due = changes.used() && session.remainingMillis() < maxInactive(session).toMillis();
		boolean used = isNew || renamed || moves || due || changes.maxInactive();
		Map<String, byte @Nullable []> attributes = encoded(session, handle,
				rewritten ? session.allAttributes() : changes.attributes(), isNew || rewritten);
		session.checkSize(attributes, this.settings.maxSize());
		List<byte[]> set = new ArrayList<>();
		if (isNew) {
			SessionFields.begin(session.getCreationTime(), set);
		}
		if (isNew || changes.maxInactive()) {
			SessionFields.add(SessionFields.MAX_INACTIVE, Long.toString(storable(session).toMillis()), set);
		}
		if (principal != null && moves) {
			SessionFields.add(SessionFields.PRINCIPAL, principal, set);
			SessionFields.add(SessionFields.DEVICE, this.devices.device(session.request()), set);
			SessionFields.add(SessionFields.ADDRESS, this.devices.address(session.request()), set);
		}
		List<byte[]> removed = (principal == null && session.storedPrincipal() != null)
				? SessionFields.names(SessionFields.PRINCIPAL, SessionFields.DEVICE, SessionFields.ADDRESS) : List.of();
		if (!used && attributes.isEmpty() && set.isEmpty() && removed.isEmpty()) {
			return null;
		}
		Entry entry = (principal != null && used)
				? new Entry(principal, moves ? place(session, principal) : renamed ? stored : null, moves) : null;
		return new SessionWrite(handle, renamed ? stored : null, rewritten, isNew, used, ttl(session).toMillis(), entry,
				removed, set, attributes);
	}

	private static @Nullable String place(RedisSession session, String principal) {
		SessionRequest request = session.request();
		return (request != null) ? request.placeOf(principal) : null;
	}

	private Map<String, byte @Nullable []> encoded(RedisSession session, String handle,
			Map<String, @Nullable Object> values, boolean all) {
		byte[] place = this.store.place(handle);
		Map<String, byte @Nullable []> encoded = new LinkedHashMap<>();
		values.forEach((name, value) -> {
			byte[] bytes = (value != null) ? this.codec.encode(place, name, value) : null;
			if (all ? bytes != null : !session.isStored(name, bytes)) {
				encoded.put(name, bytes);
			}
		});
		return encoded;
	}

	private static Duration maxInactive(RedisSession session) {
		Duration interval = session.getMaxInactiveInterval();
		return (interval.isNegative() || interval.compareTo(SessionSettings.LONGEST) > 0) ? SessionSettings.LONGEST
				: interval;
	}

	/** Whoever says how long may say more than there are milliseconds. */
	private static Duration storable(RedisSession session) {
		return session.getMaxInactiveInterval().isNegative() ? Duration.ofSeconds(-1) : maxInactive(session);
	}

	private static Duration ttl(RedisSession session) {
		Duration interval = maxInactive(session);
		Duration slack = interval.dividedBy(SLACK);
		return interval.plus((slack.compareTo(LONGEST_SLACK) < 0) ? slack : LONGEST_SLACK).plusMillis(1);
	}

	/**
	 * Ends a session by its id.
	 * @return completed when it is gone; failed with a
	 * {@link SessionUnavailableException}
	 */
	CompletionStage<@Nullable Void> delete(String id) {
		return invalidate(this.handles.of(id), id);
	}

	/** Who knows the id is told by it that the session has ended. */
	private CompletionStage<@Nullable Void> invalidate(String handle, @Nullable String id) {
		return this.store.remove(handle, null).thenCompose((removed) -> {
			String owner = (removed.fields() != null) ? removed.fields().principal() : null;
			CompletionStage<?> left = (owner != null) ? this.store.leave(owner, handle)
					: CompletableFuture.completedStage(null);
			return left.thenCompose((ignored) -> {
				ended(handle, (id != null) ? id : this.handles.reference(handle), removed, EndReason.INVALIDATED);
				return done();
			});
		}).exceptionally((failure) -> {
			throw unavailable("A session could not be ended", failure);
		});
	}

	/**
	 * Ends a session of a user.
	 * @return whether it was there, and his
	 */
	CompletionStage<Boolean> revoke(String principal, String handle) {
		return revoke(principal, this.store.condemn(principal, handle).thenApply((marked) -> List.of(handle)))
			.thenApply((count) -> count > 0);
	}

	/**
	 * Ends all sessions of a user but some.
	 * @param kept their handles
	 * @return how many ended
	 */
	CompletionStage<Integer> revokeAllBut(String principal, Collection<String> kept) {
		return revoke(principal, this.store.condemnAllBut(principal, kept));
	}

	/**
	 * Who is not there has his mark for as long as he might come back under another id.
	 */
	private CompletionStage<Integer> revoke(String principal, CompletionStage<List<String>> condemned) {
		return condemned.thenCompose((handles) -> Waves.over(handles, (handle) -> revoked(handle, principal)))
			.thenCompose((revoked) -> {
				String[] gone = revoked.stream().filter(Objects::nonNull).toArray(String[]::new);
				return (gone.length == 0) ? CompletableFuture.completedStage(0)
						: this.store.leave(principal, gone).thenApply((left) -> gone.length);
			})
			.exceptionally((failure) -> {
				throw unavailable("A session could not be ended", failure);
			});
	}

	private CompletionStage<@Nullable String> revoked(String handle, String principal) {
		return this.store.remove(handle, principal)
			.thenApply((removed) -> ended(handle, this.handles.reference(handle), removed, EndReason.REVOKED) ? handle
					: null);
	}

	private boolean ended(String handle, String id, Removed removed, EndReason reason) {
		SessionFields fields = removed.fields();
		if (fields != null) {
			RedisSession session = new RedisSession(this.sources.ids(), this.sources.clock(), null, id, handle, fields,
					readable(handle, fields.attributes()));
			session.end();
			this.listener.ended(session, reason);
		}
		return removed.done();
	}

	private Map<String, Object> readable(String handle, Map<String, byte[]> stored) {
		Map<String, Object> attributes = new HashMap<>();
		byte[] place = this.store.place(handle);
		stored.forEach((name, bytes) -> {
			try {
				attributes.put(name, this.codec.decode(place, name, bytes));
			}
			catch (CodecException ex) {
				// the rest is good enough for what this is for
			}
		});
		return attributes;
	}

	/** The handles of a user's sessions, in the order of log-ins. */
	CompletionStage<List<String>> handlesOf(String principal) {
		return this.store.list(principal).exceptionally((failure) -> {
			throw unavailable("The sessions of a user could not be read", failure);
		});
	}

	/**
	 * Sets an attribute of a session of a user.
	 * @return whether it was there, and his
	 */
	CompletionStage<Boolean> set(String handle, String principal, String attribute, Object value) {
		byte[] bytes = this.codec.encode(this.store.place(handle), attribute, value);
		if (bytes.length > this.settings.maxSize()) {
			throw new SessionTooLargeException(attribute, bytes.length, bytes.length, this.settings.maxSize());
		}
		return this.store.set(handle, principal, attribute, bytes).exceptionally((failure) -> {
			throw unavailable("A session could not be changed", failure);
		});
	}

	/** The sessions of a user, with references for ids. */
	CompletionStage<List<Looked>> lookFor(String principal) {
		return handlesOf(principal)
			.thenCompose((handles) -> Waves.over(handles, (handle) -> look(this.handles.reference(handle))));
	}

	/** By their ids; the session of the request itself has its own. */
	Map<String, RedisSession> open(List<Looked> all, String principal, @Nullable SessionRequest request) {
		RedisSession current = (request != null) ? request.session() : null;
		Map<String, RedisSession> sessions = new LinkedHashMap<>();
		for (Looked looked : all) {
			RedisSession session = (current != null && looked.handle().equals(current.storedHandle())) ? current
					: open(looked, null);
			if (session != null && principal.equals(session.storedPrincipal())) {
				sessions.put(session.getId(), session);
			}
		}
		return sessions;
	}

	/** Tells of a failure, and makes it one of sessions. */
	RuntimeException unavailable(String what, @Nullable Throwable failure) {
		Throwable cause = Joined.unwrapped((failure != null) ? failure : new IllegalStateException("No answer"));
		if (cause instanceof SessionUnavailableException known) {
			return known;
		}
		this.listener.failed(cause);
		return new SessionUnavailableException(what + ": " + cause.getMessage(), cause);
	}

	private static CompletionStage<@Nullable Void> done() {
		return CompletableFuture.completedStage(null);
	}

	/**
	 * What was found under an id.
	 *
	 * @param id the id
	 * @param handle its handle
	 * @param found what was found; {@code null} if Redis did not answer
	 * @param failure why it did not
	 * @param start when it was asked, in ns
	 */
	record Looked(String id, String handle, @Nullable Found found, @Nullable Throwable failure, long start) {

	}

	/**
	 * What was found is no session.
	 */
	private static final class NoSession extends RuntimeException {

		private final UnreadableReason reason;

		/** Fields without which it might be one. */
		private final transient Map<String, byte @Nullable []> evidence;

		NoSession(UnreadableReason reason, String message, @Nullable CodecException cause,
				Map<String, byte @Nullable []> evidence) {
			super((cause != null) ? message + ": " + cause.getMessage() : message, cause);
			this.reason = reason;
			this.evidence = evidence;
		}

	}

}
