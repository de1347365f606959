package io.github.rediskit.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * One named Redis connection. With an endpoint (url, host, sentinel, cluster or
 * masterreplica) it has its own credentials and TLS; without one it goes where the
 * connection "default" goes, in the same way.
 *
 * @param url URL of the server, such as redis://user:password@host:6379/0, or rediss://
 * for TLS.
 * @param host Host name of the server.
 * @param port Port of the server, 6379 by default.
 * @param username Login name of an ACL user.
 * @param password Login password.
 * @param database Index of the database.
 * @param clientName Name the connection gives itself with CLIENT SETNAME.
 * @param timeout How long a command may take. By default "spring.data.redis.timeout",
 * else 500ms.
 * @param connectTimeout How long connecting may take. By default
 * "spring.data.redis.connect-timeout", else 1s.
 * @param sentinel Master watched by Sentinel.
 * @param cluster Redis Cluster.
 * @param masterreplica Master and replicas at fixed addresses.
 * @param ssl TLS.
 * @param readFrom Nodes that Spring Data reads from, such as replica-preferred. Features
 * that decide by what they read always read from the master.
 * @param pool Pool for blocking commands, transactions and pipelines; all other commands
 * share one connection.
 * @param requestQueueSize Most commands that may wait for an answer at one time; more are
 * refused.
 */
record ConnectionProperties(@Nullable String url, @Nullable String host, @Nullable Integer port,
		@Nullable String username, @Nullable String password, @Nullable Integer database, @Nullable String clientName,
		@Nullable Duration timeout, @Nullable Duration connectTimeout, @Nullable Sentinel sentinel,
		@Nullable Cluster cluster, @Nullable Masterreplica masterreplica, @Nullable Ssl ssl, @Nullable String readFrom,
		@Nullable Pool pool, @DefaultValue("" + DEFAULT_REQUEST_QUEUE_SIZE) int requestQueueSize) {

	private static final int DEFAULT_REQUEST_QUEUE_SIZE = 10_000;

	static final ConnectionProperties NONE = new ConnectionProperties(null, null, null, null, null, null, null, null,
			null, null, null, null, null, null, null, DEFAULT_REQUEST_QUEUE_SIZE);

	/**
	 * Read a connection without any property: {@code work: {}} in YAML arrives as an
	 * empty text.
	 * @param text the text
	 * @return a connection to the same server as "default"
	 */
	public static ConnectionProperties valueOf(String text) {
		if (!text.isBlank()) {
			throw new IllegalArgumentException("a connection has properties of its own, such as url");
		}
		return NONE;
	}

	/**
	 * Return the properties that name an endpoint; there should be one at most.
	 * @return their names
	 */
	List<String> endpoints() {
		Map<String, Optional<?>> candidates = new LinkedHashMap<>();
		candidates.put("url", Optional.ofNullable(this.url));
		candidates.put("host", Optional.ofNullable(this.host));
		candidates.put("sentinel", Optional.ofNullable(this.sentinel));
		candidates.put("cluster", Optional.ofNullable(this.cluster));
		candidates.put("masterreplica", Optional.ofNullable(this.masterreplica));
		candidates.values().removeIf(Optional::isEmpty);
		return List.copyOf(candidates.keySet());
	}

	boolean hasEndpoint() {
		return !endpoints().isEmpty();
	}

	/**
	 * Master watched by Sentinel.
	 *
	 * @param master Name of the master.
	 * @param nodes Addresses of the sentinels, as host:port.
	 * @param username Login name for the sentinels themselves.
	 * @param password Login password for the sentinels themselves.
	 */
	record Sentinel(@Nullable String master, @DefaultValue List<String> nodes, @Nullable String username,
			@Nullable String password) {

	}

	/**
	 * Redis Cluster.
	 *
	 * @param nodes Addresses of some nodes, as host:port; the others are found.
	 * @param maxRedirects How often a command follows a slot that has moved.
	 */
	record Cluster(@DefaultValue List<String> nodes, @Nullable Integer maxRedirects) {

	}

	/**
	 * Master and replicas at fixed addresses.
	 *
	 * @param nodes Addresses of all nodes, as host:port.
	 */
	record Masterreplica(@DefaultValue List<String> nodes) {

	}

	/**
	 * TLS.
	 *
	 * @param enabled Whether TLS is used. On when a bundle is named.
	 * @param bundle Name of an SSL bundle, from "spring.ssl.bundle".
	 */
	record Ssl(@Nullable Boolean enabled, @Nullable String bundle) {

		boolean isOn() {
			return (this.enabled != null) ? this.enabled : this.bundle != null;
		}

	}

	/**
	 * Pool of dedicated connections.
	 *
	 * @param enabled Whether there is a pool. On when any property of the pool is set.
	 * @param maxActive Most connections at one time.
	 * @param maxIdle Most idle connections that are kept.
	 * @param minIdle Idle connections that are kept ready.
	 * @param maxWait How long a caller may wait for a connection.
	 * @param timeBetweenEvictionRuns Time between two looks for idle connections to
	 * close.
	 */
	record Pool(@DefaultValue("true") boolean enabled, @DefaultValue("8") int maxActive, @DefaultValue("8") int maxIdle,
			@DefaultValue("0") int minIdle, @DefaultValue("500ms") Duration maxWait,
			@Nullable Duration timeBetweenEvictionRuns) {

		/**
		 * Read a pool without any property: {@code pool: {}} in YAML arrives as an empty
		 * text.
		 * @param text the text
		 * @return a pool with the default settings
		 */
		public static Pool valueOf(String text) {
			if (!text.isBlank()) {
				throw new IllegalArgumentException("a pool has properties of its own, such as max-active");
			}
			return new Pool(true, 8, 8, 0, Duration.ofMillis(500), null);
		}

	}

}
