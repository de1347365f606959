package io.github.rediskit.structures;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;

import io.github.rediskit.key.KeySpace;
import io.github.rediskit.script.RedisGateway;
import io.github.rediskit.testing.GatewayInstance;
import io.github.rediskit.testing.RedisTestCluster;

/**
 * One instance of an application, as far as its structures are concerned. Several of them
 * in a test share nothing but Redis.
 */
final class StructuresInstance implements AutoCloseable {

	static final Duration TIMEOUT = Duration.ofMillis(500);

	static final KeySpace SHOP = GatewayInstance.SHOP;

	private final GatewayInstance gateway;

	private final List<RedisHeartbeats> opened = new CopyOnWriteArrayList<>();

	final List<String> events = new CopyOnWriteArrayList<>();

	final RedisGateway redis;

	StructuresInstance(String uri) {
		this(GatewayInstance.of(uri, TIMEOUT));
	}

	/** One that uses a cluster. */
	static StructuresInstance of(RedisTestCluster cluster) {
		return new StructuresInstance(GatewayInstance.of(cluster, TIMEOUT));
	}

	private StructuresInstance(GatewayInstance gateway) {
		this.gateway = gateway.answering();
		this.redis = gateway.redis();
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
		this.gateway.close();
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
