package io.github.rediskit.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.binder.cache.CacheMeterBinder;
import org.jspecify.annotations.Nullable;

/**
 * The meters that Micrometer has for every cache, and {@code cache.removals}, which
 * Spring Boot adds for caches in Redis. Nobody counts how many entries there are, or
 * those that expire or that Redis evicts.
 */
final class StandardCacheMeters extends CacheMeterBinder<MeteredCache> {

	StandardCacheMeters(MeteredCache cache, Iterable<Tag> tags) {
		super(cache, cache.name(), tags);
	}

	@Override
	protected @Nullable Long size() {
		return null;
	}

	@Override
	protected long hitCount() {
		MeteredCache cache = getCache();
		return (cache != null) ? cache.hits.sum() : 0;
	}

	@Override
	protected Long missCount() {
		MeteredCache cache = getCache();
		return (cache != null) ? cache.misses.sum() : 0;
	}

	@Override
	protected @Nullable Long evictionCount() {
		return null;
	}

	@Override
	protected long putCount() {
		MeteredCache cache = getCache();
		return (cache != null) ? cache.puts.sum() : 0;
	}

	@Override
	protected void bindImplementationSpecificMetrics(MeterRegistry registry) {
		MeteredCache cache = getCache();
		if (cache != null) {
			FunctionCounter.builder("cache.removals", cache, (removed) -> removed.removals.sum())
				.tags(getTagsWithCacheName())
				.description("Cache removals")
				.register(registry);
		}
	}

}
