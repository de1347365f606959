package io.github.rediskit.autoconfigure;

import java.time.Duration;
import java.util.Objects;

import io.github.rediskit.redis.RedisConnectionCustomizer;
import io.github.rediskit.setting.InvalidSettingException;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.EpollProvider;
import io.lettuce.core.resource.IOUringProvider;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.data.redis.autoconfigure.LettuceClientConfigurationBuilderCustomizer;
import org.springframework.boot.data.redis.autoconfigure.LettuceClientOptionsBuilderCustomizer;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration.LettuceClientConfigurationBuilder;
import org.springframework.data.redis.connection.lettuce.LettucePoolingClientConfiguration;
import org.springframework.util.ClassUtils;

/**
 * A Lettuce client in which nothing is endless: commands and connecting time out, the
 * queue is bounded, and while Redis is away a command fails at once.
 * <p>
 * Rejecting commands while disconnected also means that a command in flight fails when
 * its connection is lost, instead of being sent again: a second INCR is never executed.
 */
final class BoundedLettuceClient {

	private static final Duration KEEP_ALIVE = Duration.ofSeconds(5);

	private static final Duration TCP_USER_TIMEOUT = Duration.ofSeconds(10);

	private final ObjectProvider<LettuceClientOptionsBuilderCustomizer> optionsCustomizers;

	private final ObjectProvider<LettuceClientConfigurationBuilderCustomizer> clientCustomizers;

	private final ObjectProvider<RedisConnectionCustomizer> connectionCustomizers;

	BoundedLettuceClient(ObjectProvider<LettuceClientOptionsBuilderCustomizer> optionsCustomizers,
			ObjectProvider<LettuceClientConfigurationBuilderCustomizer> clientCustomizers,
			ObjectProvider<RedisConnectionCustomizer> connectionCustomizers) {
		this.optionsCustomizers = optionsCustomizers;
		this.clientCustomizers = clientCustomizers;
		this.connectionCustomizers = connectionCustomizers;
	}

	/**
	 * Configure the client of one connection.
	 * @param name the name of the connection
	 * @param settings how it behaves
	 * @param cluster whether it leads to a cluster
	 * @param tls whether it is encrypted
	 * @param sslBundle certificates and keys, if they are not Lettuce's default
	 * @param resources threads, timers and the reconnect delay
	 * @return the configuration
	 */
	LettuceClientConfiguration configure(String name, ConnectionSettings settings, boolean cluster, boolean tls,
			@Nullable SslBundle sslBundle, ClientResources resources) {
		LettuceClientConfigurationBuilder client = client(name, settings.pool());
		client.clientResources(resources);
		client.commandTimeout(settings.timeout());
		client.shutdownTimeout(settings.shutdownTimeout());
		if (settings.clientName() != null) {
			client.clientName(settings.clientName());
		}
		if (settings.readFrom() != null) {
			client.readFrom(settings.readFrom());
		}
		if (tls) {
			client.useSsl();
		}
		ClientOptions.Builder options = cluster ? ClusterClientOptions.builder() : ClientOptions.builder();
		bound(options, SocketOptions.create(), settings, sslBundle);
		this.optionsCustomizers.orderedStream().forEach((customizer) -> customizer.customize(options));
		client.clientOptions(options.build());
		this.clientCustomizers.orderedStream().forEach((customizer) -> customizer.customize(client));
		boundAgain(settings, cluster, sslBundle, client);
		customize(name, client);
		return client.build();
	}

	/** Boot's customizers may have been written for Boot's connection, which waits. */
	private static void boundAgain(ConnectionSettings settings, boolean cluster, @Nullable SslBundle sslBundle,
			LettuceClientConfigurationBuilder client) {
		LettuceClientConfiguration customized = client.build();
		ClientOptions current = customized.getClientOptions().orElseGet(ClientOptions::create);
		ClientOptions.Builder options = (cluster && !(current instanceof ClusterClientOptions))
				? ClusterClientOptions.builder(current) : current.mutate();
		if (options instanceof ClusterClientOptions.Builder clusterOptions
				&& !(current instanceof ClusterClientOptions refreshed && refreshed.isRefreshClusterView())) {
			clusterOptions.topologyRefreshOptions(topologyRefresh(settings));
		}
		bound(options, current.getSocketOptions(), settings, sslBundle);
		client.clientOptions(options.build());
		Duration timeout = customized.getCommandTimeout();
		if (timeout.isZero() || timeout.isNegative()) {
			client.commandTimeout(settings.timeout());
		}
	}

