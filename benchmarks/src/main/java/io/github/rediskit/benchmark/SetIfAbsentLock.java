package io.github.rediskit.benchmark;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.async.RedisAsyncCommands;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * The lock that everybody writes first: {@code SET NX PX} with a random value, and a
 * script that deletes the key if that value is in it. It has no fence, is not renewed,
 * and who finds it taken is told so.
 */
final class SetIfAbsentLock implements AutoCloseable {

	private static final String RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";

	private static final SetArgs IF_ABSENT = SetArgs.Builder.nx().px(30_000);

	private final RedisAsyncCommands<byte[], byte[]> redis;

	private final String release;

	SetIfAbsentLock(ConfigurableApplicationContext application) throws Exception {
		this.redis = RateLimitByHand.connection(application).async();
		this.release = this.redis.scriptLoad(RELEASE).get();
	}

	boolean locksAndUnlocks(int key) throws Exception {
		byte[] lock = ("set-if-absent:{" + key + "}").getBytes(StandardCharsets.US_ASCII);
		byte[] id = HexFormat.of()
			.toHexDigits(ThreadLocalRandom.current().nextLong())
			.getBytes(StandardCharsets.US_ASCII);
		return "OK".equals(this.redis.set(lock, id, IF_ABSENT).get())
				&& this.redis.<Long>evalsha(this.release, ScriptOutputType.INTEGER, new byte[][] { lock }, id)
					.get() == 1;
	}

	@Override
	public void close() {
		this.redis.getStatefulConnection().close();
	}

}
