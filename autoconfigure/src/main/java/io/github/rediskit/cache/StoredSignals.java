package io.github.rediskit.cache;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

import io.github.rediskit.key.KeySpace;
import io.github.rediskit.script.RedisGateway;
import org.jspecify.annotations.Nullable;

/**
 * Wakes those who wait for another instance's load when its lease ends. One channel
 * serves all caches of the namespace; a script publishes only if somebody waits. Signals
 * can get lost, so whoever waits looks for itself now and then, too.
 */
final class StoredSignals {

	private static final byte VERSION = '1';

	private final Map<String, CompletableFuture<@Nullable Void>> expected = new ConcurrentHashMap<>();

	private final AtomicReference<@Nullable CompletableFuture<?>> subscription = new AtomicReference<>();

	private final RedisGateway redis;

	private final byte[] channel;

	StoredSignals(RedisGateway redis, KeySpace keys) {
		this.redis = redis;
		this.channel = channel(keys);
	}

	static byte[] channel(KeySpace keys) {
		return keys.key("channel", "cache");
	}

	static byte[] message(byte[] entryKey) {
		return ByteBuffer.allocate(entryKey.length + 1).put(VERSION).put(entryKey).array();
	}

	static String name(byte[] entryKey) {
		return new String(entryKey, StandardCharsets.US_ASCII);
	}

	/**
	 * Expects the next signal for an entry.
	 * @param name the entry's name
	 * @return completed when the signal comes
	 */
	CompletableFuture<@Nullable Void> expect(String name) {
		return this.expected.computeIfAbsent(name, (ignored) -> new CompletableFuture<>());
	}

	void forget(String name, CompletableFuture<@Nullable Void> signal) {
		this.expected.remove(name, signal);
	}

	/**
	 * Listens from the first call on; a failed attempt is repeated by the next call.
	 * @return completed once signals can arrive, or the attempt failed
	 */
	CompletableFuture<?> listen() {
		CompletableFuture<?> current = this.subscription.get();
		if (current != null && !current.isCompletedExceptionally()) {
			return current;
		}
		CompletableFuture<@Nullable Void> attempt = new CompletableFuture<>();
		CompletableFuture<?> faster = this.subscription.compareAndExchange(current, attempt);
		if (faster != current) {
			return (faster != null) ? faster : attempt;
		}
		this.redis.subscribe(this.channel, this::received).whenComplete((ignored, failure) -> {
			if (failure != null) {
				attempt.completeExceptionally(failure);
			}
			else {
				attempt.complete(null);
			}
		});
		return attempt;
	}

	private void received(byte[] message) {
		if (message.length > 1 && message[0] == VERSION) {
			String name = new String(message, 1, message.length - 1, StandardCharsets.US_ASCII);
			CompletableFuture<@Nullable Void> signal = this.expected.remove(name);
			if (signal != null) {
				signal.complete(null);
			}
		}
	}

}
