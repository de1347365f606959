package io.github.rediskit.spring;

import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.function.UnaryOperator;

import io.github.rediskit.cache.Cached;
import org.jspecify.annotations.Nullable;

import org.springframework.core.GenericTypeResolver;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;

/**
 * What {@code @Cached} says about one method.
 *
 * @param stored how what it returns is stored
 * @param delivery how the method hands over what it returns
 * @param key the key of a call for one key
 * @param batch how the method is called for several keys; {@code null} for one
 * @param condition whether a call is cached, or {@code null} for always
 */
record CachedMethod(StoredResult stored, Delivery delivery, KeyExpression key, @Nullable BatchMethod batch,
		@Nullable MethodExpression condition) {

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
		expressions.requireNotSuspending();
		ResolvableType returned = ResolvableType
			.forType(GenericTypeResolver.resolveType(method.getGenericReturnType(), targetClass));
		Delivery delivery = Delivery.of(returned.resolve(Object.class), expressions);
		ResolvableType delivered = delivery.valueType(returned);
		requireValue(expressions, returned, delivered, "use @CacheInvalidate if it changes one");
		BatchMethod batch = BatchMethod.read(cached, expressions, delivered);
		StoredResult stored = StoredResult.read(expressions, Cached.class, method, cached.value(),
				(batch != null) ? batch.valueType() : delivered, cached.ttl(), cached.unless(), cached.tags());
		return new CachedMethod(stored, delivery, new KeyExpression(expressions.expression("key", cached.key(), false)),
				batch, expressions.expression("condition", cached.condition(), false));
	}

	static void requireValue(MethodExpressions expressions, ResolvableType returned, ResolvableType delivered,
			String otherwise) {
		Class<?> type = delivered.resolve();
		if (type == void.class || type == Void.class) {
			throw expressions
				.invalid("a method that returns nothing can't be cached: return the value, or " + otherwise, null);
		}
		if (returned.hasUnresolvableGenerics() || type == null) {
			throw expressions.invalid(
					"the return type %s has a type variable that the bean's class leaves open: ".formatted(returned)
							+ "declare the type that is returned",
					null);
		}
	}

	Method method() {
		return this.stored.method();
	}

	String cache() {
		return this.stored.cache();
	}

	Type valueType() {
		return this.stored.valueType();
	}

	/** To ask for no keys may mean to ask for all. */
	boolean appliesTo(Call call) {
		boolean withoutKeys = this.batch != null && call.args()[this.batch.argument()] == null;
		return !withoutKeys && (this.condition == null || this.condition.isTrue(call, null));
	}

}
