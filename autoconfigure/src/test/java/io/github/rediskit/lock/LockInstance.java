package io.github.rediskit.lock;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import io.github.rediskit.key.KeySpace;
import io.github.rediskit.lock.LockNotAcquiredException.Reason;
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
 * One instance of an application, as far as its locks are concerned. Several of them in a
 * test share nothing but Redis.
 */
final class LockInstance implements AutoCloseable {

	static final Duration TIMEOUT = Duration.ofMillis(500);

	private final AbstractRedisClient client;

	private final LettuceGateway gateway;

	private final CircuitBreakers circuits = new CircuitBreakers(
			(name) -> new KeySpace(null, "shop").key("circuit", name), List.of());

	/** What happened, as words; not every one of a crowd. */
	final List<String> events = new CopyOnWriteArrayList<>();

	final RedisDistributedLocks async;

	final DistributedLocks locks;

	final FencedValues fenced;

	LockInstance(String uri) {
		this(uri, LockSettings.DEFAULTS);
	}

	LockInstance(String uri, LockSettings settings) {
		this(uri, settings, UnaryOperator.identity());
	}

	LockInstance(String uri, LockSettings settings, UnaryOperator<RedisGateway> between) {
		this(client(RedisURI.create(uri)), RedisURI.create(uri), settings, between);
	}

	private static RedisClient client(RedisURI address) {
		RedisClient client = RedisClient.create(address);
		client.setOptions(ClientOptions.builder()
			.disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
			.timeoutOptions(TimeoutOptions.enabled(TIMEOUT))
			.build());
		return client;
	}

	private LockInstance(RedisClient client, RedisURI address, LockSettings settings,
			UnaryOperator<RedisGateway> between) {
		this(client,
				new LettuceGateway(
						() -> client.connectAsync(ByteArrayCodec.INSTANCE, address)
							.thenApply((connection) -> (StatefulConnection<byte[], byte[]>) connection),
						() -> client.connectPubSubAsync(ByteArrayCodec.INSTANCE, address), Duration.ofSeconds(5)),
				settings, between);
	}

	/** One that uses a cluster. */
	static LockInstance of(RedisTestCluster cluster) {
		RedisClusterClient client = RedisClusterClient
			.create(cluster.addresses().stream().map((address) -> RedisURI.create("redis://" + address)).toList());
		client.setOptions(ClusterClientOptions.builder().timeoutOptions(TimeoutOptions.enabled(TIMEOUT)).build());
		client.getPartitions(); // which node has which slots
		return new LockInstance(client,
				new LettuceGateway(
						() -> client.connectAsync(ByteArrayCodec.INSTANCE)
							.thenApply((connection) -> (StatefulConnection<byte[], byte[]>) connection),
						() -> client.connectPubSubAsync(ByteArrayCodec.INSTANCE)
							.thenApply((connection) -> (StatefulRedisPubSubConnection<byte[], byte[]>) connection),
						Duration.ofSeconds(5)),
				LockSettings.DEFAULTS, UnaryOperator.identity());
	}

	private LockInstance(AbstractRedisClient client, LettuceGateway gateway, LockSettings settings,
			UnaryOperator<RedisGateway> between) {
		this.client = client;
		this.gateway = gateway;
		// a server that was killed or thawed a moment ago may still drop a connection
		await().ignoreExceptions().until(() -> this.gateway.time().toCompletableFuture().get(5, TimeUnit.SECONDS) > 0);
		RedisGateway guarded = between.apply(this.circuits.guard("default", this.gateway));
		this.async = new RedisDistributedLocks(guarded, new KeySpace(null, "shop"), settings, List.of(new Recorder()));
		this.locks = new BlockingDistributedLocks(this.async);
		this.fenced = new RedisFencedValues(guarded, new KeySpace(null, "shop"));
	}

	@Override
	public void close() {
		this.async.close();
		this.circuits.close();
		this.gateway.close();
		this.client.shutdown(Duration.ZERO, Duration.ZERO);
	}

	/**
	 * Remembers what happened.
	 */
	private final class Recorder implements LockListener {

		private void add(String event) {
			if (LockInstance.this.events.size() < 1_000) {
				LockInstance.this.events.add(event);
			}
		}

		@Override
		public void acquired(String lock, Duration waited, boolean contended) {
			add(contended ? "acquired after a wait" : "acquired");
		}

		@Override
		public void notAcquired(String lock, Duration waited, Reason reason) {
			add("not acquired: " + reason);
		}

		@Override
		public void released(String lock, Duration held) {
			add("released");
		}

		@Override
		public void lost(String lock, Duration held, LossReason reason) {
			add("lost: " + reason);
		}

		@Override
		public void renewalFailed(String lock, Throwable failure) {
			add("renewal failed");
		}

	}

}
