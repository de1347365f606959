package io.github.rediskit.benchmark;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.stream.IntStream;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.proxy.ProxyManager;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.lettuce.core.api.StatefulRedisConnection;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * Buckets of bucket4j on a Lettuce connection, as its documentation sets them up, with
 * keys that expire. The buckets' objects are made once.
 */
final class Bucket4jPeer implements AutoCloseable {

	private final StatefulRedisConnection<byte[], byte[]> connection;

	private final Bucket[] buckets;

	private Bucket4jPeer(ConfigurableApplicationContext application, String name, BucketConfiguration configuration)
			throws Exception {
		this.connection = RateLimitByHand.connection(application);
		ProxyManager<byte[]> proxies = Bucket4jLettuce.casBasedBuilder(this.connection)
			.expirationAfterWrite(
					ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(Duration.ofMinutes(1)))
			.build();
		this.buckets = IntStream.range(0, RateLimitByHand.KEYS)
			.mapToObj((id) -> ("bucket4j:" + name + ":{" + id + "}").getBytes(StandardCharsets.US_ASCII))
			.map((key) -> proxies.getProxy(key, () -> configuration))
			.toArray(Bucket[]::new);
	}

	static Bucket4jPeer ofEndless(ConfigurableApplicationContext application) throws Exception {
		return new Bucket4jPeer(application, "allowed",
				BucketConfiguration.builder()
					.addLimit((limit) -> limit.capacity(1_000_000_000).refillGreedy(1_000, Duration.ofSeconds(1)))
					.build());
	}

	static Bucket4jPeer ofTenAMinute(ConfigurableApplicationContext application) throws Exception {
		return new Bucket4jPeer(application, "refused",
				BucketConfiguration.builder()
					.addLimit((limit) -> limit.capacity(10).refillGreedy(10, Duration.ofMinutes(1)))
					.build());
	}

	boolean allows(int id) {
		return this.buckets[id].tryConsume(1);
	}

	@Override
	public void close() {
		this.connection.close();
	}

}
