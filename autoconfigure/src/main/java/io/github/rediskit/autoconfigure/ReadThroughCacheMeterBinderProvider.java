package io.github.rediskit.autoconfigure;

import io.github.rediskit.metrics.CacheMeters;
import io.github.rediskit.spring.ReadThroughSpringCache;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.boot.cache.metrics.CacheMeterBinderProvider;

/**
 * The meters of our caches for Spring Boot, which asks for those of the caches that the
 * managers know at the start.
 */
final class ReadThroughCacheMeterBinderProvider implements CacheMeterBinderProvider<ReadThroughSpringCache> {

	private final CacheMeters meters;

	ReadThroughCacheMeterBinderProvider(CacheMeters meters) {
		this.meters = meters;
	}

	@Override
	public MeterBinder getMeterBinder(ReadThroughSpringCache cache, Iterable<Tag> tags) {
		return this.meters.standardMeters(cache.getName(), tags);
	}

}
