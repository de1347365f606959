package io.github.rediskit.cache;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.github.rediskit.key.KeyFamily;
import io.github.rediskit.key.KeyId;
import io.github.rediskit.key.KeySpace;
import io.github.rediskit.script.LuaScript;
import io.github.rediskit.script.RedisGateway;
import org.jspecify.annotations.Nullable;

/**
 * The entries, leases and generation of one cache in Redis, as bytes.
 *
 * <pre>
 * shop:cache:products:{42}         the entry: a string, for its time to live
 * shop:cache-lease:products:{42}   who loads it: a string, for the lease
 * shop:cache-generation:products   what entries must carry to count: a string, longer than any entry
 * shop:channel:cache               where those who wait hear that a lease has ended
 * </pre>
 */
final class RedisEntryStore {

	private static final LuaScript CLAIM = LuaScript.load(RedisEntryStore.class, "claim.lua");

	private static final LuaScript STORE = LuaScript.load(RedisEntryStore.class, "store.lua");

	private static final LuaScript RELEASE = LuaScript.load(RedisEntryStore.class, "release.lua");

	private static final LuaScript RENEW = LuaScript.load(RedisEntryStore.class, "renew.lua");

	private static final LuaScript TICKET = LuaScript.load(RedisEntryStore.class, "ticket.lua");

	private static final LuaScript REPLACE = LuaScript.load(RedisEntryStore.class, "replace.lua");

	/** A generation that got lost costs misses only; so much longer it lives. */
	private static final Duration GENERATION_MARGIN = Duration.ofHours(24);

	private static final byte[] NOTHING = {};

	private final RedisGateway redis;

	private final KeyFamily entries;

	private final KeyFamily leases;

	private final byte[] generationKey;

	private final byte[] channel;

	private final Sources sources;

	RedisEntryStore(RedisGateway redis, KeySpace keys, String cache, Sources sources) {
		this.redis = redis;
		this.entries = keys.family("cache", cache);
		this.leases = keys.family("cache-lease", cache);
		this.generationKey = keys.key("cache-generation", cache);
		this.channel = StoredSignals.channel(keys);
		this.sources = sources;
	}

	byte[] entryKey(KeyId id) {
		return this.entries.key(id);
	}

	CompletionStage<Reading> read(KeyId id) {
		return this.redis.read(this.entries.key(id), this.generationKey).thenApply(Reading::of);
	}

	CompletionStage<byte @Nullable []> generation() {
		return this.redis.read(this.generationKey).thenApply((values) -> Reading.of(values).generation());
	}

	/**
	 * A generation for a cache that has none, unless another instance is faster.
	 * @param longestEntry how long an entry of this generation may live
	 * @return the generation, 8 bytes
	 */
	CompletionStage<byte[]> startGeneration(Duration longestEntry) {
		byte[] fresh = this.sources.generation();
		Duration ttl = longestEntry.plus(GENERATION_MARGIN);
		return this.redis.write(this.generationKey, fresh, ttl, true)
			.thenCompose((written) -> this.redis.read(this.generationKey))
			.thenCompose((values) -> {
				byte[] current = values.get(0);
				if (current != null && current.length == fresh.length) {
					return CompletableFuture.completedStage(current);
				}
				return this.redis.write(this.generationKey, fresh, ttl, false).thenApply((written) -> fresh);
			});
	}

	CompletionStage<?> keepGeneration(Duration longestEntry) {
		return this.redis.expire(this.generationKey, longestEntry.plus(GENERATION_MARGIN));
	}

	CompletionStage<?> rotateGeneration(Duration longestEntry) {
		return this.redis.write(this.generationKey, this.sources.generation(), longestEntry.plus(GENERATION_MARGIN),
				false);
	}

	CompletionStage<Claim> claim(KeyId id, byte[] token, Duration lease, byte[] stamp, byte[] rejected) {
		return this.redis.run(CLAIM, both(id), token, millis(lease), stamp, rejected).thenApply(Claim::of);
	}

	CompletionStage<Boolean> store(KeyId id, byte[] token, byte[] entry, Duration ttl) {
		return this.redis
			.run(STORE, both(id), token, entry, millis(ttl), this.channel, StoredSignals.message(this.entries.key(id)))
			.thenApply(RedisEntryStore::isOne);
	}

	CompletionStage<Boolean> release(KeyId id, byte[] token) {
		return this.redis
			.run(RELEASE, new byte[][] { this.leases.key(id) }, token, this.channel,
					StoredSignals.message(this.entries.key(id)))
			.thenApply(RedisEntryStore::isOne);
	}

	CompletionStage<Boolean> renew(KeyId id, byte[] token, Duration lease) {
		return this.redis.run(RENEW, new byte[][] { this.leases.key(id) }, token, millis(lease))
			.thenApply(RedisEntryStore::isOne);
	}

	/**
	 * What a caller stores with that does not hold the lease; {@code null} if another
	 * does.
	 */
	CompletionStage<byte @Nullable []> ticket(KeyId id, byte[] ticket, Duration ttl) {
		return this.redis.run(TICKET, new byte[][] { this.leases.key(id) }, ticket, millis(ttl))
			.thenApply((reply) -> (reply.get(0) instanceof byte[] granted) ? granted : null);
	}

	CompletionStage<?> remove(KeyId id) {
		return replace(id, NOTHING, NOTHING);
	}

	CompletionStage<?> put(KeyId id, byte[] entry, Duration ttl) {
		return replace(id, entry, millis(ttl));
	}

	/** By which those who wait for an entry recognize its signals. */
	String signal(KeyId id) {
		return StoredSignals.name(this.entries.key(id));
	}

	private CompletionStage<?> replace(KeyId id, byte[] entry, byte[] ttl) {
		return this.redis.run(REPLACE, both(id), this.channel, StoredSignals.message(this.entries.key(id)), entry, ttl);
	}

	private byte[][] both(KeyId id) {
		return new byte[][] { this.entries.key(id), this.leases.key(id) };
	}

	private static byte[] millis(Duration duration) {
		return Long.toString(Math.max(1, duration.toMillis())).getBytes(StandardCharsets.US_ASCII);
	}

	private static boolean isOne(List<@Nullable Object> reply) {
		return Long.valueOf(1).equals(reply.get(0));
	}

	/**
	 * What a plain read found.
	 *
	 * @param entry the entry's bytes, or {@code null}
	 * @param generation the cache's generation, or {@code null}
	 */
	@SuppressWarnings("ArrayRecordComponent")
	record Reading(byte @Nullable [] entry, byte @Nullable [] generation) {

		/** The generation is the last value; one of another length is none. */
		static Reading of(List<byte @Nullable []> values) {
			byte[] generation = values.get(values.size() - 1);
			return new Reading((values.size() > 1) ? values.get(0) : null,
					(generation != null && generation.length == Long.BYTES) ? generation : null);
		}

	}

	/**
	 * What is to be done about a miss.
	 */
	sealed interface Claim {

		@SuppressWarnings("ArrayRecordComponent")
		record Found(byte[] entry) implements Claim {
		}

		record Leased() implements Claim {
		}

		record HeldByAnother(Duration remaining) implements Claim {
		}

		static Claim of(List<@Nullable Object> reply) {
			Object detail = (reply.size() > 1) ? reply.get(1) : null;
			if (detail instanceof byte[] entry) {
				return new Found(entry);
			}
			return (detail instanceof Long remaining) ? new HeldByAnother(Duration.ofMillis(remaining)) : new Leased();
		}

	}

}
