package io.github.rediskit.session;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.session.Session;
import org.springframework.session.SessionIdGenerator;

/**
 * A session as one request has it: what was read, and what has changed since. An
 * attribute is stored when it has been set; what changes inside of it later than that is
 * stored only until the next save. Thread-safe, except for what its attributes are.
 */
public final class RedisSession implements Session {

	private final SessionIdGenerator ids;

	private final InstantSource clock;

	private final @Nullable SessionRequest request;

	private final @Nullable String foundId;

	private final Instant created;

	private final Map<String, Object> attributes;

	/** Attributes as they lie in Redis. */
	private final Map<String, byte[]> stored;

	private final Set<String> changed = new LinkedHashSet<>();

	private String id;

	private @Nullable String storedId;

	private @Nullable String storedHandle;

	private @Nullable String storedPrincipal;

	private Instant lastAccessed;

	private Duration maxInactive;

	private boolean maxInactiveChanged;

	private boolean used;

	private long remainingMillis;

	private State state = State.LIVE;

	/** A session that is not stored yet. */
	RedisSession(SessionIdGenerator ids, InstantSource clock, @Nullable SessionRequest request, Duration maxInactive) {
		this(ids, clock, request, ids.generate(), null, clock.instant(), maxInactive);
	}

	private RedisSession(SessionIdGenerator ids, InstantSource clock, @Nullable SessionRequest request, String id,
			@Nullable String foundId, Instant created, Duration maxInactive) {
		this.ids = ids;
		this.clock = clock;
		this.request = request;
		this.foundId = foundId;
		this.id = id;
		this.created = created;
		this.lastAccessed = created;
		this.maxInactive = maxInactive;
		this.attributes = new HashMap<>();
		this.stored = new HashMap<>();
	}

	/** A session that is stored. */
	RedisSession(SessionIdGenerator ids, InstantSource clock, @Nullable SessionRequest request, String id,
			String handle, SessionFields fields, Map<String, Object> attributes) {
		this.ids = ids;
		this.clock = clock;
		this.request = request;
		this.foundId = id;
		this.id = id;
		this.storedId = id;
		this.storedHandle = handle;
		this.storedPrincipal = fields.principal();
		this.created = fields.created();
		this.lastAccessed = fields.lastSeen();
		this.maxInactive = fields.maxInactive();
		this.remainingMillis = fields.remainingMillis();
		this.attributes = new HashMap<>(attributes);
		this.stored = new HashMap<>(fields.attributes());
	}

	/**
	 * One that stands in for a session that can't be read now, and is never stored.
	 */
	static RedisSession standIn(SessionIdGenerator ids, InstantSource clock, @Nullable SessionRequest request,
			String id, Duration maxInactive) {
		RedisSession session = new RedisSession(ids, clock, request, id, id, clock.instant(), maxInactive);
		session.state = State.STAND_IN;
		return session;
	}

	@Override
	public synchronized String getId() {
		return this.id;
	}

	@Override
	public synchronized String changeSessionId() {
		this.id = this.ids.generate();
		return this.id;
	}

	@Override
	@SuppressWarnings({ "unchecked", "TypeParameterUnusedInFormals" }) // as Spring
																		// Session does
	public synchronized <T> @Nullable T getAttribute(String attributeName) {
		return (T) this.attributes.get(attributeName);
	}

	@Override
	public synchronized Set<String> getAttributeNames() {
		return new HashSet<>(this.attributes.keySet());
	}

	@Override
	public synchronized void setAttribute(String attributeName, @Nullable Object attributeValue) {
		if (attributeValue != null) {
			this.attributes.put(attributeName, attributeValue);
		}
		else {
			this.attributes.remove(attributeName);
		}
		this.changed.add(attributeName);
	}

	@Override
	public void removeAttribute(String attributeName) {
		setAttribute(attributeName, null);
	}

	@Override
	public Instant getCreationTime() {
		return this.created;
	}

	@Override
	public synchronized void setLastAccessedTime(Instant lastAccessedTime) {
		this.lastAccessed = lastAccessedTime;
		this.used = true;
	}

	@Override
	public synchronized Instant getLastAccessedTime() {
		return this.lastAccessed;
	}

	@Override
	public synchronized void setMaxInactiveInterval(Duration interval) {
		this.maxInactiveChanged |= !interval.equals(this.maxInactive);
		this.maxInactive = interval;
	}

	@Override
	public synchronized Duration getMaxInactiveInterval() {
		return this.maxInactive;
	}

	/** By this machine's clock; whether it is still there is decided by Redis. */
	@Override
	public synchronized boolean isExpired() {
		return !this.maxInactive.isNegative()
				&& Duration.between(this.lastAccessed, this.clock.instant()).compareTo(this.maxInactive) >= 0;
	}

	@Nullable SessionRequest request() {
		return this.request;
	}

