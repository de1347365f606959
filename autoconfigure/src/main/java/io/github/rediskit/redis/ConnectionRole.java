package io.github.rediskit.redis;

/**
 * What a connection is used for. Each role has a property that names its connection, so
 * that a large cached value can't delay a lock and a blocking read can't delay anything.
 */
public enum ConnectionRole {

	/** Cache entries. */
	CACHE("rediskit.cache.connection"),

	/** Rate limit decisions. */
	RATE_LIMIT("rediskit.rate-limit.connection"),

	/** Locks, semaphores and leader election. */
	LOCK("rediskit.lock.connection"),

	/** HTTP sessions. */
	SESSION("rediskit.session.connection"),

	/** Pub/sub, streams and queues. */
	MESSAGING("rediskit.messaging.connection"),

	/** Leaderboards and heartbeats. */
	STRUCTURES("rediskit.structures.connection");

	private final String property;

	ConnectionRole(String property) {
		this.property = property;
	}

	/**
	 * Return the property that names the connection of this role.
	 * @return the name of the property
	 */
	public String property() {
		return this.property;
	}

}
