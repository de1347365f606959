package io.github.rediskit.spring;

import java.lang.reflect.Method;

import io.github.rediskit.cache.RedisCaches;
import org.jspecify.annotations.Nullable;

/**
 * What one {@code @CacheInvalidate} says.
 *
 * @param method the method
 * @param cache the name of the cache
 * @param all whether all entries are removed
 * @param key the key of the entry otherwise
 * @param before whether it happens before the method runs
 * @param condition whether it happens, or {@code null} for always
 */
record CacheInvalidation(Method method, String cache, boolean all, KeyExpression key, boolean before,
		@Nullable MethodExpression condition) {

	void carryOut(RedisCaches caches, Call call, @Nullable Object result) {
		if (this.condition != null && !this.condition.isTrue(call, result)) {
			return;
		}
		if (this.all) {
			caches.invalidateAll(this.cache);
		}
		else {
			caches.invalidate(this.cache, this.key.id(call, result));
		}
	}

}
