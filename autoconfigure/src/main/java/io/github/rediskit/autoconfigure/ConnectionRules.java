package io.github.rediskit.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import io.github.rediskit.redis.RedisConnections;
import io.github.rediskit.setting.InvalidSettingException;
import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * What the properties of a connection must not say, because it would be ignored, endless
 * or ambiguous.
 */
final class ConnectionRules {

	/** What namespace, environment and connections may be called. */
	static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,80}");

	private final String prefix;

	private final ConnectionProperties connection;

	private ConnectionRules(String name, ConnectionProperties connection) {
		this.prefix = "rediskit.connections." + name;
		this.connection = connection;
	}

	static void check(Map<String, ConnectionProperties> connections) {
		connections.forEach((name, connection) -> {
			ConnectionRules rules = new ConnectionRules(name, connection);
			rules.checkName(name);
			rules.checkEndpoint(name);
			rules.checkNodes();
			rules.checkBounds();
		});
	}

	private void checkName(String name) {
		if (!NAME.matcher(name).matches()) {
			throw new InvalidSettingException(this.prefix, "can't be the name of a connection",
					"Use at most 80 letters, digits, dots, dashes and underscores.");
		}
	}

	private void checkEndpoint(String name) {
		List<String> endpoints = this.connection.endpoints();
		if (RedisConnections.DEFAULT.equals(name) && !endpoints.isEmpty()) {
			throw invalid(endpoints.get(0), "can't be set, because the connection 'default' is Spring Boot's own",
					"Write spring.data.redis." + endpoints.get(0) + " instead, or give the connection another name.");
		}
		if (endpoints.size() > 1) {
			throw invalid(endpoints.get(1), "contradicts " + this.prefix + "." + endpoints.get(0),
					"Keep one of them: url, host, sentinel, cluster or masterreplica.");
		}
		if (endpoints.isEmpty()) {
			String advice = RedisConnections.DEFAULT.equals(name)
					? "Write it under spring.data.redis instead; the connection 'default' is Spring Boot's own."
					: "Add url, host, sentinel, cluster or masterreplica, or remove it: "
							+ "endpoint, credentials and TLS are inherited together or not at all.";
			refuse("port", this.connection.port(), "needs an endpoint", advice);
			refuse("username", this.connection.username(), "needs an endpoint", advice);
			refuse("password", this.connection.password(), "needs an endpoint", advice);
			refuse("ssl", this.connection.ssl(), "needs an endpoint", advice);
		}
		else if (this.connection.host() == null) {
			refuse("port", this.connection.port(), "contradicts " + this.prefix + "." + endpoints.get(0),
					"It belongs to host; remove it.");
		}
		String url = this.connection.url();
		if (url != null) {
			checkUrl(RedisUrl.parse(this.prefix + ".url", url));
		}
		if (this.connection.cluster() != null) {
			refuse("database", this.connection.database(), "contradicts " + this.prefix + ".cluster",
					"A cluster has one database only; remove it.");
		}
	}

	private void checkUrl(RedisUrl url) {
		String contradicts = "contradicts " + this.prefix + ".url";
		refuse("database", this.connection.database(), contradicts,
				"Write it at the end of the URL: redis://host:6379/1.");
		if (url.password() != null) {
			refuse("username", this.connection.username(), contradicts, "Keep the login at one of the two places.");
			refuse("password", this.connection.password(), contradicts, "Keep the login at one of the two places.");
		}
		ConnectionProperties.Ssl ssl = this.connection.ssl();
		if (url.tls() && ssl != null && !ssl.isOn()) {
			throw invalid("ssl.enabled", contradicts,
					"For a connection without TLS write redis:// instead of rediss://.");
		}
	}

	private void checkNodes() {
		ConnectionProperties.Sentinel sentinel = this.connection.sentinel();
		if (sentinel != null) {
			checkNodes("sentinel.nodes", sentinel.nodes());
			if (!StringUtils.hasText(sentinel.master())) {
				throw invalid("sentinel.master", "is missing", "Write the name that the sentinels know the master by.");
			}
		}
		if (this.connection.cluster() != null) {
			checkNodes("cluster.nodes", this.connection.cluster().nodes());
		}
		if (this.connection.masterreplica() != null) {
			checkNodes("masterreplica.nodes", this.connection.masterreplica().nodes());
		}
	}

	private void checkNodes(String property, List<String> nodes) {
		if (nodes.isEmpty()) {
			throw invalid(property, "is empty", "Write at least one address, as host:port.");
		}
		nodes.forEach((node) -> NamedConnectionDetails.node(this.prefix + "." + property, node));
	}

	private void checkBounds() {
		checkPositive("timeout", this.connection.timeout());
		checkPositive("connect-timeout", this.connection.connectTimeout());
		if (this.connection.requestQueueSize() < 1) {
			throw invalid("request-queue-size", "must be at least 1", "Leave it out for 10000.");
		}
		Integer database = this.connection.database();
		if (database != null && database < 0) {
			throw invalid("database", "must not be negative", "Leave it out for 0.");
		}
		ConnectionProperties.Pool pool = this.connection.pool();
		if (pool != null && pool.maxActive() < 1) {
			throw invalid("pool.max-active", "must be at least 1", "A pool is always bounded; leave it out for 8.");
		}
		if (pool != null && pool.maxWait().isNegative()) {
			throw invalid("pool.max-wait", "is negative, which would be an endless wait",
					"Write a duration such as 500ms; 0 means not to wait.");
		}
	}

	private void checkPositive(String property, @Nullable Duration duration) {
		if (duration != null && (duration.isZero() || duration.isNegative())) {
			throw invalid(property, "must be more than 0", "Write a duration such as 500ms; there is no endless one.");
		}
	}

	private void refuse(String property, @Nullable Object value, String problem, String advice) {
		if (value != null) {
			throw invalid(property, problem, advice);
		}
	}

	private InvalidSettingException invalid(String property, String problem, String advice) {
		return new InvalidSettingException(this.prefix + "." + property, problem, advice);
	}

}
