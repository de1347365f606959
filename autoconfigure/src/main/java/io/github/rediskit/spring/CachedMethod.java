package io.github.rediskit.spring;

import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

import io.github.rediskit.cache.Cached;
import io.github.rediskit.cache.LeasedCache;
import io.github.rediskit.cache.Loaded;
import io.github.rediskit.key.KeyId;
import org.jspecify.annotations.Nullable;

import org.springframework.core.GenericTypeResolver;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;

/**
 * What {@code @Cached} says about one method.
 *
 * @param method the method
 * @param cache the name of the cache
 * @param delivery how the method hands over what it returns
 * @param valueType the type of the cached values: what the method hands over, without
 * {@code Optional}
 * @param optional whether the method hands over an {@code Optional} of it
 * @param key the key of a call
 * @param ttl how long a value is kept, or {@code null} for the cache's setting
 * @param condition whether a call is cached, or {@code null} for always
 * @param unless whether a result is not kept, or {@code null} for never
 * @param opened the cache itself, once it has been opened
 */
record CachedMethod(Method method, String cache, Delivery delivery, Type valueType, boolean optional, KeyExpression key,
		@Nullable DurationExpression ttl, @Nullable MethodExpression condition, @Nullable MethodExpression unless,
		AtomicReference<@Nullable LeasedCache<Object, Object>> opened) {

	/**
	 * Reads the annotation of a method.
	 * @param method the method
	 * @param targetClass the class of the bean
	 * @param placeholders resolves {@code ${…}} in a text
	 * @return what it says, or {@code null} if the method has none
	 */
	static @Nullable CachedMethod read(Method method, Class<?> targetClass, UnaryOperator<String> placeholders) {
		Cached cached = AnnotatedElementUtils.findMergedAnnotation(method, Cached.class);
		if (cached == null) {
			return null;
		}
		MethodExpressions expressions = new MethodExpressions(Cached.class, method, placeholders);
		expressions.requireInterceptable();
		ResolvableType returned = ResolvableType
			.forType(GenericTypeResolver.resolveType(method.getGenericReturnType(), targetClass));
		Delivery delivery = Delivery.of(returned.resolve(Object.class), expressions);
		ResolvableType delivered = delivery.valueType(returned);
		requireValue(expressions, returned, delivered);
		boolean optional = delivered.resolve() == Optional.class;
		ResolvableType value = optional ? delivered.getGeneric(0) : delivered;
		return new CachedMethod(method, expressions.text(cached.value()), delivery, value.getType(), optional,
				new KeyExpression(expressions.expression("key", cached.key(), false)),
				expressions.duration("ttl", cached.ttl()),
				expressions.expression("condition", cached.condition(), false),
				expressions.expression("unless", cached.unless(), true), new AtomicReference<>());
	}

	private static void requireValue(MethodExpressions expressions, ResolvableType returned, ResolvableType delivered) {
		Class<?> type = delivered.resolve();
		if (type == void.class || type == Void.class) {
			throw expressions.invalid("a method that returns nothing can't be cached: return the value, "
					+ "or use @CacheInvalidate if it changes one", null);
		}
		if (returned.hasUnresolvableGenerics() || type == null) {
			throw expressions.invalid(
					"the return type %s has a type variable that the bean's class leaves open: ".formatted(returned)
							+ "declare the type that is returned",
					null);
		}
	}

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
