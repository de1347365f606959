package io.github.rediskit.spring;

import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

import io.github.rediskit.cache.LeasedCache;
import io.github.rediskit.cache.Loaded;
import io.github.rediskit.key.KeyId;
import org.jspecify.annotations.Nullable;

/**
 * What {@code @Cached} says about one method.
 *
 * @param method the method
 * @param cache the name of the cache
 * @param valueType the type of the cached values: what the method returns, without
 * {@code Optional}
 * @param optional whether the method returns an {@code Optional} of it
 * @param key the key of a call
 * @param ttl how long a value is kept, or {@code null} for the cache's setting
 * @param condition whether a call is cached, or {@code null} for always
 * @param unless whether a result is not kept, or {@code null} for never
 * @param opened the cache itself, once it has been opened
 */
record CachedMethod(Method method, String cache, Type valueType, boolean optional, KeyExpression key,
		@Nullable DurationExpression ttl, @Nullable MethodExpression condition, @Nullable MethodExpression unless,
		AtomicReference<@Nullable LeasedCache<Object, Object>> opened) {

	boolean appliesTo(Call call) {
		return this.condition == null || this.condition.isTrue(call, null);
	}

	KeyId id(Call call) {
		return this.key.id(call, null);
	}

	Loaded<Object> loaded(Call call, @Nullable Object returned) {
		Object value = (returned instanceof Optional<?> found && this.optional) ? found.orElse(null) : returned;
		try {
			if (this.unless != null && this.unless.isTrue(call, value)) {
				return Loaded.notKept(value);
			}
			DurationExpression own = (value != null) ? this.ttl : null;
			return new Loaded<>(value, (own != null) ? own.evaluate(call, value) : null);
		}
		catch (RuntimeException ex) { // its caller gets what it returned all the same
			return Loaded.notKept(value, ex);
		}
	}

	@Nullable Object returned(@Nullable Object value) {
		return this.optional ? Optional.ofNullable(value) : value;
	}

}
