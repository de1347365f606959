package io.github.rediskit.spring;

import java.lang.reflect.Method;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.github.rediskit.cache.RedisCaches;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ObjectUtils;

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
		Object value = ObjectUtils.unwrapOptional(result);
		if (!appliesTo(call, value)) {
			return;
		}
		if (this.all) {
			caches.invalidateAll(this.cache);
		}
		else {
			caches.invalidate(this.cache, this.key.id(call, value));
		}
	}

	CompletionStage<Boolean> carryOutAsync(RedisCaches caches, Call call, @Nullable Object result) {
		Object value = ObjectUtils.unwrapOptional(result);
		if (!appliesTo(call, value)) {
			return CompletableFuture.completedStage(true);
		}
		return this.all ? caches.invalidateAllAsync(this.cache)
				: caches.invalidateAsync(this.cache, this.key.id(call, value));
	}

	private boolean appliesTo(Call call, @Nullable Object value) {
		return this.condition == null || this.condition.isTrue(call, value);
	}

	/** Whether it depends on what the method yields. */
	boolean needsResult() {
		MethodExpression ofKey = this.all ? null : this.key.expression();
		return (ofKey != null && ofKey.needsResult()) || (this.condition != null && this.condition.needsResult());
	}

}
