package io.github.rediskit.benchmark;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.rediskit.ratelimit.RateLimiter;
import io.github.rediskit.redis.RedisConnections;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * A limit on Lettuce without a library: our script for the policy {@code allowed} of
 * {@code application.yml}, with keys and arguments that are made once.
 */
final class RateLimitByHand implements AutoCloseable {

	static final int KEYS = 100;

	/** 1,000 a second, of which 1,000,000,000 fit: 1,000 µs each, 10^12 µs full. */
	private static final byte[][] TAKE_ONE = Stream
		.of("take", "0", "1000000", "1000", "1000", "0", "1000000000000", "0")
		.map(RateLimitByHand::bytes)
		.toArray(byte[][]::new);

	private final byte[][][] keys = IntStream.range(0, KEYS)
		.mapToObj((id) -> new byte[][] { bytes("by-hand:{" + id + "}") })
		.toArray(byte[][][]::new);

	private final RedisAsyncCommands<byte[], byte[]> redis;

	private final String script;

	RateLimitByHand(ConfigurableApplicationContext application) throws Exception {
		this.redis = connection(application).async();
		this.script = this.redis.scriptLoad(script()).get();
	}

	/** A connection of its own, with the settings that all contenders have. */
	@SuppressWarnings("unchecked")
	static StatefulRedisConnection<byte[], byte[]> connection(ConfigurableApplicationContext application)
			throws Exception {
		CompletionStage<StatefulConnection<byte[], byte[]>> opening = application.getBean(RedisConnections.class)
			.named(RedisConnections.DEFAULT)
			.openConnection();
		return (StatefulRedisConnection<byte[], byte[]>) opening.toCompletableFuture().get();
	}

	private static byte[] script() throws IOException {
		try (InputStream script = RateLimiter.class.getResourceAsStream("token-bucket.lua")) {
			return Objects.requireNonNull(script).readAllBytes();
		}
	}

	boolean allows(int id) throws Exception {
		List<Object> reply = this.redis
			.<List<Object>>evalsha(this.script, ScriptOutputType.MULTI, this.keys[id], TAKE_ONE)
			.get();
		return reply.get(0).equals(1L);
	}

	@Override
	public void close() {
		this.redis.getStatefulConnection().close();
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.US_ASCII);
	}

}
