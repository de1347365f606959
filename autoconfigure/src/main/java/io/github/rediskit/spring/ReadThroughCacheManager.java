package io.github.rediskit.spring;

import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

import io.github.rediskit.cache.RedisCaches;

import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;

/**
 * Spring's caches over the same entries as {@code @Cached}. Every name is a cache, made
 * when it is first asked for; the type of its values must be known when it is first used.
 */
public final class ReadThroughCacheManager implements CacheManager {

	private final ConcurrentMap<String, ReadThroughSpringCache> caches = new ConcurrentHashMap<>();

	private final Supplier<RedisCaches> redis;

	private final CacheValueTypes types;

	private final Set<String> names;

	/**
	 * Creates the manager.
	 * @param redis the caches, which are not asked for before the first use
	 * @param types which types their values have
	 * @param names the names of caches that exist from the start, besides those that are
	 * used by methods
	 */
	public ReadThroughCacheManager(Supplier<RedisCaches> redis, CacheValueTypes types, Set<String> names) {
		this.redis = redis;
		this.types = types;
		this.names = names;
	}

	@Override
	public Cache getCache(String name) {
		return cache(name);
	}

	ReadThroughSpringCache cache(String name) {
		ReadThroughSpringCache known = this.caches.get(name);
		return (known != null) ? known
				: this.caches.computeIfAbsent(name, (key) -> new ReadThroughSpringCache(key, this.redis, this.types));
	}

	@Override
	public Collection<String> getCacheNames() {
		Set<String> result = new TreeSet<>(this.names);
		result.addAll(this.types.names());
		result.addAll(this.caches.keySet());
		return result;
	}

	/** Finds wrong annotations now, and no call has to make a codec. */
	void openDeclared() {
		this.types.search();
		for (String name : this.types.names()) {
			CacheableMethod method = this.types.declaration(name);
			if (method != null) {
				try {
					cache(name).leased();
				}
				catch (IllegalArgumentException ex) {
					throw method.invalid(String.valueOf(ex.getMessage()), ex);
				}
			}
		}
	}

	CacheValueTypes types() {
		return this.types;
	}

}
