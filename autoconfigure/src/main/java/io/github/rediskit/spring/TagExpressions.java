package io.github.rediskit.spring;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import org.springframework.util.ObjectUtils;

/**
 * What a value is tagged with, or which tags are invalidated.
 *
 * @param expressions what yields them
 */
record TagExpressions(List<MethodExpression> expressions) {

	boolean areNone() {
		return this.expressions.isEmpty();
	}

	boolean needResult() {
		return this.expressions.stream().anyMatch(MethodExpression::needsResult);
	}

	Set<String> tags(Call call, @Nullable Object result) {
		if (this.expressions.isEmpty()) {
			return Set.of();
		}
		Set<String> tags = new LinkedHashSet<>();
		for (MethodExpression expression : this.expressions) {
			add(expression.evaluate(call, result), expression, call, tags);
		}
		return tags;
	}

	private static void add(@Nullable Object value, MethodExpression expression, Call call, Set<String> tags) {
		if (value == null) {
			return;
		}
		if (value instanceof Collection<?> several) {
			several.forEach((one) -> add(one, expression, call, tags));
		}
		else if (ObjectUtils.isArray(value)) {
			add(Arrays.asList(ObjectUtils.toObjectArray(value)), expression, call, tags);
		}
		else if (value instanceof CharSequence || value instanceof Number || value instanceof Enum<?>
				|| value instanceof UUID || value instanceof Boolean || value instanceof Character) {
			tags.add((value instanceof Enum<?> constant) ? constant.name() : value.toString());
		}
		else {
			throw new IllegalStateException(
					("The tag '%s' on %s yields a %s: it must be a text, a number, an enum, a UUID, or a collection of "
							+ "these")
						.formatted(expression, call.method(), value.getClass().getName()));
		}
	}

}
