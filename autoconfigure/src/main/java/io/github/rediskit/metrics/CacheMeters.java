package io.github.rediskit.metrics;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import io.github.rediskit.cache.CacheListener;
import io.github.rediskit.cache.MissReason;
import io.github.rediskit.cache.RefreshReason;
import io.github.rediskit.cache.StaleReason;
import io.github.rediskit.cache.ValueTooLargeException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

/**
 * Counts what the caches do, from the first event on. The meters over these counts are
 * registered when there is a registry, and from then on for every cache as soon as it is
 * opened. What is timed before there is a registry is counted only.
 */
public final class CacheMeters implements CacheListener {

	private final ConcurrentMap<String, MeteredCache> caches = new ConcurrentHashMap<>();

	private volatile @Nullable Target target;

	/**
	 * Registers the meters of all caches, now and as they come.
	 * @param registry where
	 * @param cacheManager the tag {@code cache.manager} of the meters that Spring Boot
	 * has, too; all caches have the same
	 */
	public void bindTo(MeterRegistry registry, String cacheManager) {
		Target target = new Target(registry, cacheManager);
		this.target = target;
		this.caches.values().forEach((cache) -> cache.bindTo(target.registry(), target.tags(cache)));
	}

	/**
	 * The meters of one cache that every cache has in Spring Boot. They are registered
	 * once per registry, whoever comes first.
	 * @param cache the name of the cache
	 * @param tags their tags, besides the name of the cache
	 * @return what registers them
	 */
	public MeterBinder standardMeters(String cache, Iterable<Tag> tags) {
		return (registry) -> of(cache).bindStandardMetersTo(registry, tags);
	}

	MeteredCache of(String cache) {
		MeteredCache known = this.caches.get(cache);
		return (known != null) ? known : open(cache);
	}

	private MeteredCache open(String name) {
		MeteredCache cache = this.caches.computeIfAbsent(name, MeteredCache::new);
		Target target = this.target;
		if (target != null) {
			cache.bindTo(target.registry(), target.tags(cache));
		}
		return cache;
	}

	@Override
	public void opened(String cache) {
		of(cache);
	}

	@Override
	public void hit(String cache) {
		of(cache).hits.increment();
	}

	@Override
	public void miss(String cache, MissReason reason) {
		of(cache).misses.of(reason).increment();
	}

	@Override
	public void loaded(String cache, Duration duration) {
		of(cache).loaded(duration);
	}

	@Override
	public void loadFailed(String cache, Duration duration, Throwable failure) {
		of(cache).loadFailed(duration);
	}

	@Override
	public void leased(String cache) {
		of(cache).leases.increment();
	}

	@Override
	public void stored(String cache, int bytes) {
		of(cache).stored(bytes);
	}

	@Override
	public void staleServed(String cache, StaleReason reason) {
		of(cache).stale.of(reason).increment();
	}

	@Override
	public void refreshing(String cache, RefreshReason reason) {
		of(cache).refreshes.of(reason).increment();
	}

	@Override
	public void refreshSkipped(String cache) {
		of(cache).refreshesSkipped.increment();
	}

	@Override
	public void loadTimedOut(String cache) {
		of(cache).loadTimeouts.increment();
	}

	@Override
	public void invalidated(String cache) {
		of(cache).removals.increment();
	}

	@Override
	public void waited(String cache, Duration duration) {
		of(cache).waited(duration);
	}

	@Override
	public void storeRejected(String cache) {
		of(cache).storesRejected.increment();
	}

	@Override
	public void storeFailed(String cache, Throwable failure) {
		MeteredCache meters = of(cache);
		((failure instanceof ValueTooLargeException) ? meters.storesTooLarge : meters.storesFailed).increment();
	}

	@Override
	public void bypassed(String cache, Throwable failure) {
		of(cache).bypassed.increment();
	}

	@Override
	public void refused(String cache, Throwable failure) {
		of(cache).refused.increment();
	}

	@Override
	public void invalidationDeferred(String cache, Throwable failure) {
		of(cache).invalidationsDeferred.increment();
	}

	/**
	 * Where the meters go.
	 *
	 * @param registry the registry
	 * @param cacheManager the name of the manager of the caches
	 */
	private record Target(MeterRegistry registry, String cacheManager) {

		/** The tags that Spring Boot gives, in addition to {@code cache}. */
		Tags tags(MeteredCache cache) {
			return Tags.of("cache.manager", this.cacheManager, "name", cache.name());
		}

	}

}
