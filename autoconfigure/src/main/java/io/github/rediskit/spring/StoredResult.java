package io.github.rediskit.spring;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import io.github.rediskit.cache.LeasedCache;
import io.github.rediskit.cache.Loaded;
import io.github.rediskit.cache.RedisCaches;
import org.jspecify.annotations.Nullable;

import org.springframework.core.ResolvableType;

/**
 * How what a method returns is stored in a cache.
 *
 * @param annotation the annotation that says so
 * @param method the method
 * @param cache the name of the cache
 * @param valueType the type of a cached value, without {@code Optional}
 * @param optional whether the method hands over an {@code Optional} of it
 * @param ttl how long a value is kept, or {@code null} for the cache's setting
 * @param unless whether a value is not kept, or {@code null} for never
 * @param tags what a value is tagged with
 * @param opened the cache itself, once it has been opened
 */
record StoredResult(Class<? extends Annotation> annotation, Method method, String cache, Type valueType,
		boolean optional, @Nullable DurationExpression ttl, @Nullable MethodExpression unless, TagExpressions tags,
		AtomicReference<@Nullable LeasedCache<Object, Object>> opened) {

	/**
	 * Reads it.
	 * @param expressions the annotation's expressions
	 * @param annotation the annotation
	 * @param method the method
	 * @param cache the name of the cache
	 * @param value the type of one value as it is handed over
	 * @param ttl the attribute
	 * @param unless the attribute
	 * @param tags the attribute
	 */
	static StoredResult read(MethodExpressions expressions, Class<? extends Annotation> annotation, Method method,
			String cache, ResolvableType value, String ttl, String unless, String[] tags) {
		boolean optional = value.resolve() == Optional.class;
		return new StoredResult(annotation, method, expressions.text(cache),
				(optional ? value.getGeneric(0) : value).getType(), optional, expressions.duration("ttl", ttl),
				expressions.expression("unless", unless, true),
				new TagExpressions(expressions.expressions("tags", tags, true)), new AtomicReference<>());
	}

	/** What is to be kept of what the method handed over, for one key. */
	Loaded<Object> loaded(Call call, @Nullable Object returned) {
		Object value = (returned instanceof Optional<?> found && this.optional) ? found.orElse(null) : returned;
		try {
			if (this.unless != null && this.unless.isTrue(call, value)) {
				return Loaded.notKept(value);
			}
			if (value == null) {
				return Loaded.of(null);
			}
			Duration own = (this.ttl != null) ? this.ttl.evaluate(call, value) : null;
			return new Loaded<>(value, own, this.tags.tags(call, value), null);
		}
		catch (RuntimeException ex) { // its caller gets what it returned all the same
			return Loaded.notKept(value, ex);
		}
	}

	@Nullable Object returned(@Nullable Object value) {
		return this.optional ? Optional.ofNullable(value) : value;
	}

	LeasedCache<Object, Object> open(Supplier<RedisCaches> caches) {
		LeasedCache<Object, Object> known = this.opened.get();
		if (known != null) {
			return known;
		}
		try {
			LeasedCache<Object, Object> result = caches.get().cache(this.cache, this.valueType);
			if (!this.tags.areNone()) {
				result.expectTags();
			}
			this.opened.set(result);
			return result;
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidAnnotationException(this.annotation, this.method, String.valueOf(ex.getMessage()), ex);
		}
	}

}
