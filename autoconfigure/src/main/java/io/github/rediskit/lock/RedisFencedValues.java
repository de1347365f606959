package io.github.rediskit.lock;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

import io.github.rediskit.key.KeyId;
import io.github.rediskit.key.KeySpace;
import io.github.rediskit.script.LuaScript;
import io.github.rediskit.script.RedisGateway;
import org.jspecify.annotations.Nullable;

/**
 * Fenced values at {@code namespace:fenced:name:{key}}.
 */
public final class RedisFencedValues implements FencedValues {

	private static final LuaScript WRITE = LuaScript.load(RedisFencedValues.class, "fenced-write.lua");

	private static final LuaScript READ = LuaScript.load(RedisFencedValues.class, "fenced-read.lua");

	private final RedisGateway redis;

	private final KeySpace keys;

	/**
	 * Creates the values.
	 * @param redis the connection that they use
	 * @param keys where they lie
	 */
	public RedisFencedValues(RedisGateway redis, KeySpace keys) {
		this.redis = redis;
		this.keys = keys;
	}

	@Override
	public CompletionStage<Boolean> write(String name, Object key, byte[] value, Duration ttl, long fence) {
		return this.redis
			.run(WRITE, new byte[][] { key(name, key) }, LockTarget.ascii(fence), value,
					LockTarget.ascii(millis(name, ttl)))
			.thenApply(LockTarget::isDone);
	}

	@Override
	public CompletionStage<Optional<byte[]>> read(String name, Object key, Duration ttl, long fence) {
		return this.redis
			.run(READ, new byte[][] { key(name, key) }, LockTarget.ascii(fence), LockTarget.ascii(millis(name, ttl)))
			.thenApply((reply) -> {
				if (!LockTarget.isDone(reply)) {
					throw new LockLostException(name,
							"was lost: a newer holder has been at the value, with a larger fence than " + fence);
				}
				return (reply.size() > 1 && reply.get(1) instanceof byte[] payload) ? Optional.of(payload)
						: Optional.empty();
			});
	}

	@Override
	public CompletionStage<Optional<byte[]>> read(String name, Object key) {
		return this.redis.read(key(name, key)).thenApply((values) -> payload(values.get(0)));
	}

	private static long millis(String name, Duration ttl) {
		if (ttl.toMillis() < 1) {
			throw new IllegalArgumentException(
					"The fenced value '%s' can't have a time to live of %s. Give 1 ms or more".formatted(name, ttl));
		}
		return ttl.toMillis();
	}

	private byte[] key(String name, Object key) {
		return this.keys.family("fenced", name).key(KeyId.of(key));
	}

	/** After the second blank. */
	private static Optional<byte[]> payload(byte @Nullable [] stored) {
		int blanks = 0;
		for (int i = 0; stored != null && stored.length > 1 && stored[0] == '1' && i < stored.length; i++) {
			if (stored[i] == ' ' && ++blanks == 2) {
				return Optional.of(Arrays.copyOfRange(stored, i + 1, stored.length));
			}
		}
		return Optional.empty();
	}

}
