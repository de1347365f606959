package io.github.rediskit.spring;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

import io.github.rediskit.cache.CacheInvalidate;
import org.jspecify.annotations.Nullable;

import org.springframework.core.annotation.AnnotatedElementUtils;

/**
 * What the {@code @CacheInvalidate} of one method say.
 *
 * @param invalidations what each of them says
 * @param delivery how the method hands over what it returns: until then nothing has
 * changed
 */
record InvalidatingMethod(List<CacheInvalidation> invalidations, Delivery delivery) {

	/**
	 * Reads the annotations of a method.
	 * @param method the method
	 * @param placeholders resolves {@code ${…}} in a text
	 * @return what they say, or {@code null} if there are none
	 */
	static @Nullable InvalidatingMethod read(Method method, UnaryOperator<String> placeholders) {
		Set<CacheInvalidate> annotations = AnnotatedElementUtils.findMergedRepeatableAnnotations(method,
				CacheInvalidate.class, CacheInvalidate.All.class);
		if (annotations.isEmpty()) {
			return null;
		}
		MethodExpressions expressions = new MethodExpressions(CacheInvalidate.class, method, placeholders);
		expressions.requireInterceptable();
		return new InvalidatingMethod(
				annotations.stream().map((annotation) -> read(annotation, expressions, method)).toList(),
				Delivery.of(method.getReturnType(), expressions));
	}

	private static CacheInvalidation read(CacheInvalidate annotation, MethodExpressions expressions, Method method) {
		if (annotation.all() && !annotation.key().isEmpty()) {
			throw expressions.invalid(
					"all entries and the key '%s' exclude each other: leave one out".formatted(annotation.key()), null);
		}
		boolean withResult = !annotation.beforeInvocation();
		return new CacheInvalidation(method, expressions.text(annotation.value()), annotation.all(),
				new KeyExpression(expressions.expression("key", annotation.key(), withResult)),
				annotation.beforeInvocation(), expressions.expression("condition", annotation.condition(), withResult));
	}

}
