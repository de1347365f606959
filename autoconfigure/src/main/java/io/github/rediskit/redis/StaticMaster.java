package io.github.rediskit.redis;

import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import org.jspecify.annotations.Nullable;

import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.RedisStaticMasterReplicaConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;

/**
 * The node of a static master/replica setup that calls itself master. Neither Lettuce nor
 * Spring Data subscribes there, and a subscription on a replica hears what the master
 * published, but not the other way round: so the master it is.
 * <p>
 * The role is asked for once, when the connection is opened. It does not follow a later
 * change of roles; Sentinel and Cluster do.
 */
final class StaticMaster {

	private final RedisClient client;

	private final List<RedisURI> nodes;

	StaticMaster(RedisClient client, RedisStaticMasterReplicaConfiguration topology,
			LettuceClientConfiguration configuration) {
		this.client = client;
		this.nodes = topology.getNodes().stream().map((node) -> uri(topology, node, configuration)).toList();
	}

	CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>> openPubSub() {
		return openPubSub(this.nodes.iterator(), null);
	}

	private CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>> openPubSub(Iterator<RedisURI> remaining,
			@Nullable Throwable lastFailure) {
		if (!remaining.hasNext()) {
			return CompletableFuture.failedFuture(new RedisException("None of the nodes is a master: " + this.nodes,
					(lastFailure != null) ? lastFailure : new IllegalStateException("all are replicas")));
		}
		return this.client.connectPubSubAsync(ByteArrayCodec.INSTANCE, remaining.next())
			.thenCompose(StaticMaster::onlyIfMaster)
			.handle((connection, failure) -> (failure != null) ? openPubSub(remaining, failure)
					: CompletableFuture.completedStage(connection))
			.thenCompose(Function.identity());
	}

	private static CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>> onlyIfMaster(
			StatefulRedisPubSubConnection<byte[], byte[]> connection) {
		return connection.async()
			.role()
			.handle((role, failure) -> (failure == null && isMaster(role))
					? CompletableFuture.completedStage(connection)
					: connection.closeAsync()
						.<StatefulRedisPubSubConnection<byte[], byte[]>>thenCompose((closed) -> CompletableFuture
							.failedFuture((failure != null) ? failure : new RedisException("is a replica"))))
			.thenCompose(Function.identity());
	}

	private static boolean isMaster(List<Object> role) {
		return !role.isEmpty() && role.get(0) instanceof byte[] name
				&& "master".equals(new String(name, StandardCharsets.US_ASCII));
	}

	private static RedisURI uri(RedisStaticMasterReplicaConfiguration topology, RedisStandaloneConfiguration node,
			LettuceClientConfiguration configuration) {
		RedisURI.Builder uri = RedisURI.builder()
			.withHost(node.getHostName())
			.withPort(node.getPort())
			.withDatabase(topology.getDatabase())
			.withSsl(configuration.isUseSsl())
			.withVerifyPeer(configuration.getVerifyMode())
			.withStartTls(configuration.isStartTls())
			.withTimeout(configuration.getCommandTimeout());
		configuration.getClientName().ifPresent(uri::withClientName);
		char[] password = topology.getPassword().toOptional().orElse(new char[0]);
		String username = topology.getUsername();
		if (username != null) {
			uri.withAuthentication(username, password);
		}
		else if (password.length > 0) {
			uri.withPassword(password);
		}
		configuration.getRedisCredentialsProviderFactory()
			.ifPresent((factory) -> uri.withAuthentication(factory.createCredentialsProvider(topology)));
		return uri.build();
	}

}
