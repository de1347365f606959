package io.github.rediskit.redis;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ReadFrom;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.masterreplica.StatefulRedisMasterReplicaConnection;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import org.jspecify.annotations.Nullable;

import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.data.redis.RedisConnectionFailureException;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisPassword;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.RedisStaticMasterReplicaConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionProvider;

/**
 * A named connection: everything Spring Data's factory offers, and dedicated native
 * connections without blocking the caller.
 * <p>
 * A native connection reconnects by itself, belongs to the caller, who closes it, and
 * ends with this factory. It never comes from the pool. Its timeout is the factory's; a
 * caller that sends blocking commands raises it with
 * {@link StatefulConnection#setTimeout}.
 */
public class RediskitConnectionFactory extends LettuceConnectionFactory {

	/**
	 * Spring Data waits for a cluster's topology before it can connect asynchronously.
	 */
	private static final Executor CLUSTER_CONNECTOR = new SimpleAsyncTaskExecutor("rediskit-connect-");

	private final String connectionName;

	private final RedisConfiguration topology;

	private volatile @Nullable LettuceConnectionProvider unpooled;

	/**
	 * Create a factory; nothing is connected before the first use.
	 * @param connectionName the name, as in {@code rediskit.connections.<name>}
	 * @param topology where Redis is, and the credentials
	 * @param client how the client behaves
	 */
	public RediskitConnectionFactory(String connectionName, RedisConfiguration topology,
			LettuceClientConfiguration client) {
		super(topology, client);
		this.connectionName = connectionName;
		this.topology = topology;
	}

	/**
	 * Return the name of this connection.
	 * @return the name, as in {@code rediskit.connections.<name>}
	 */
	public final String connectionName() {
		return this.connectionName;
	}

	/**
	 * Open a dedicated connection, to be closed by the caller. It reads from the master
	 * only, whatever {@code read-from} says: who decides by what was written must not
	 * read an older state.
	 * @return the connection, or a {@link RedisConnectionFailureException}
	 */
	@SuppressWarnings({ "unchecked", "rawtypes" })
	public CompletionStage<StatefulConnection<byte[], byte[]>> openConnection() {
		return opening(() -> {
			CompletionStage<StatefulConnection> opened = unpooled().getConnectionAsync(StatefulConnection.class);
			return opened.thenApply((connection) -> readFromMaster(connection));
		});
	}

	/**
	 * Open a dedicated connection for subscriptions, to be closed by the caller.
	 * Subscriptions are renewed when it reconnects; what was published meanwhile is lost.
	 * @return the connection, or a {@link RedisConnectionFailureException}
	 */
	@SuppressWarnings({ "unchecked", "rawtypes" })
	public CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>> openPubSubConnection() {
		return opening(() -> {
			if (this.topology instanceof RedisStaticMasterReplicaConfiguration nodes) {
				RedisClient client = (RedisClient) getRequiredNativeClient();
				return new StaticMaster(client, nodes, getClientConfiguration()).openPubSub();
			}
			CompletionStage<StatefulRedisPubSubConnection> opened = unpooled()
				.getConnectionAsync(StatefulRedisPubSubConnection.class);
			return opened.thenApply((connection) -> (StatefulRedisPubSubConnection<byte[], byte[]>) connection);
		});
	}

	@Override
	public RedisStandaloneConfiguration getStandaloneConfiguration() {
		return (this.topology instanceof RedisStandaloneConfiguration standalone) ? standalone
				: super.getStandaloneConfiguration();
	}

	@Override
	protected LettuceConnectionProvider doCreateConnectionProvider(AbstractRedisClient client, RedisCodec<?, ?> codec) {
		LettuceConnectionProvider provider = super.doCreateConnectionProvider(client, codec);
		if (codec instanceof ByteArrayCodec) {
			this.unpooled = provider;
		}
		return provider;
	}

	private LettuceConnectionProvider unpooled() {
		LettuceConnectionProvider provider = this.unpooled;
		if (provider == null || !isRunning()) {
			throw new IllegalStateException("The Redis connection '%s' is stopped".formatted(this.connectionName));
		}
		return provider;
	}

	private <T> CompletionStage<T> opening(Supplier<CompletionStage<T>> open) {
		Executor executor = isClusterAware() ? CLUSTER_CONNECTOR : Runnable::run;
		return CompletableFuture.supplyAsync(open, executor)
			.thenCompose(Function.identity())
			.exceptionally((failure) -> {
				throw new RedisConnectionFailureException(
						"The Redis connection '%s' can't be opened: %s".formatted(this.connectionName, reason(failure)),
						failure);
			});
	}

	/** A server may answer with the arguments of a command that it does not know. */
	private String reason(Throwable failure) {
		String where = (this.topology instanceof RedisStandaloneConfiguration standalone)
				? standalone.getHostName() + ":" + standalone.getPort() + ": " : "";
		String reason = where + NestedExceptionUtils.getMostSpecificCause(failure).getMessage();
		String password = RedisConfiguration.getPasswordOrElse(this.topology, RedisPassword::none)
			.map(String::new)
			.orElse("");
		return password.isEmpty() ? reason : reason.replace(password, "***");
	}

	private static <K, V> StatefulConnection<K, V> readFromMaster(StatefulConnection<K, V> connection) {
		if (connection instanceof StatefulRedisClusterConnection<K, V> cluster) {
			cluster.setReadFrom(ReadFrom.UPSTREAM);
		}
		else if (connection instanceof StatefulRedisMasterReplicaConnection<K, V> replicated) {
			replicated.setReadFrom(ReadFrom.UPSTREAM);
		}
		return connection;
	}

}
