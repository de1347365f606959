package io.github.rediskit.spring;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;

import io.github.rediskit.cache.CacheInvalidate;
import org.jspecify.annotations.Nullable;

import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.annotation.AnnotatedElementUtils;

/**
 * The methods with {@link CacheInvalidate}.
 */
public final class CacheInvalidateMethods extends AnnotatedMethods<List<CacheInvalidation>> {

	private final UnaryOperator<String> placeholders;

	/**
	 * Creates the methods.
	 * @param placeholders resolves {@code ${…}} in a text
	 */
	public CacheInvalidateMethods(UnaryOperator<String> placeholders) {
		super(CacheInvalidate.class);
		this.placeholders = placeholders;
	}

	@Override
	@Nullable List<CacheInvalidation> read(Method method, Class<?> targetClass) {
		Set<CacheInvalidate> annotations = AnnotatedElementUtils.findMergedRepeatableAnnotations(method,
				CacheInvalidate.class, CacheInvalidate.All.class);
		if (annotations.isEmpty()) {
			return null;
		}
		MethodExpressions expressions = new MethodExpressions(CacheInvalidate.class, method, this.placeholders);
		return annotations.stream().map((annotation) -> read(annotation, expressions, method)).toList();
	}

	private static CacheInvalidation read(CacheInvalidate annotation, MethodExpressions expressions, Method method) {
		Class<?> returned = method.getReturnType();
		if (annotation.all() && !annotation.key().isEmpty()) {
			throw expressions.invalid(
					"all entries and the key '%s' exclude each other: leave one out".formatted(annotation.key()), null);
		}
		boolean asynchronous = CompletionStage.class.isAssignableFrom(returned)
				|| Future.class.isAssignableFrom(returned)
				|| ReactiveAdapterRegistry.getSharedInstance().getAdapter(returned) != null;
		if (asynchronous && !annotation.beforeInvocation()) {
			throw expressions.invalid("the %s is returned before the change is done: return the value itself, or use "
				.formatted(returned.getSimpleName()) + "the Caches bean when it has ended", null);
		}
		boolean withResult = !annotation.beforeInvocation();
		return new CacheInvalidation(method, expressions.text(annotation.value()), annotation.all(),
				new KeyExpression(expressions.expression("key", annotation.key(), withResult)),
				annotation.beforeInvocation(), expressions.expression("condition", annotation.condition(), withResult));
	}

}
