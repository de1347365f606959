package io.github.rediskit.cache;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import io.github.rediskit.cache.EntryHeader.TagStamp;
import io.github.rediskit.key.KeyFamily;
import io.github.rediskit.key.KeyId;
import io.github.rediskit.key.KeySpace;
import io.github.rediskit.script.RedisGateway;
import org.jspecify.annotations.Nullable;

/*
 * A tag has a random generation, and each entry carries those of its tags. To invalidate a
 * tag is to give it another one: two writes, however many entries have it. A generation
 * that got lost is as good as another one, so it costs misses and revives nothing.
 *
 * What a value is tagged with may depend on the value, so the generations of its tags can
 * be read only after the load. Whether one of them has changed since the load began, the
 * epoch tells, which changes with every tag of the cache: first, before the tag. It is
 * read before the load and, after the tags, once more.
 */

/**
 * The tags of one cache in Redis.
 *
 * <pre>
 * shop:cache-tag:products:{5f2c…}  a tag's generation, by the tag's digest
 * shop:cache-tags:products         the epoch
 * </pre>
 */
final class RedisTags {

	private final RedisGateway redis;

	private final RedisEntryStore store;

	private final KeyFamily tags;

	private final byte[] epochKey;

	private final Sources sources;

	private final Supplier<Duration> longestEntry;

	private volatile boolean expected;

	RedisTags(RedisGateway redis, RedisEntryStore store, KeySpace keys, String cache, Sources sources,
			Supplier<Duration> longestEntry) {
		this.redis = redis;
		this.store = store;
		this.tags = keys.family("cache-tag", cache);
		this.epochKey = keys.key("cache-tags", cache);
		this.sources = sources;
		this.longestEntry = longestEntry;
	}

	/** From now on loads note the epoch, which costs a key more in each read. */
	void expect() {
		this.expected = true;
	}

	/** The key of the epoch; {@code null} as long as nothing is tagged. */
	byte @Nullable [] epochKeyIfExpected() {
		return this.expected ? this.epochKey : null;
	}

	boolean areExpected() {
		return this.expected;
	}

	CompletionStage<byte[]> startEpoch() {
		return this.store.startGeneration(this.epochKey, this.longestEntry.get());
	}

	/**
	 * What a value is stamped with that was loaded.
	 * @param names its tags
	 * @param epoch the epoch before the load
	 * @return empty if a tag was invalidated meanwhile
	 */
	CompletionStage<Optional<List<TagStamp>>> stamps(Collection<String> names, byte[] epoch) {
		List<Long> digests = names.stream().map(RedisTags::digest).distinct().toList();
		return generations(digests).thenCompose((known) -> started(digests, known))
			.thenCompose((stamps) -> this.redis.read(this.epochKey)
				.thenApply((now) -> Arrays.equals(now.get(0), epoch) ? Optional.of(stamps) : Optional.empty()));
	}

	private CompletionStage<List<TagStamp>> started(List<Long> digests, Map<Long, Long> known) {
		CompletionStage<List<TagStamp>> result = CompletableFuture.completedStage(new ArrayList<>());
		for (Long digest : digests) {
			Long generation = known.get(digest);
			CompletionStage<Long> current = (generation != null) ? kept(digest, generation)
					: this.store.startGeneration(key(digest), this.longestEntry.get()).thenApply(RedisTags::number);
			result = result.thenCombine(current, (stamps, number) -> {
				stamps.add(new TagStamp(digest, number));
				return stamps;
			});
		}
		return result;
	}

	/** The generation is to outlive the entry. */
	private CompletionStage<Long> kept(Long digest, Long generation) {
		this.store.keepGeneration(key(digest), this.longestEntry.get());
		return CompletableFuture.completedStage(generation);
	}

	/**
	 * The generations of tags.
	 * @param digests which tags
	 * @return by digest, those that there are
	 */
	CompletionStage<Map<Long, Long>> generations(Collection<Long> digests) {
		List<Long> order = List.copyOf(digests);
		return this.redis.read(order.stream().map(this::key).toArray(byte[][]::new)).thenApply((values) -> {
			Map<Long, Long> result = new HashMap<>();
			for (int i = 0; i < order.size(); i++) {
				byte[] value = values.get(i);
				if (value != null && value.length == Long.BYTES) {
					result.put(order.get(i), number(value));
				}
			}
			return result;
		});
	}

	/** The generations are to outlive an entry that lives on. */
	void keep(List<TagStamp> tags) {
		tags.forEach((tag) -> this.store.keepGeneration(key(tag.digest()), this.longestEntry.get()));
	}

	/** Two writes, in this order, whatever the number of entries. */
	CompletionStage<?> invalidate(String name) {
		return this.redis.write(this.epochKey, this.sources.generation(), ttl(), false)
			.thenCompose((written) -> this.redis.write(key(digest(name)), this.sources.generation(), ttl(), false));
	}

	private Duration ttl() {
		return this.longestEntry.get().plus(RedisEntryStore.GENERATION_MARGIN);
	}

	private byte[] key(Long digest) {
		return this.tags.key(KeyId.of(HexFormat.of().toHexDigits(digest)));
	}

	private static long number(byte[] generation) {
		return ByteBuffer.wrap(generation).getLong();
	}

	/** Two tags of one digest would be invalidated together, which does no harm. */
	static long digest(String name) {
		try {
			return number(MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8)));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

}
