package io.github.rediskit.spring;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

import io.github.rediskit.ratelimit.RateLimited;
import org.jspecify.annotations.Nullable;

import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;

/**
 * What all {@code @RateLimited} on one method say.
 *
 * @param method the method
 * @param rules what each of them says, in the order in which they are asked
 * @param delivery how the method hands over what it returns: until then it has not ended
 */
record RateLimitedMethod(Method method, List<RateLimitRule> rules, Delivery delivery) {

	/**
	 * Reads the annotations of a method.
	 * @param method the method
	 * @param targetClass the class of the bean
	 * @param placeholders resolves {@code ${…}} in a text
	 * @return what they say, or {@code null} if there are none
	 */
	static @Nullable RateLimitedMethod read(Method method, Class<?> targetClass, UnaryOperator<String> placeholders) {
		Set<RateLimited> annotations = AnnotatedElementUtils.findMergedRepeatableAnnotations(method, RateLimited.class,
				RateLimited.All.class);
		if (annotations.isEmpty()) {
			return null;
		}
		MethodExpressions expressions = new MethodExpressions(RateLimited.class, method, placeholders);
		expressions.requireInterceptable();
		ResolvableType returned = Suspending.returned(method, targetClass);
		Delivery delivery = Suspending.is(method) ? Suspending.delivery(method, expressions)
				: Delivery.of(returned.resolve(Object.class), expressions);
		return new RateLimitedMethod(method,
				annotations.stream()
					.map((annotation) -> RateLimitRule.read(annotation, method, targetClass, returned, expressions))
					.toList(),
				delivery);
	}

}
