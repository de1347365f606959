package io.github.rediskit.benchmark;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

import io.github.rediskit.cache.Caches;
import io.github.rediskit.cache.ReadThroughCache;
import io.github.rediskit.redis.RedisConnections;
import io.lettuce.core.KeyValue;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * What it costs to get a small record out of Redis: 1,000 products, all of them there.
 * <p>
 * The yardsticks are what one would write by hand for speed, on a connection of the same
 * settings: a {@code GET}, and an {@code MGET} of the two keys that a hit needs, the
 * entry and its cache's generation. The {@code MGET} runs twice, on two connections: how
 * far the second is from 1 is what chance does.
 */
final class CacheHitBenchmark implements Benchmark {

	private static final int PRODUCTS = 1000;

	/** What an entry has before its JSON. */
	private static final int HEADER = 56;

	@Override
	public void run(Settings settings) throws Exception {
		try (ConfigurableApplicationContext application = BenchmarkApplication.start(settings);
				ByHand oneKey = new ByHand(application);
				ByHand twoKeys = new ByHand(application);
				ByHand control = new ByHand(application)) {
			Products products = application.getBean(Products.class);
			ReadThroughCache<Long, Product> cache = application.getBean(Caches.class)
				.cache(Products.REDISKIT, Product.class);
			for (int id = 0; id < PRODUCTS; id++) {
				oneKey.put(id);
				products.cached(id);
				products.cacheable(id);
			}
			int loads = products.loads();
			System.out.printf("%n## Cache hit%n%nA record of %d bytes, one of %d.%n", oneKey.sizeOf(42), PRODUCTS);
			new Race(settings, new Contender("Lettuce GET + Jackson", (number) -> oneKey.get(number % PRODUCTS)),
					Contender.yardstick("Lettuce MGET + Jackson", (number) -> twoKeys.getBoth(number % PRODUCTS)),
					new Contender("the same MGET again", (number) -> control.getBoth(number % PRODUCTS)),
					new Contender("@Cached", (number) -> products.cached(number % PRODUCTS)),
					new Contender("ReadThroughCache.get",
							(number) -> cache.get((long) (number % PRODUCTS), products::load)),
					new Contender("Spring @Cacheable", (number) -> products.cacheable(number % PRODUCTS)))
				.run();
			if (products.loads() != loads) {
				throw new IllegalStateException("Not all of these were hits: " + (products.loads() - loads) + " loads");
			}
		}
	}

	/**
	 * A cache on Lettuce without a library. Each contender has its own connection.
	 */
	private static final class ByHand implements AutoCloseable {

		private static final long TTL = Duration.ofDays(1).toMillis();

		private static final byte[] GENERATION = bytes("benchmark:cache-generation:" + Products.REDISKIT);

		private final RedisAsyncCommands<byte[], byte[]> redis;

		private final JsonMapper mapper;

		private final ObjectReader reader;

		ByHand(ConfigurableApplicationContext application) throws Exception {
			CompletionStage<StatefulConnection<byte[], byte[]>> opening = application.getBean(RedisConnections.class)
				.named(RedisConnections.DEFAULT)
				.openConnection();
			this.redis = ((StatefulRedisConnection<byte[], byte[]>) opening.toCompletableFuture().get()).async();
			this.mapper = application.getBean(JsonMapper.class);
			this.reader = this.mapper.readerFor(Product.class);
		}

		void put(int id) throws Exception {
			this.redis.psetex(bytes("by-hand:{" + id + "}"), TTL, this.mapper.writeValueAsBytes(Product.of(id))).get();
		}

		int sizeOf(int id) {
			return this.mapper.writeValueAsBytes(Product.of(id)).length;
		}

		Product get(int id) throws Exception {
			return this.reader.readValue(this.redis.get(bytes("by-hand:{" + id + "}")).get());
		}

		Product getBoth(int id) throws Exception {
			byte[] key = bytes("benchmark:cache:" + Products.REDISKIT + ":{" + id + "}");
			List<KeyValue<byte[], byte[]>> values = this.redis.mget(key, GENERATION).get();
			byte[] entry = values.get(0).getValue();
			return this.reader.readValue(entry, HEADER, entry.length - HEADER);
		}

		@Override
		public void close() {
			this.redis.getStatefulConnection().close();
		}

		private static byte[] bytes(String key) {
			return key.getBytes(StandardCharsets.US_ASCII);
		}

	}

}
