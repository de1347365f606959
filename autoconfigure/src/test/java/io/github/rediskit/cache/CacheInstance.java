package io.github.rediskit.cache;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

import io.github.rediskit.cache.CacheSettings.Format;
import io.github.rediskit.codec.EncryptionKeys;
import io.github.rediskit.codec.JsonValueCodecs;
import io.github.rediskit.script.RedisGateway;
import io.github.rediskit.testing.GatewayInstance;
import io.github.rediskit.testing.RedisTestCluster;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * One instance of an application, as far as its caches are concerned. Several of them in
 * a test share nothing but Redis.
 */
final class CacheInstance implements AutoCloseable {

	static final Duration COMMAND_TIMEOUT = Duration.ofMillis(400);

	static final CacheSettings SETTINGS = TestSettings.with((settings) -> settings.jitter = 0.1);

	static final Sources SOURCES = new Sources(Clock.systemUTC(), System::nanoTime, new SecureRandom());

	private final GatewayInstance gateway;

	private final RedisCaches caches;

	final Recorder events = new Recorder();

	CacheInstance(String uri) {
		this(uri, SETTINGS, UnaryOperator.identity());
	}

	CacheInstance(String uri, CacheSettings settings) {
		this(uri, settings, UnaryOperator.identity());
	}

	CacheInstance(String uri, CacheSettings settings, EncryptionKeys keys) {
		this(gateway(uri), settings, UnaryOperator.identity(), UnaryOperator.identity(), SOURCES, keys);
	}

	CacheInstance(String uri, CacheSettings settings, UnaryOperator<RedisGateway> between) {
		this(uri, settings, between, UnaryOperator.identity(), SOURCES);
	}

	CacheInstance(String uri, CacheSettings settings, Sources sources) {
		this(uri, settings, UnaryOperator.identity(), UnaryOperator.identity(), sources);
	}

	CacheInstance(String uri, CacheSettings settings, UnaryOperator<RedisGateway> between,
			UnaryOperator<Runnable> context, Sources sources) {
		this(gateway(uri), settings, between, context, sources, EncryptionKeys.none());
	}

	private CacheInstance(GatewayInstance gateway, CacheSettings settings, UnaryOperator<RedisGateway> between,
			UnaryOperator<Runnable> context, Sources sources, EncryptionKeys keys) {
		this.gateway = gateway;
		this.caches = new RedisCaches(between.apply(gateway.redis()), GatewayInstance.SHOP, formats(keys),
				(name) -> settings, List.of(this.events), Transactions.NONE, context, sources);
	}

	static CacheInstance onCluster(RedisTestCluster cluster, CacheSettings settings) {
		return new CacheInstance(GatewayInstance.of(cluster, COMMAND_TIMEOUT), settings, UnaryOperator.identity(),
				UnaryOperator.identity(), SOURCES, EncryptionKeys.none());
	}

	private static GatewayInstance gateway(String uri) {
		return GatewayInstance.of(uri, COMMAND_TIMEOUT, COMMAND_TIMEOUT);
	}

	static ValueFormats formats(EncryptionKeys keys) {
		JsonValueCodecs json = new JsonValueCodecs(JsonMapper.shared());
		return new ValueFormats(Map.of(Format.JSON, json, Format.CBOR, json.asCbor()), keys);
	}

	RedisCaches caches() {
		return this.caches;
	}

	<V> ReadThroughCache<Object, V> cache(Class<V> type) {
		return this.caches.cache("products", type);
	}

	@Override
	public void close() {
		this.caches.close();
		this.gateway.close();
	}

	/**
	 * Remembers what happened, as words.
	 */
	static final class Recorder implements CacheListener {

		private final List<String> words = new CopyOnWriteArrayList<>();

		private volatile @Nullable Throwable lastFailure;

		@Override
		public void hit(String cache) {
			this.words.add("hit");
		}

		@Override
		public void miss(String cache, MissReason reason) {
			this.words.add("miss:" + reason);
		}

		@Override
		public void loaded(String cache, Duration duration) {
			this.words.add("loaded");
		}

		@Override
		public void loadFailed(String cache, Duration duration, Throwable failure) {
			this.words.add("load-failed");
		}

		@Override
		public void staleServed(String cache, StaleReason reason) {
			this.words.add("stale:" + reason);
		}

		@Override
		public void refreshing(String cache, RefreshReason reason) {
			this.words.add("refreshing:" + reason);
		}

		@Override
		public void refreshSkipped(String cache) {
			this.words.add("refresh-skipped");
		}

		@Override
		public void loadTimedOut(String cache) {
			this.words.add("timed-out");
		}

		@Override
		public void storeRejected(String cache) {
			this.words.add("rejected");
		}

		@Override
		public void storeFailed(String cache, Throwable failure) {
			this.words.add("store-failed");
		}

		@Override
		public void bypassed(String cache, Throwable failure) {
			this.words.add("bypassed");
			this.lastFailure = failure;
		}

		@Override
		public void refused(String cache, Throwable failure) {
			this.words.add("refused");
		}

		@Override
		public void invalidationDeferred(String cache, Throwable failure) {
			this.words.add("deferred");
		}

		@Override
		public void invalidationsCaughtUp(String cache) {
			this.words.add("caught-up");
		}

		@Nullable Throwable lastFailure() {
			return this.lastFailure;
		}

		List<String> take() {
			List<String> result = new ArrayList<>(this.words);
			this.words.clear();
			return result;
		}

		boolean contains(String word) {
			return this.words.contains(word);
		}

		long count(String word) {
			return this.words.stream().filter(word::equals).count();
		}

	}

}
