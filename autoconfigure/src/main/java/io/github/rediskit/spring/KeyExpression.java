package io.github.rediskit.spring;

import io.github.rediskit.key.KeyId;
import org.jspecify.annotations.Nullable;

/**
 * The id of a call: what an expression yields, or all arguments.
 *
 * @param expression the expression, or {@code null} for all arguments
 */
record KeyExpression(@Nullable MethodExpression expression) {

	KeyId id(Call call, @Nullable Object result) {
		return (this.expression != null) ? KeyId.of(this.expression.evaluate(call, result))
				: KeyId.ofArguments(call.args());
	}

	boolean needsResult() {
		return this.expression != null && this.expression.needsResult();
	}

}
