package io.github.rediskit.autoconfigure;

import java.util.List;
import java.util.Objects;

import io.github.rediskit.setting.InvalidSettingException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/**
 * The endpoint of a named connection, seen as Spring Boot sees its own. It is no bean:
 * Boot can have only one.
 */
final class NamedConnectionDetails implements DataRedisConnectionDetails {

	private static final int DEFAULT_PORT = 6379;

	private final String prefix;

	private final ConnectionProperties connection;

	private final @Nullable RedisUrl url;

	private final @Nullable SslBundles sslBundles;

	NamedConnectionDetails(String name, ConnectionProperties connection, @Nullable SslBundles sslBundles) {
		this.prefix = "rediskit.connections." + name;
		this.connection = connection;
		this.url = (connection.url() != null) ? RedisUrl.parse(this.prefix + ".url", connection.url()) : null;
		this.sslBundles = sslBundles;
	}

	@Override
	public @Nullable String getUsername() {
		return (this.url != null && this.url.password() != null) ? this.url.username() : this.connection.username();
	}

	@Override
	public @Nullable String getPassword() {
		return (this.url != null && this.url.password() != null) ? this.url.password() : this.connection.password();
	}

	@Override
	public @Nullable SslBundle getSslBundle() {
		ConnectionProperties.Ssl ssl = this.connection.ssl();
		if (ssl == null || !ssl.isOn()) {
			return (this.url != null && this.url.tls()) ? SslBundle.systemDefault() : null;
		}
		return (ssl.bundle() != null) ? bundle(ssl.bundle()) : SslBundle.systemDefault();
	}

	private SslBundle bundle(String bundle) {
		List<String> known = (this.sslBundles != null) ? this.sslBundles.getBundleNames() : List.of();
		if (this.sslBundles == null || !known.contains(bundle)) {
			throw new InvalidSettingException(this.prefix + ".ssl.bundle",
					"names the SSL bundle '" + bundle + "', which does not exist",
					"Declare it under spring.ssl.bundle. There are: " + known + ".");
		}
		return this.sslBundles.getBundle(bundle);
	}

	@Override
	public @Nullable Standalone getStandalone() {
		if (this.url != null) {
			return Standalone.of(this.url.host(), this.url.port(), this.url.database());
		}
		Integer port = this.connection.port();
		return (this.connection.host() == null) ? null
				: Standalone.of(this.connection.host(), (port != null) ? port : DEFAULT_PORT, database());
	}

	@Override
	public @Nullable Sentinel getSentinel() {
		ConnectionProperties.Sentinel sentinel = this.connection.sentinel();
		return (sentinel != null) ? new NamedSentinel(database(), Objects.requireNonNull(sentinel.master()),
				nodes("sentinel", sentinel.nodes()), sentinel.username(), sentinel.password()) : null;
	}

	@Override
	public @Nullable Cluster getCluster() {
		ConnectionProperties.Cluster cluster = this.connection.cluster();
		return (cluster != null) ? () -> nodes("cluster", cluster.nodes()) : null;
	}

	@Override
	public @Nullable MasterReplica getMasterReplica() {
		ConnectionProperties.Masterreplica replicated = this.connection.masterreplica();
		return (replicated != null) ? () -> nodes("masterreplica", replicated.nodes()) : null;
	}

	private int database() {
		return Objects.requireNonNullElse(this.connection.database(), 0);
	}

	private List<Node> nodes(String topology, List<String> nodes) {
		return nodes.stream().map((node) -> node(this.prefix + "." + topology + ".nodes", node)).toList();
	}

	static Node node(String property, String node) {
		String address = node.strip();
		int colon = address.lastIndexOf(':');
		try {
			if (colon > 0) {
				String host = address.substring(0, colon).replaceAll("^\\[|]$", "");
				return new Node(host, Integer.parseUnsignedInt(address.substring(colon + 1)));
			}
		}
		catch (NumberFormatException ex) {
			// is not an address either
		}
		throw new InvalidSettingException(property, "holds '" + RedisUrl.masked(address) + "', which is not an address",
				"Write host:port, such as redis-1:6379.");
	}

	private record NamedSentinel(int database, String master, List<Node> nodes, @Nullable String username,
			@Nullable String password) implements Sentinel {

		@Override
		public int getDatabase() {
			return this.database;
		}

		@Override
		public String getMaster() {
			return this.master;
		}

		@Override
		public List<Node> getNodes() {
			return this.nodes;
		}

		@Override
		public @Nullable String getUsername() {
			return this.username;
		}

		@Override
		public @Nullable String getPassword() {
			return this.password;
		}

	}

}
