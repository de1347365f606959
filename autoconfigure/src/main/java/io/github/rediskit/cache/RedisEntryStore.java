package io.github.rediskit.cache;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

import io.github.rediskit.key.KeyFamily;
import io.github.rediskit.key.KeyId;
import io.github.rediskit.key.KeySpace;
import io.github.rediskit.script.LuaScript;
import io.github.rediskit.script.RedisGateway;
import io.github.rediskit.script.RedisReplyException;
import org.jspecify.annotations.Nullable;

/**
 * The entries, leases and generations of one cache in Redis, as bytes.
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

	private static final LuaScript KEEP = LuaScript.load(RedisEntryStore.class, "keep.lua");

	private static final LuaScript REPLACE = LuaScript.load(RedisEntryStore.class, "replace.lua");

	/** A generation that got lost costs misses only; so much longer it lives. */
	static final Duration GENERATION_MARGIN = Duration.ofHours(24);

	private static final byte[] NOTHING = {};

	private final RedisGateway redis;

	private final KeyFamily entries;

	private final KeyFamily leases;

	private final byte[] generationKey;

	private final byte[] channel;

	private final Sources sources;

	private final ServerClock clock;

	RedisEntryStore(RedisGateway redis, KeySpace keys, String cache, Sources sources, ServerClock clock) {
		this.redis = redis;
		this.entries = keys.family("cache", cache);
		this.leases = keys.family("cache-lease", cache);
		this.generationKey = keys.key("cache-generation", cache);
		this.channel = StoredSignals.channel(keys);
		this.sources = sources;
		this.clock = clock;
	}

	byte[] entryKey(KeyId id) {
		return this.entries.key(id);
	}

	/**
	 * Reads an entry, what it must be of, and one key more.
	 * @param id the entry
	 * @param tagsKey what changes with each tag that is invalidated; {@code null} if
	 * nothing is tagged
	 */
	CompletionStage<Reading> read(KeyId id, byte @Nullable [] tagsKey) {
		byte[] entry = this.entries.key(id);
		CompletionStage<List<byte @Nullable []>> values = (tagsKey != null)
				? this.redis.read(entry, this.generationKey, tagsKey) : this.redis.read(entry, this.generationKey);
		return inTime(values, (found) -> new Reading(found.get(0), generations(found, 1)));
	}

	/** Reads entries in one wave. */
	CompletionStage<Readings> readAll(Collection<KeyId> ids, byte @Nullable [] tagsKey) {
		List<byte[]> keys = new ArrayList<>(ids.size() + 2);
		ids.forEach((id) -> keys.add(this.entries.key(id)));
		keys.add(this.generationKey);
		if (tagsKey != null) {
			keys.add(tagsKey);
		}
		int count = ids.size();
		return inTime(this.redis.read(keys.toArray(byte[][]::new)),
				(found) -> new Readings(found.subList(0, count), generations(found, count)));
	}

	/** Reads what entries must be of. */
	CompletionStage<Generations> generations(byte @Nullable [] tagsKey) {
		CompletionStage<List<byte @Nullable []>> values = (tagsKey != null)
				? this.redis.read(this.generationKey, tagsKey) : this.redis.read(this.generationKey);
		return inTime(values, (found) -> generations(found, 0));
	}

	/** A generation of another length is none. */
	private static Generations generations(List<byte @Nullable []> values, int index) {
		byte[] tags = (values.size() > index + 1) ? values.get(index + 1) : null;
		byte[] cache = values.get(index);
		return new Generations(isGeneration(cache) ? cache : null, isGeneration(tags) ? tags : null);
	}

	private static boolean isGeneration(byte @Nullable [] value) {
		return value != null && value.length == Long.BYTES;
	}

	/**
	 * Who looks at entries must know what time it is. The scripts tell; where none has
	 * run for some time, or ever, the server is asked beside.
	 */
	private <R, T> CompletionStage<T> inTime(CompletionStage<R> reading, Function<R, T> answer) {
		if (this.clock.isKnown()) {
			if (this.clock.isToBeAsked()) {
				askForTime();
			}
			return reading.thenApply(answer);
		}
		return askForTime().thenCombine(reading, (asked, found) -> answer.apply(found));
	}

	private CompletionStage<?> askForTime() {
		long asked = this.sources.nanoTime().getAsLong();
		return this.redis.time().handle((millis, failure) -> {
			if (failure == null) {
				this.clock.heard(millis, asked);
			}
			else if (CallerThread.unwrapped(failure) instanceof RedisReplyException) {
				this.clock.heard(0, asked);
			}
			return asked;
		});
	}

	/**
	 * A generation for a cache that has none, unless another instance is faster.
	 * @param longestEntry how long an entry of this generation may live
	 * @return the generation, 8 bytes
	 */
	CompletionStage<byte[]> startGeneration(Duration longestEntry) {
		return startGeneration(this.generationKey, longestEntry);
	}

	CompletionStage<byte[]> startGeneration(byte[] key, Duration longestEntry) {
		byte[] fresh = this.sources.generation();
		Duration ttl = longestEntry.plus(GENERATION_MARGIN);
		return this.redis.write(key, fresh, ttl, true)
			.thenCompose((written) -> this.redis.read(key))
			.thenCompose((values) -> {
				byte[] current = values.get(0);
				if (current != null && current.length == fresh.length) {
					return CompletableFuture.completedStage(current);
				}
				return this.redis.write(key, fresh, ttl, false).thenApply((written) -> fresh);
			});
	}

	CompletionStage<?> keepGeneration(Duration longestEntry) {
		return keepGeneration(this.generationKey, longestEntry);
	}

	/** Another instance may have made it live longer. */
	CompletionStage<?> keepGeneration(byte[] key, Duration longestEntry) {
		return this.redis.run(KEEP, new byte[][] { key }, millis(longestEntry.plus(GENERATION_MARGIN)));
	}

	CompletionStage<?> rotateGeneration(Duration longestEntry) {
		return this.redis.write(this.generationKey, this.sources.generation(), longestEntry.plus(GENERATION_MARGIN),
				false);
	}

	/**
	 * Asks for the right to load an entry.
	 * @param unwanted how the entry begins that the caller does not want; empty if it has
	 * found none
	 * @param hasOld whether the caller has an old value to go on with
	 */
	CompletionStage<Claim> claim(KeyId id, byte[] token, Duration lease, byte[] stamp, byte[] unwanted,
			boolean hasOld) {
		long asked = this.sources.nanoTime().getAsLong();
		return this.redis.run(CLAIM, both(id), token, millis(lease), stamp, unwanted, ascii(hasOld ? "1" : "0"))
			.thenApply((reply) -> {
				if (reply.get(2) instanceof Long now) {
					this.clock.heard(now, asked);
				}
				return Claim.of(reply);
			});
	}

	CompletionStage<Boolean> store(KeyId id, byte[] token, byte[] entry, Duration ttl) {
		return this.redis
			.run(STORE, both(id), token, entry, millis(ttl), this.channel, StoredSignals.message(this.entries.key(id)))
			.thenApply(RedisEntryStore::isOne);
	}

	/**
	 * Gives a lease back.
	 * @param pause for how long callers with an old value should not try again
	 */
	CompletionStage<Boolean> release(KeyId id, byte[] token, Duration pause) {
		return this.redis
			.run(RELEASE, new byte[][] { this.leases.key(id) }, token, this.channel,
					StoredSignals.message(this.entries.key(id)), ascii(Long.toString(pause.toMillis())))
			.thenApply(RedisEntryStore::isOne);
	}

	CompletionStage<Boolean> renew(KeyId id, byte[] token, Duration lease) {
		return this.redis.run(RENEW, new byte[][] { this.leases.key(id) }, token, millis(lease))
			.thenApply(RedisEntryStore::isOne);
	}

	/**
	 * What a caller stores with that does not hold the lease; {@code null} if another
	 * does.
	 * @param own whether it must not be another caller's, too, because the caller can do
	 * without
	 */
	CompletionStage<byte @Nullable []> ticket(KeyId id, byte[] ticket, Duration ttl, boolean own) {
		return this.redis.run(TICKET, new byte[][] { this.leases.key(id) }, ticket, millis(ttl), ascii(own ? "1" : "0"))
			.thenApply((reply) -> (reply.get(0) instanceof byte[] granted) ? granted : null);
	}

	/** Takes the lease, whoever holds it. */
	CompletionStage<?> takeLease(KeyId id, byte[] token, Duration ttl) {
		return this.redis.write(this.leases.key(id), token, ttl, false);
	}

	/** Lets an entry live on. */
	CompletionStage<?> prolong(KeyId id, Duration ttl) {
		return this.redis.expire(this.entries.key(id), ttl);
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
		return ascii(Long.toString(Math.max(1, duration.toMillis())));
	}

	private static byte[] ascii(String text) {
		return text.getBytes(StandardCharsets.US_ASCII);
	}

	private static boolean isOne(List<@Nullable Object> reply) {
		return Long.valueOf(1).equals(reply.get(0));
	}

	/**
	 * What a plain read found.
	 *
	 * @param entry the entry's bytes, or {@code null}
	 * @param generations what it must be of
	 */
	@SuppressWarnings("ArrayRecordComponent")
	record Reading(byte @Nullable [] entry, Generations generations) {
	}

	/**
	 * What a plain read of several entries found.
	 *
	 * @param entries their bytes in the order asked for, {@code null} for those not there
	 * @param generations what they must be of
	 */
	record Readings(List<byte @Nullable []> entries, Generations generations) {
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

		record FailedBefore() implements Claim {
		}

		static Claim of(List<@Nullable Object> reply) {
			if (reply.get(1) instanceof byte[] entry) {
				return new Found(entry);
			}
			long code = (reply.get(0) instanceof Long number) ? number : 1;
			return (code == 3) ? new FailedBefore() : (code == 2 && reply.get(1) instanceof Long remaining)
					? new HeldByAnother(Duration.ofMillis(remaining)) : new Leased();
		}

	}

}
