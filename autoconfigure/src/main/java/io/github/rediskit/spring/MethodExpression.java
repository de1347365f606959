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

	private final String resultName;

	private final boolean constant;

	MethodExpression(SpelExpression expression, List<String> parameters, int argument, boolean needsResult,
			String resultName, boolean constant) {
		this.expression = expression;
		this.parameters = parameters;
		this.argument = argument;
		this.needsResult = needsResult;
		this.resultName = resultName;
		this.constant = constant;
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
		if (!this.parameters.contains(this.resultName)) {
			context.setVariable(this.resultName, result);
		}
		return this.expression.getValue(context);
	}

	/** The argument that it is, else -1. */
	int argument() {
		return this.argument;
	}

	/** Whether it names nothing of the call. */
	boolean isConstant() {
		return this.constant;
	}

	/** What it yields for every call, if it is constant. */
	@Nullable Object constant() {
		return this.expression.getValue();
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
