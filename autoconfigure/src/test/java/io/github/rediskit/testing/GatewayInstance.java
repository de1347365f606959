package io.github.rediskit.testing;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.github.rediskit.key.KeySpace;
import io.github.rediskit.redis.CircuitBreakers;
import io.github.rediskit.redis.LettuceGateway;
import io.github.rediskit.redis.LettuceStreamReads;
import io.github.rediskit.script.RedisGateway;
import io.github.rediskit.script.StreamReads;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;

import static org.awaitility.Awaitility.await;

/**
 * How one instance of an application reaches Redis: by a client of its own, behind a
 * circuit breaker. Several of them in a test share nothing but Redis.
 */
public final class GatewayInstance implements AutoCloseable {

	/** Of all instances in tests. */
	public static final KeySpace SHOP = new KeySpace(null, "shop");

	/** How long a connection may take to open: several processes may be starting. */
	private static final Duration OPENING = Duration.ofSeconds(5);

	private final AbstractRedisClient client;

	private final Supplier<CompletionStage<StatefulConnection<byte[], byte[]>>> open;

	private final Duration timeout;

	private final LettuceGateway bare;

	private final CircuitBreakers circuits = new CircuitBreakers((name) -> SHOP.key("circuit", name), List.of());

	private final RedisGateway guarded;

	private GatewayInstance(AbstractRedisClient client,
			Supplier<CompletionStage<StatefulConnection<byte[], byte[]>>> open,
			Supplier<CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>>> openPubSub, Duration timeout,
			Duration opening) {
		this.client = client;
		this.open = open;
		this.timeout = timeout;
		this.bare = new LettuceGateway(open, openPubSub, opening);
		this.guarded = this.circuits.guard("default", this.bare);
	}

	/**
	 * One that uses a server, which need not be there yet.
	 * @param timeout of each command
	 */
	public static GatewayInstance of(String uri, Duration timeout) {
		return of(uri, timeout, OPENING);
	}

	/**
	 * The same for those that wait no longer for a connection.
	 * @param opening how long a connection may take to open
	 */
	public static GatewayInstance of(String uri, Duration timeout, Duration opening) {
		RedisURI address = RedisURI.create(uri);
		RedisClient client = RedisClient.create(address);
		client.setOptions(ClientOptions.builder()
			.disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
			.timeoutOptions(TimeoutOptions.enabled(timeout))
			.build());
		return new GatewayInstance(client,
				() -> client.connectAsync(ByteArrayCodec.INSTANCE, address).thenApply((connection) -> connection),
				() -> client.connectPubSubAsync(ByteArrayCodec.INSTANCE, address), timeout, opening);
	}

	/**
	 * One that uses a cluster.
	 * @param timeout of each command
	 */
	public static GatewayInstance of(RedisTestCluster cluster, Duration timeout) {
		RedisClusterClient client = RedisClusterClient
			.create(cluster.addresses().stream().map((address) -> RedisURI.create("redis://" + address)).toList());
		client.setOptions(ClusterClientOptions.builder()
			.disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
			.timeoutOptions(TimeoutOptions.enabled(timeout))
			.build());
		client.getPartitions(); // which node has which slots
		return new GatewayInstance(client,
				() -> client.connectAsync(ByteArrayCodec.INSTANCE).thenApply((connection) -> connection),
				() -> client.connectPubSubAsync(ByteArrayCodec.INSTANCE).thenApply((connection) -> connection), timeout,
				OPENING);
	}

	/**
	 * Waits until Redis answers: a server that was killed or thawed a moment ago may
	 * still drop a connection.
	 * @return the same
	 */
	public GatewayInstance answering() {
		await().ignoreExceptions().until(() -> this.bare.time().toCompletableFuture().get(5, TimeUnit.SECONDS) > 0);
		return this;
	}

	/** What an application's beans are given. */
	public RedisGateway redis() {
		return this.guarded;
	}

	/** The same without the circuit breaker. */
	public LettuceGateway bare() {
		return this.bare;
	}

	/** Reads streams, on connections of its own. */
	public StreamReads streamReads() {
		return new LettuceStreamReads(this.open, this.timeout);
	}

	/** Closes the connection under the commands that are on their way. */
	public void disconnect() {
		this.bare.stop().toCompletableFuture().join();
	}

	/** As a process that dies: nothing is said to Redis any more. */
	public void die() {
		this.bare.stop();
		this.client.shutdown(Duration.ZERO, Duration.ZERO);
	}

	@Override
	public void close() {
		this.circuits.close();
		this.bare.close();
		this.client.shutdown(Duration.ZERO, Duration.ZERO);
	}

}
