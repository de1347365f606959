package io.github.rediskit.cache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

import io.github.rediskit.cache.CacheSettings.Format;
import io.github.rediskit.codec.EncryptionKeys;
import io.github.rediskit.codec.JsonValueCodecs;
import io.github.rediskit.key.KeySpace;
import io.github.rediskit.redis.CircuitBreakers;
import io.github.rediskit.redis.LettuceGateway;
import io.github.rediskit.script.RedisGateway;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import tools.jackson.databind.json.JsonMapper;

/**
 * One instance of an application, as far as its caches are concerned. Several of them in
 * a test share nothing but Redis.
 */
final class CacheInstance implements AutoCloseable {

	static final Duration COMMAND_TIMEOUT = Duration.ofMillis(400);

	static final CacheSettings SETTINGS = TestSettings.with((settings) -> settings.jitter = 0.1);

	private final RedisClient client;

	private final LettuceGateway gateway;

	private final CircuitBreakers circuits = new CircuitBreakers(
			(name) -> new KeySpace(null, "shop").key("circuit", name), List.of());

	private final RedisCaches caches;

	final Recorder events = new Recorder();

	CacheInstance(String uri) {
		this(uri, SETTINGS, UnaryOperator.identity());
	}

	CacheInstance(String uri, CacheSettings settings) {
		this(uri, settings, UnaryOperator.identity());
	}

	CacheInstance(String uri, CacheSettings settings, EncryptionKeys keys) {
		this(uri, settings, keys, UnaryOperator.identity());
	}

	CacheInstance(String uri, CacheSettings settings, UnaryOperator<RedisGateway> between) {
		this(uri, settings, EncryptionKeys.none(), between);
	}

	private CacheInstance(String uri, CacheSettings settings, EncryptionKeys keys,
			UnaryOperator<RedisGateway> between) {
		this.client = RedisClient.create(RedisURI.create(uri));
		this.client.setOptions(ClientOptions.builder()
			.disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
			.timeoutOptions(TimeoutOptions.enabled(COMMAND_TIMEOUT))
			.build());
		RedisURI address = RedisURI.create(uri);
		this.gateway = new LettuceGateway(
				() -> this.client.connectAsync(ByteArrayCodec.INSTANCE, address)
					.thenApply((connection) -> (StatefulConnection<byte[], byte[]>) connection),
				() -> this.client.connectPubSubAsync(ByteArrayCodec.INSTANCE, address), COMMAND_TIMEOUT);
		this.caches = new RedisCaches(between.apply(this.circuits.guard("default", this.gateway)),
				new KeySpace(null, "shop"), formats(keys), (name) -> settings, List.of(this.events), Transactions.NONE,
				UnaryOperator.identity());
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
		this.circuits.close();
		this.gateway.close();
		this.client.shutdown(Duration.ZERO, Duration.ZERO);
	}

	/**
	 * Remembers what happened, as words.
	 */
	static final class Recorder implements CacheListener {

		private final List<String> words = new CopyOnWriteArrayList<>();

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
