package io.github.rediskit.cache;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

import io.github.rediskit.cache.CacheSettings.Lifetime;
import io.github.rediskit.cache.CacheSettings.TtlMode;
import io.github.rediskit.cache.EntryHeader.TagStamp;
import io.github.rediskit.cache.Lookup.Hit;
import io.github.rediskit.cache.Lookup.Miss;
import io.github.rediskit.cache.Lookup.Old;
import io.github.rediskit.cache.RedisEntryStore.Reading;
import io.github.rediskit.codec.CodecException;
import io.github.rediskit.key.KeyId;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one cache as values of one type: what the bytes in Redis are good for,
 * and which bytes a value becomes.
 *
 * @param <V> the type of the values
 */
final class Entries<V> {

	private static final byte[] NOTHING = {};

	private final CacheRegion region;

	private final EntryFormat<V> format;

	Entries(CacheRegion region, EntryFormat<V> format) {
		this.region = region;
		this.format = format;
	}

	/** What an entry is when Redis does not answer. */
	static <V> Miss<V> outOfReach() {
		return new Miss<>(MissReason.UNAVAILABLE, Generations.UNKNOWN, NOTHING);
	}

	/**
	 * Takes note of what a call found. An entry that lives on with each call does so now;
	 * nobody waits for that.
	 */
	Lookup<V> noted(KeyId id, Lookup<V> lookup) {
		CacheListener listener = this.region.listener();
		if (lookup instanceof Miss<V> miss) {
			listener.miss(this.region.name(), miss.reason());
		}
		else if (lookup instanceof Old<V> old && !old.age().answers()) {
			listener.miss(this.region.name(), MissReason.EXPIRED);
		}
		else {
			listener.hit(this.region.name());
		}
		if (lookup instanceof Hit<V> hit && hit.header().has(EntryHeader.SLIDING)) {
			Duration ttl = Duration.ofMillis(hit.header().freshMillis());
			this.region.keepGeneration(ttl);
			this.region.tags().keep(hit.header().tags());
			this.region.store().prolong(id, ttl);
		}
		return lookup;
	}

	/** The bytes alone: to make a value of them is not for the client's I/O thread. */
	CompletionStage<Reading> read(KeyId id) {
		return this.region.store().read(id, this.region.tags().epochKeyIfExpected());
	}

	CompletionStage<Lookup<V>> read(KeyId id, Executor executor) {
		return read(id).thenComposeAsync((reading) -> examine(id, reading), executor);
	}

	/** What a fresh value is to a caller who wants to load it again. */
	Old<V> ahead(Hit<V> hit) {
		byte[] generation = Objects.requireNonNull(hit.generations().cache());
		Miss<V> miss = new Miss<>(MissReason.EXPIRED, hit.generations(), hit.header().bytes(stamp(generation)));
		return new Old<>(hit.value(), Age.AHEAD, hit.header(), miss);
	}

	/** Reads in one wave, and one more for the generations of tags, if there are any. */
	CompletionStage<Map<KeyId, Lookup<V>>> readAll(Collection<KeyId> ids, Executor executor) {
		List<KeyId> order = List.copyOf(ids);
		return this.region.store()
			.readAll(order, this.region.tags().epochKeyIfExpected())
			.thenComposeAsync((readings) -> {
				Map<KeyId, Lookup<V>> found = new LinkedHashMap<>();
				Map<KeyId, Tagged> tagged = new LinkedHashMap<>();
				for (int i = 0; i < order.size(); i++) {
					KeyId id = order.get(i);
					byte[] entry = readings.entries().get(i);
					Lookup<V> lookup = look(id, new Reading(entry, readings.generations()));
					found.put(id, lookup);
					if (entry != null && hasTags(entry, lookup)) {
						tagged.put(id, new Tagged(entry, EntryHeader.of(entry).tags()));
					}
				}
				return tagged.isEmpty() ? CompletableFuture.completedStage(found)
						: current(tagged.values()).thenApply((current) -> {
							tagged.forEach((id, entry) -> found.computeIfPresent(id,
									(ignored, lookup) -> areCurrent(entry, current) ? lookup
											: outdated(entry, readings.generations())));
							return found;
						});
			}, executor);
	}

	private boolean hasTags(byte[] entry, Lookup<V> lookup) {
		return !(lookup instanceof Miss) && EntryHeader.length(entry) != EntryHeader.LENGTH;
	}

	private CompletionStage<Map<Long, Long>> current(Collection<Tagged> entries) {
		Set<Long> digests = new HashSet<>();
		entries.forEach((entry) -> entry.tags().forEach((tag) -> digests.add(tag.digest())));
		return this.region.tags().generations(digests);
	}

