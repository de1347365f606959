package io.github.rediskit.spring;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.github.rediskit.cache.CacheInvalidate;
import io.github.rediskit.cache.CacheUpdate;
import org.jspecify.annotations.Nullable;

import org.springframework.core.GenericTypeResolver;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;

/**
 * What the annotations of one method say that changes what is cached.
 *
 * @param method the method
 * @param changes what each of them has happen, in this order
 * @param delivery how the method hands over what it returns: until then nothing has
 * changed
 */
record ChangingMethod(Method method, List<CacheChange> changes, Delivery delivery) {

	/**
	 * Reads the annotations of a method.
	 * @param method the method
	 * @param targetClass the class of the bean
	 * @param placeholders resolves {@code ${…}} in a text
	 * @return what they say, or {@code null} if there are none
	 */
	static @Nullable ChangingMethod read(Method method, Class<?> targetClass, UnaryOperator<String> placeholders) {
		Set<CacheInvalidate> invalidations = AnnotatedElementUtils.findMergedRepeatableAnnotations(method,
				CacheInvalidate.class, CacheInvalidate.All.class);
		boolean updates = AnnotatedElementUtils.hasAnnotation(method, CacheUpdate.class);
		if (invalidations.isEmpty() && !updates) {
			return null;
		}
		MethodExpressions ofUpdate = new MethodExpressions(CacheUpdate.class, method, placeholders);
		MethodExpressions ofInvalidate = new MethodExpressions(CacheInvalidate.class, method, placeholders);
		MethodExpressions first = updates ? ofUpdate : ofInvalidate;
		first.requireInterceptable();
		first.requireNotSuspending();
		Class<?> returned = ResolvableType
			.forType(GenericTypeResolver.resolveType(method.getGenericReturnType(), targetClass))
			.resolve(Object.class);
		Delivery delivery = Delivery.of(returned, first);
		List<CacheChange> changes = new ArrayList<>();
		CacheWriteThrough update = CacheWriteThrough.read(method, targetClass, ofUpdate, delivery);
		if (update != null) {
			changes.add(update);
		}
		invalidations.forEach((annotation) -> changes.add(CacheInvalidation.read(annotation, ofInvalidate)));
		return new ChangingMethod(method, List.copyOf(changes), delivery);
	}

	boolean updates() {
		return stored().findAny().isPresent();
	}

	/** How what the method returns is stored, if it is. */
	Stream<StoredResult> stored() {
		return this.changes.stream()
			.filter(CacheWriteThrough.class::isInstance)
			.map((change) -> ((CacheWriteThrough) change).stored());
	}

}
