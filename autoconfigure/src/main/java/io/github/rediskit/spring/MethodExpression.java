package io.github.rediskit.spring;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.support.StandardEvaluationContext;

/**
 * A SpEL expression over a call. One that only names an argument is answered without
 * SpEL.
 */
final class MethodExpression {

	private final SpelExpression expression;

	private final List<String> parameters;

	private final int argument;

	private final boolean needsResult;

	MethodExpression(SpelExpression expression, List<String> parameters, int argument, boolean needsResult) {
		this.expression = expression;
		this.parameters = parameters;
		this.argument = argument;
		this.needsResult = needsResult;
	}

	@Nullable Object evaluate(Call call, @Nullable Object result) {
		if (this.argument >= 0) {
			return call.args()[this.argument];
		}
		StandardEvaluationContext context = new StandardEvaluationContext(call);
		for (int i = 0; i < call.args().length; i++) {
			Object argument = call.args()[i];
			context.setVariable("p" + i, argument);
			context.setVariable("a" + i, argument);
			if (i < this.parameters.size()) {
				context.setVariable(this.parameters.get(i), argument);
			}
		}
		if (!this.parameters.contains("result")) {
			context.setVariable("result", result);
		}
		return this.expression.getValue(context);
	}

	boolean isTrue(Call call, @Nullable Object result) {
		Object value = evaluate(call, result);
		if (value instanceof Boolean decision) {
			return decision;
		}
		throw new IllegalStateException("The expression '%s' on %s yields %s: it must be true or false".formatted(this,
				call.method(), (value != null) ? value.getClass().getName() : "null"));
	}

	/** Whether it names what the method returned. */
	boolean needsResult() {
		return this.needsResult;
	}

	@Override
	public String toString() {
		return this.expression.getExpressionString();
	}

}