	private static boolean areCurrent(Tagged entry, Map<Long, Long> current) {
		return entry.tags()
			.stream()
			.allMatch((tag) -> Long.valueOf(tag.generation()).equals(current.get(tag.digest())));
	}

	private Miss<V> outdated(Tagged entry, Generations generations) {
		return new Miss<>(MissReason.INVALIDATED, generations, EntryHeader.beginning(entry.bytes()));
	}

	/** One trip more if the entry has tags. */
	CompletionStage<Lookup<V>> examine(KeyId id, Reading reading) {
		Lookup<V> found = look(id, reading);
		byte[] bytes = reading.entry();
		if (bytes == null || !hasTags(bytes, found)) {
			return CompletableFuture.completedStage(found);
		}
		Tagged entry = new Tagged(bytes, EntryHeader.of(bytes).tags());
		return current(List.of(entry))
			.thenApply((current) -> areCurrent(entry, current) ? found : outdated(entry, reading.generations()));
	}

	private Lookup<V> look(KeyId id, Reading reading) {
		byte[] entry = reading.entry();
		byte[] generation = reading.generations().cache();
		if (entry == null) {
			return new Miss<>(MissReason.ABSENT, reading.generations(), NOTHING);
		}
		if (generation == null) {
			return new Miss<>(MissReason.INVALIDATED, reading.generations(), NOTHING);
		}
		MissReason reason = this.format.mismatch(entry, generation);
		if (reason == null) {
			EntryHeader header = EntryHeader.of(entry);
			Age age = Age.of(header, this.region.services().clock().millis(), this.region.settings().lifetime(),
					this.region.services().sources().random());
			try {
				return found(this.format.read(id, entry, header), header, age, reading);
			}
			catch (CodecException ex) {
				reason = EntryFormat.reason(ex);
			}
		}
		return new Miss<>(reason, reading.generations(), EntryHeader.beginning(entry));
	}

	private static <V> Lookup<V> found(@Nullable V value, EntryHeader header, Age age, Reading reading) {
		byte[] entry = Objects.requireNonNull(reading.entry());
		if (age == Age.FRESH) {
			return new Hit<>(value, header, reading.generations());
		}
		Miss<V> miss = new Miss<>(MissReason.EXPIRED, reading.generations(), EntryHeader.beginning(entry));
		return (age == Age.GONE) ? miss : new Old<>(value, age, header, miss);
	}

	byte[] stamp(byte[] generation) {
		return this.format.stamp(generation);
	}

	/** How long a value is kept: zero for not at all. */
	Duration ttlOf(Loaded<V> loaded) {
		Duration ttl = loaded.ttl();
		if (ttl != null && ttl.isZero()) {
			return ttl;
		}
		Lifetime lifetime = this.region.settings().lifetime();
		if (loaded.value() == null) {
			return lifetime.nullTtl();
		}
		return (ttl != null) ? ttl : lifetime.ttl();
	}

	/**
	 * Makes an entry.
	 * @param loaded what is to be kept
	 * @param loadTime how long it took to load
	 * @param generation the cache's generation before that
	 * @param tags its tags
	 * @return the entry
	 * @throws CodecException if the value can't be stored
	 */
	Written written(KeyId id, Loaded<V> loaded, Duration loadTime, byte[] generation, List<TagStamp> tags) {
		Lifetime lifetime = this.region.settings().lifetime();
		Duration fresh = this.region.services().sources().jittered(ttlOf(loaded), lifetime.jitter());
		boolean growsOld = loaded.value() != null && lifetime.mode() == TtlMode.ABSOLUTE;
		boolean slides = loaded.value() != null && lifetime.mode() == TtlMode.SLIDING;
		Duration stale = growsOld ? lifetime.staleWhileRevalidate() : Duration.ZERO;
		Duration error = growsOld ? lifetime.staleIfError() : Duration.ZERO;
		EntryHeader header = new EntryHeader(slides ? EntryHeader.SLIDING : 0, this.region.services().clock().millis(),
				loadTime.toMillis(), fresh.toMillis(), stale.toMillis(), error.toMillis(), tags);
		byte[] entry = this.format.write(id, stamp(generation), header, loaded.value());
		return new Written(entry, fresh.plus(growsOld ? lifetime.stale() : Duration.ZERO));
	}

	@SuppressWarnings("ArrayRecordComponent")
	private record Tagged(byte[] bytes, List<TagStamp> tags) {
	}

	/**
	 * A value as an entry.
	 *
	 * @param entry its bytes
	 * @param kept how long Redis keeps it
	 */
	@SuppressWarnings("ArrayRecordComponent")
	record Written(byte[] entry, Duration kept) {
	}

}
