package io.github.rediskit.autoconfigure;

import io.github.rediskit.redis.RediskitConnectionFactory;
import io.github.rediskit.setting.InvalidSettingException;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.data.redis.autoconfigure.DataRedisProperties;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.thread.Threading;
import org.springframework.core.env.Environment;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.util.StringUtils;

/**
 * Makes the factory of each connection: where it leads, how it behaves, and the client
 * for both. The beans of {@link ConnectionFactoriesRegistrar} are made here.
 */
final class ConnectionFactories {

	private final RediskitProperties properties;

	private final DataRedisProperties bootProperties;

	private final DataRedisConnectionDetails bootDetails;

	private final ObjectProvider<RedisConfiguration> bootTopology;

	private final ObjectProvider<SslBundles> sslBundles;

	private final BoundedLettuceClient client;

	private final SharedLettuceResources resources;

	private final Environment environment;

	ConnectionFactories(RediskitProperties properties, DataRedisProperties bootProperties,
			DataRedisConnectionDetails bootDetails, ObjectProvider<RedisConfiguration> bootTopology,
			ObjectProvider<SslBundles> sslBundles, BoundedLettuceClient client, SharedLettuceResources resources,
			Environment environment) {
		this.properties = properties;
		this.bootProperties = bootProperties;
		this.bootDetails = bootDetails;
		this.bootTopology = bootTopology;
		this.sslBundles = sslBundles;
		this.client = client;
		this.resources = resources;
		this.environment = environment;
	}

	/**
	 * Make the factory of a connection. Nothing is connected.
	 * @param name the name of the connection
	 * @return the factory
	 */
	RediskitConnectionFactory create(String name) {
		ConnectionProperties connection = this.properties.connections().getOrDefault(name, ConnectionProperties.NONE);
		return connection.hasEndpoint() ? withEndpoint(name, connection) : inheriting(name, connection);
	}

	private RediskitConnectionFactory withEndpoint(String name, ConnectionProperties connection) {
		NamedConnectionDetails details = new NamedConnectionDetails(name, connection, this.sslBundles.getIfAvailable());
		ConnectionProperties.Cluster cluster = connection.cluster();
		RedisConfiguration topology = RedisTopology.of(details, (cluster != null) ? cluster.maxRedirects() : null,
				null);
		SslBundle sslBundle = details.getSslBundle();
		return factory(name, connection, topology, sslBundle != null, sslBundle);
	}

	private RediskitConnectionFactory inheriting(String name, ConnectionProperties connection) {
		SslBundle sslBundle = this.bootDetails.getSslBundle();
		boolean tls = sslBundle != null || StringUtils.startsWithIgnoreCase(this.bootProperties.getUrl(), "rediss:");
		return factory(name, connection, inheritedTopology(name, connection.database()), tls, sslBundle);
	}

	/** Like Boot, a bean of the application's comes before properties. */
	private RedisConfiguration inheritedTopology(String name, @Nullable Integer database) {
		RedisConfiguration bean = this.bootTopology.getIfUnique();
		if (bean != null && database != null) {
			throw new InvalidSettingException("rediskit.connections." + name + ".database",
					"can't be combined with a bean of type " + bean.getClass().getSimpleName(),
					"Give the connection an endpoint of its own.");
		}
		DataRedisProperties.Cluster cluster = this.bootProperties.getCluster();
		Integer maxRedirects = (cluster != null) ? cluster.getMaxRedirects() : null;
		return (bean != null) ? bean : RedisTopology.of(this.bootDetails, maxRedirects, database);
	}

	private RediskitConnectionFactory factory(String name, ConnectionProperties connection, RedisConfiguration topology,
			boolean tls, @Nullable SslBundle sslBundle) {
		ConnectionSettings settings = ConnectionSettings.of(name, connection, this.bootProperties);
		boolean cluster = RedisConfiguration.isClusterConfiguration(topology);
		LettuceClientConfiguration configuration = this.client.configure(name, settings, cluster, tls, sslBundle,
				this.resources.get());
		RediskitConnectionFactory factory = new RediskitConnectionFactory(name, topology, configuration);
		if (Threading.VIRTUAL.isActive(this.environment)) {
			SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("rediskit-" + name + "-");
			executor.setVirtualThreads(true);
			factory.setExecutor(executor);
		}
		return factory;
	}

}
