package io.github.rediskit.spring;

import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

import io.github.rediskit.cache.Cached;
import org.jspecify.annotations.Nullable;

import org.springframework.core.GenericTypeResolver;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;

/**
 * The methods with {@link Cached}.
 */
public final class CachedMethods extends AnnotatedMethods<CachedMethod> {

	private final UnaryOperator<String> placeholders;

	/**
	 * Creates the methods.
	 * @param placeholders resolves {@code ${…}} in a text
	 */
	public CachedMethods(UnaryOperator<String> placeholders) {
		super(Cached.class);
		this.placeholders = placeholders;
	}

	@Override
	@Nullable CachedMethod read(Method method, Class<?> targetClass) {
		Cached cached = AnnotatedElementUtils.findMergedAnnotation(method, Cached.class);
		if (cached == null) {
			return null;
		}
		MethodExpressions expressions = new MethodExpressions(Cached.class, method, this.placeholders);
		ResolvableType returned = ResolvableType.forMethodReturnType(method, targetClass);
		requireCacheable(expressions, returned);
		boolean optional = returned.resolve() == Optional.class;
		Type value = optional ? returned.getGeneric(0).getType() : method.getGenericReturnType();
		return new CachedMethod(method, expressions.text(cached.value()),
				GenericTypeResolver.resolveType(value, targetClass), optional,
				new KeyExpression(expressions.expression("key", cached.key(), false)),
				expressions.duration("ttl", cached.ttl()),
				expressions.expression("condition", cached.condition(), false),
				expressions.expression("unless", cached.unless(), true), new AtomicReference<>());
	}

	private static void requireCacheable(MethodExpressions expressions, ResolvableType returned) {
		Class<?> type = returned.resolve(Object.class);
		if (type == void.class || type == Void.class) {
			throw expressions.invalid("a method that returns nothing can't be cached: return the value, "
					+ "or use @CacheInvalidate if it changes one", null);
		}
		boolean asynchronous = CompletionStage.class.isAssignableFrom(type) || Future.class.isAssignableFrom(type)
				|| ReactiveAdapterRegistry.getSharedInstance().getAdapter(type) != null;
		if (asynchronous) {
			throw expressions.invalid("a %s can't be cached by annotation: return the value itself, or use "
				.formatted(type.getSimpleName()) + "the Caches bean, whose getAsync does not block", null);
		}
		if (returned.hasUnresolvableGenerics() || returned.resolve() == null) {
			throw expressions.invalid(
					"the return type %s has a type variable that the bean's class leaves open: ".formatted(returned)
							+ "declare the type that is returned",
					null);
		}
	}

}
