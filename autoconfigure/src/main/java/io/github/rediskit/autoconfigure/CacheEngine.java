package io.github.rediskit.autoconfigure;

import io.github.rediskit.cache.Caches;
import io.github.rediskit.cache.RedisCaches;

/**
 * The caches behind the annotations. It is no {@link Caches} itself, so an application,
 * or its test, that has a bean of that type keeps its annotations.
 *
 * @param caches the caches
 */
record CacheEngine(RedisCaches caches) implements AutoCloseable {

	@Override
	public void close() {
		this.caches.close();
	}

}
