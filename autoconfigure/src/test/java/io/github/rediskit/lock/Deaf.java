package io.github.rediskit.lock;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

import io.github.rediskit.script.KeyScan;
import io.github.rediskit.script.LuaScript;
import io.github.rediskit.script.RedisGateway;
import org.jspecify.annotations.Nullable;

/**
 * A gateway to which no message comes through.
 *
 * @param redis what does the rest
 */
record Deaf(RedisGateway redis) implements RedisGateway {

	@Override
	public CompletionStage<List<byte @Nullable []>> read(byte[]... keys) {
		return this.redis.read(keys);
	}

	@Override
	public CompletionStage<List<@Nullable Object>> run(LuaScript script, byte[][] keys, byte[]... arguments) {
		return this.redis.run(script, keys, arguments);
	}

	@Override
	public boolean isOneSlot(byte[]... keys) {
		return this.redis.isOneSlot(keys);
	}

	@Override
	public CompletionStage<Boolean> write(byte[] key, byte[] value, Duration ttl, boolean onlyIfAbsent) {
		return this.redis.write(key, value, ttl, onlyIfAbsent);
	}

	@Override
	public CompletionStage<Boolean> expire(byte[] key, Duration ttl) {
		return this.redis.expire(key, ttl);
	}

	@Override
	public CompletionStage<KeyScan> scan(byte[] pattern, KeyScan.@Nullable Place from) {
		return this.redis.scan(pattern, from);
	}

	@Override
	public CompletionStage<Long> time() {
		return this.redis.time();
	}

	@Override
	public CompletionStage<String> append(byte[] stream, long maxLength, byte[]... fieldsAndValues) {
		return this.redis.append(stream, maxLength, fieldsAndValues);
	}

	@Override
	public CompletionStage<Long> acknowledge(byte[] stream, byte[] group, List<String> ids) {
		return this.redis.acknowledge(stream, group, ids);
	}

	@Override
	public CompletionStage<@Nullable Void> subscribe(byte[] channel, Consumer<byte[]> listener) {
		return CompletableFuture.completedStage(null);
	}

	@Override
	public CompletionStage<Long> publish(byte[] channel, byte[] message) {
		return this.redis.publish(channel, message);
	}

	@Override
	public CompletionStage<Long> publishSharded(byte[] channel, byte[] message) {
		return this.redis.publishSharded(channel, message);
	}

}
