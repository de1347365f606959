package io.github.rediskit.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

import io.github.rediskit.key.KeyFamily;
import io.github.rediskit.key.KeyGlob;
import io.github.rediskit.key.KeyId;
import io.github.rediskit.key.KeySpace;
import io.github.rediskit.script.KeyScan;
import io.github.rediskit.script.RedisGateway;
import org.jspecify.annotations.Nullable;

/*
 * A scan finds what is there from its beginning to its end. A load that began before the
 * invalidation holds its lease; either it still does when all leases have been seen, and
 * then it was found, or it has stored meanwhile, and then its entry is there when the
 * entries begin to be looked at. Hence the leases first. What is found by one of the two
 * is removed with the other, in one step.
 *
 * After each page there is a pause as long as the page has taken, with all that was
 * removed: so at most half of the server's time is used up.
 */

/**
 * Removes those entries of one cache that match a glob, and cancels loads of them.
 */
final class MatchingInvalidation {

	private final RedisGateway redis;

	private final RedisEntryStore store;

	private final List<KeyFamily> families;

	private final Sources sources;

	MatchingInvalidation(RedisGateway redis, RedisEntryStore store, KeySpace keys, String cache, Sources sources) {
		this.redis = redis;
		this.store = store;
		this.families = List.of(keys.family("cache-lease", cache), keys.family("cache", cache));
		this.sources = sources;
	}

	CompletionStage<?> remove(KeyGlob glob) {
		return remove(glob, this.families, null);
	}

	private CompletionStage<?> remove(KeyGlob glob, List<KeyFamily> families, KeyScan.@Nullable Place from) {
		KeyFamily family = families.get(0);
		long begin = now();
		return this.redis.scan(family.pattern(glob), from)
			.thenCompose((page) -> removeAll(matching(glob, family, page)).thenCompose((removed) -> {
				List<KeyFamily> rest = (page.next() != null) ? families : families.subList(1, families.size());
				return rest.isEmpty() ? CompletableFuture.completedStage(null)
						: pause(now() - begin).thenCompose((rested) -> remove(glob, rest, page.next()));
			}));
	}

	private static List<KeyId> matching(KeyGlob glob, KeyFamily family, KeyScan page) {
		List<KeyId> result = new ArrayList<>();
		for (byte[] key : page.keys()) {
			KeyId id = family.id(key);
			if (id != null && glob.matches(id)) {
				result.add(id);
			}
		}
		return result;
	}

	private CompletionStage<?> removeAll(List<KeyId> ids) {
		return CompletableFuture.allOf(ids.stream()
			.map((id) -> this.store.remove(id).toCompletableFuture())
			.toArray(CompletableFuture<?>[]::new));
	}

	/** Not by the caches' timer, which forgets its tasks when the caches are closed. */
	private static CompletionStage<?> pause(long nanos) {
		return new CompletableFuture<@Nullable Object>().completeOnTimeout(null, nanos, TimeUnit.NANOSECONDS);
	}

	private long now() {
		return this.sources.nanoTime().getAsLong();
	}

}