	private void customize(String name, LettuceClientConfigurationBuilder client) {
		ClientOptions.Builder options = client.build().getClientOptions().orElseThrow().mutate();
		this.connectionCustomizers.orderedStream().forEach((customizer) -> {
			customizer.customize(name, options, client);
			client.clientOptions(options.build());
		});
	}

	private static LettuceClientConfigurationBuilder client(String name, ConnectionProperties.@Nullable Pool pool) {
		if (pool == null) {
			return LettuceClientConfiguration.builder();
		}
		if (!ClassUtils.isPresent("org.apache.commons.pool2.ObjectPool", null)) {
			throw new InvalidSettingException("rediskit.connections." + name + ".pool",
					"needs a library that is not on the classpath",
					"Add the dependency org.apache.commons:commons-pool2, or remove the pool.");
		}
		return Pooled.client(pool);
	}

	private static void bound(ClientOptions.Builder options, SocketOptions sockets, ConnectionSettings settings,
			@Nullable SslBundle sslBundle) {
		options.disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
			.requestQueueSize(settings.requestQueueSize())
			.timeoutOptions(TimeoutOptions.enabled())
			.socketOptions(bounded(sockets, settings.connectTimeout()));
		if (sslBundle != null) {
			options.sslOptions(ssl(sslBundle));
		}
	}

	/** Besides, Lettuce looks again whenever a node is lost or says that a slot moved. */
	private static ClusterTopologyRefreshOptions topologyRefresh(ConnectionSettings settings) {
		return ClusterTopologyRefreshOptions.builder()
			.enablePeriodicRefresh(settings.refreshPeriod())
			.dynamicRefreshSources(settings.dynamicRefreshSources())
			.build();
	}

	/** Lettuce refuses these options where the operating system does not have them. */
	private static SocketOptions bounded(SocketOptions options, Duration connectTimeout) {
		SocketOptions.Builder sockets = options.mutate().connectTimeout(connectTimeout).keepAlive(true);
		if (EpollProvider.isAvailable() || IOUringProvider.isAvailable()) {
			sockets
				.keepAlive(SocketOptions.KeepAliveOptions.builder()
					.enable()
					.idle(KEEP_ALIVE)
					.interval(KEEP_ALIVE)
					.count(2)
					.build())
				.tcpUserTimeout(SocketOptions.TcpUserTimeoutOptions.builder()
					.enable()
					.tcpUserTimeout(TCP_USER_TIMEOUT)
					.build());
		}
		return sockets.build();
	}

	private static SslOptions ssl(SslBundle bundle) {
		SslOptions.Builder ssl = SslOptions.builder()
			.keyManager(bundle.getManagers().getKeyManagerFactory())
			.trustManager(bundle.getManagers().getTrustManagerFactory());
		if (bundle.getOptions().getCiphers() != null) {
			ssl.cipherSuites(Objects.requireNonNull(bundle.getOptions().getCiphers()));
		}
		if (bundle.getOptions().getEnabledProtocols() != null) {
			ssl.protocols(Objects.requireNonNull(bundle.getOptions().getEnabledProtocols()));
		}
		return ssl.build();
	}

	/**
	 * A class of its own, because commons-pool2 may be absent.
	 */
	private static final class Pooled {

		static LettuceClientConfigurationBuilder client(ConnectionProperties.Pool pool) {
			GenericObjectPoolConfig<StatefulConnection<?, ?>> config = new GenericObjectPoolConfig<>();
			config.setMaxTotal(pool.maxActive());
			config.setMaxIdle(pool.maxIdle());
			config.setMinIdle(pool.minIdle());
			config.setMaxWait(pool.maxWait());
			if (pool.timeBetweenEvictionRuns() != null) {
				config.setTimeBetweenEvictionRuns(pool.timeBetweenEvictionRuns());
			}
			return LettucePoolingClientConfiguration.builder().poolConfig(config);
		}

	}

}
