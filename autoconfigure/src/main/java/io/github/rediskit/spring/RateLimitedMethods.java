package io.github.rediskit.spring;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

import io.github.rediskit.ratelimit.RateLimited;
import org.jspecify.annotations.Nullable;

/**
 * The methods with {@link RateLimited}.
 */
public final class RateLimitedMethods extends AnnotatedMethods<RateLimitedMethod> {

	private final UnaryOperator<String> placeholders;

	private final Map<String, RateLimitRule> definitions = new ConcurrentHashMap<>();

	/**
	 * Creates the methods.
	 * @param placeholders resolves {@code ${…}} in a text
	 * @param search which methods have an annotation
	 */
	public RateLimitedMethods(UnaryOperator<String> placeholders, AnnotationSearch search) {
		super(List.of(RateLimited.class), search);
		this.placeholders = placeholders;
	}

	@Override
	@Nullable RateLimitedMethod read(Method method, Class<?> targetClass) {
		RateLimitedMethod limited = RateLimitedMethod.read(method, targetClass, this.placeholders);
		if (limited != null) {
			limited.rules().forEach(this::define);
		}
		return limited;
	}

	private void define(RateLimitRule rule) {
		if (rule.definition() == null) {
			return;
		}
		RateLimitRule first = this.definitions.putIfAbsent(rule.policy(), rule);
		if (first != null && !rule.definition().equals(first.definition())) {
			throw new InvalidAnnotationException(RateLimited.class, rule.method(),
					"the policy '%s' has another limit or period on %s: write the same, or another name"
						.formatted(rule.policy(), first.method()),
					null);
		}
	}

	/**
	 * Whether no bean has a method that is limited.
	 * @return {@code true} if none of the beans made so far has one
	 */
	public boolean isNothingLimited() {
		return all().isEmpty();
	}

}
