package io.github.rediskit.lock;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

import io.github.rediskit.lock.LockNotAcquiredException.Reason;
import io.github.rediskit.script.RedisGateway;
import io.github.rediskit.testing.GatewayInstance;
import io.github.rediskit.testing.RedisTestCluster;

/**
 * One instance of an application, as far as its locks are concerned. Several of them in a
 * test share nothing but Redis.
 */
final class LockInstance implements AutoCloseable {

	static final Duration TIMEOUT = Duration.ofMillis(500);

	private final GatewayInstance gateway;

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
		this(GatewayInstance.of(uri, TIMEOUT), settings, between);
	}

	/** One that uses a cluster. */
	static LockInstance of(RedisTestCluster cluster) {
		return new LockInstance(GatewayInstance.of(cluster, TIMEOUT), LockSettings.DEFAULTS, UnaryOperator.identity());
	}

	private LockInstance(GatewayInstance gateway, LockSettings settings, UnaryOperator<RedisGateway> between) {
		this.gateway = gateway.answering();
		RedisGateway redis = between.apply(gateway.redis());
		this.async = new RedisDistributedLocks(redis, GatewayInstance.SHOP, settings, List.of(new Recorder()));
		this.locks = new BlockingDistributedLocks(this.async);
		this.fenced = new RedisFencedValues(redis, GatewayInstance.SHOP);
	}

	@Override
	public void close() {
		this.async.close();
		this.gateway.close();
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
