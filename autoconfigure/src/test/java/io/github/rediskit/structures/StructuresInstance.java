package io.github.rediskit.structures;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import io.github.rediskit.key.KeySpace;
import io.github.rediskit.redis.CircuitBreakers;
import io.github.rediskit.redis.LettuceGateway;
import io.github.rediskit.script.RedisGateway;
import io.github.rediskit.testing.RedisTestCluster;
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
 * One instance of an application, as far as its structures are concerned. Several of them
 * in a test share nothing but Redis.
 */
final class StructuresInstance implements AutoCloseable {

	static final Duration TIMEOUT = Duration.ofMillis(500);

	static final KeySpace SHOP = new KeySpace(null, "shop");

	private final AbstractRedisClient client;

	private final LettuceGateway gateway;

	private final CircuitBreakers circuits = new CircuitBreakers((name) -> SHOP.key("circuit", name), List.of());

	private final List<RedisHeartbeats> opened = new CopyOnWriteArrayList<>();

	final List<String> events = new CopyOnWriteArrayList<>();

	final RedisGateway redis;

	StructuresInstance(String uri) {
		this(client(RedisURI.create(uri)), RedisURI.create(uri));
	}

	private static RedisClient client(RedisURI address) {
		RedisClient client = RedisClient.create(address);
		client.setOptions(ClientOptions.builder()
			.disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
			.timeoutOptions(TimeoutOptions.enabled(TIMEOUT))
			.build());
		return client;
	}

	private StructuresInstance(RedisClient client, RedisURI address) {
		this(client,
				new LettuceGateway(
						() -> client.connectAsync(ByteArrayCodec.INSTANCE, address)
							.thenApply((connection) -> (StatefulConnection<byte[], byte[]>) connection),
						() -> client.connectPubSubAsync(ByteArrayCodec.INSTANCE, address), Duration.ofSeconds(5)));
	}

	/** One that uses a cluster. */
	static StructuresInstance of(RedisTestCluster cluster) {
		RedisClusterClient client = RedisClusterClient
			.create(cluster.addresses().stream().map((address) -> RedisURI.create("redis://" + address)).toList());
		client.setOptions(ClusterClientOptions.builder().timeoutOptions(TimeoutOptions.enabled(TIMEOUT)).build());
		client.getPartitions(); // which node has which slots
		return new StructuresInstance(client,
				new LettuceGateway(
						() -> client.connectAsync(ByteArrayCodec.INSTANCE)
							.thenApply((connection) -> (StatefulConnection<byte[], byte[]>) connection),
						() -> client.connectPubSubAsync(ByteArrayCodec.INSTANCE)
							.thenApply((connection) -> (StatefulRedisPubSubConnection<byte[], byte[]>) connection),
						Duration.ofSeconds(5)));
	}

	private StructuresInstance(AbstractRedisClient client, LettuceGateway gateway) {
		this.client = client;
		this.gateway = gateway;
		await().ignoreExceptions().until(() -> this.gateway.time().toCompletableFuture().get(5, TimeUnit.SECONDS) > 0);
		this.redis = this.circuits.guard("default", this.gateway);
	}

	Leaderboard board(String name, LeaderboardSettings settings, Clock clock) {
		return new BlockingLeaderboards(new RedisLeaderboards(this.redis, SHOP, Map.of(name, settings), clock))
			.board(name);
	}

	Leaderboard board(String name) {
		return board(name, LeaderboardSettings.DEFAULTS, Clock.systemUTC());
	}

	RedisHeartbeats asyncHeartbeats(Duration ttl) {
		return asyncHeartbeats(ttl, System::nanoTime);
	}

	RedisHeartbeats asyncHeartbeats(Duration ttl, LongSupplier nanoTime) {
		RedisHeartbeats heartbeats = new RedisHeartbeats(this.redis, SHOP, new HeartbeatSettings(ttl, Map.of()),
				List.of(new Recorder()), nanoTime);
		this.opened.add(heartbeats);
		return heartbeats;
	}

	Heartbeats heartbeats(Duration ttl) {
		return new BlockingHeartbeats(asyncHeartbeats(ttl));
	}

	@Override
	public void close() {
		this.opened.forEach(RedisHeartbeats::close);
		this.circuits.close();
		this.gateway.close();
		this.client.shutdown(Duration.ZERO, Duration.ZERO);
	}

	/**
	 * Remembers what happened.
	 */
	private final class Recorder implements HeartbeatListener {

		@Override
		public void missed(String group) {
			StructuresInstance.this.events.add("missed");
		}

		@Override
		public void beatFailed(String group, Throwable failure) {
			StructuresInstance.this.events.add("beat failed");
		}

		@Override
		public void watchFailed(String group, Throwable failure) {
			StructuresInstance.this.events.add("watch failed");
		}

		@Override
		public void actionFailed(MissedBeatEvent event, Throwable failure) {
			StructuresInstance.this.events.add("action failed: " + event.id());
		}

	}

}