	synchronized @Nullable String storedHandle() {
		return this.storedHandle;
	}

	synchronized @Nullable String storedId() {
		return this.storedId;
	}

	synchronized @Nullable String storedPrincipal() {
		return this.storedPrincipal;
	}

	/** Whether it is stored, or may be. */
	synchronized boolean isLive() {
		return this.state == State.LIVE;
	}

	synchronized boolean hasEnded() {
		return this.state == State.ENDED;
	}

	synchronized void end() {
		this.state = State.ENDED;
	}

	/** The id that it was found by; {@code null} if it is new. */
	@Nullable String foundId() {
		return this.foundId;
	}

	/** What has changed since it was read or saved. */
	synchronized Changes changes() {
		Map<String, @Nullable Object> attributes = new HashMap<>();
		this.changed.forEach((name) -> attributes.put(name, this.attributes.get(name)));
		return new Changes(this.id, attributes, this.maxInactiveChanged, this.used);
	}

	/** All attributes as they are now, and those that were removed. */
	synchronized Map<String, @Nullable Object> allAttributes() {
		Map<String, @Nullable Object> all = new HashMap<>(this.attributes);
		this.changed.forEach((name) -> all.putIfAbsent(name, null));
		return all;
	}

	/** What lies in Redis of the attributes that have changed. */
	synchronized Map<String, byte[]> storedOfChanged() {
		Map<String, byte[]> former = new HashMap<>(this.stored);
		former.keySet().retainAll(this.changed);
		return former;
	}

	/**
	 * Takes back what was changed: its id, too.
	 * @param former the changed attributes as they were
	 */
	synchronized void takeBack(Map<String, Object> former) {
		this.changed.forEach(this.attributes::remove);
		this.attributes.putAll(former);
		this.changed.clear();
		if (this.storedId != null) {
			this.id = this.storedId;
		}
	}

	/** That it was used could not be written: the next use will be. */
	synchronized void forgetUse() {
		this.used = false;
	}

	/** Whether these bytes are what lies in Redis. */
	synchronized boolean isStored(String attribute, byte @Nullable [] bytes) {
		byte[] stored = this.stored.get(attribute);
		return (bytes != null) ? stored != null && Arrays.equals(stored, bytes) : stored == null;
	}

	/**
	 * Refuses what would make it larger than it may be. What makes it smaller is good.
	 * @param changed attributes to be written, {@code null} to be removed
	 * @throws SessionTooLargeException if it would be too large
	 */
	synchronized void checkSize(Map<String, byte @Nullable []> changed, long most) {
		long before = 0;
		for (byte[] bytes : this.stored.values()) {
			before += bytes.length;
		}
		long after = before;
		String largest = null;
		int size = 0;
		for (Map.Entry<String, byte @Nullable []> attribute : changed.entrySet()) {
			byte[] former = this.stored.get(attribute.getKey());
			byte[] bytes = attribute.getValue();
			int length = (bytes != null) ? bytes.length : 0;
			after += length - ((former != null) ? former.length : 0);
			if (length >= size) {
				largest = attribute.getKey();
				size = length;
			}
		}
		if (largest != null && after > most && after > before) {
			throw new SessionTooLargeException(largest, size, after, most);
		}
	}

	synchronized long remainingMillis() {
		return this.remainingMillis;
	}

	/** The changes lie in Redis. What has changed meanwhile does not. */
	synchronized void stored(SessionWrite write, Changes changes, @Nullable String principal) {
		this.storedId = changes.id();
		this.storedHandle = write.handle();
		this.storedPrincipal = principal;
		changes.attributes().forEach((name, value) -> {
			if (this.attributes.get(name) == value) {
				this.changed.remove(name);
			}
		});
		write.attributes().forEach((name, bytes) -> {
			if (bytes != null) {
				this.stored.put(name, bytes);
			}
			else {
				this.stored.remove(name);
			}
		});
		this.maxInactiveChanged = false;
		this.used = false;
		if (write.used()) {
			this.remainingMillis = write.ttlMillis();
		}
	}

	/** Whether it has the same id as another one. */
	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof RedisSession that && getId().equals(that.getId());
	}

	@Override
	public int hashCode() {
		return getId().hashCode();
	}

	/** Without the id, which is a secret. */
	@Override
	public String toString() {
		return "RedisSession" + getAttributeNames();
	}

	/**
	 * What has changed.
	 *
	 * @param id the id that it has now
	 * @param attributes attributes that were set, {@code null} if they were removed
	 * @param maxInactive whether it is to live for longer or shorter
	 * @param used whether it was used
	 */
	record Changes(String id, Map<String, @Nullable Object> attributes, boolean maxInactive, boolean used) {

	}

	private enum State {

		LIVE,

		/** It is not stored any more. */
		ENDED,

		/** It was never stored, and won't be. */
		STAND_IN

	}

}
