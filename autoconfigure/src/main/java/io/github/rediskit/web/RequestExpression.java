package io.github.rediskit.web;

import java.util.Set;
import java.util.TreeSet;

import io.github.rediskit.setting.InvalidSettingException;
import org.jspecify.annotations.Nullable;

import org.springframework.expression.EvaluationException;
import org.springframework.expression.ParseException;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.ast.Assign;
import org.springframework.expression.spel.ast.BeanReference;
import org.springframework.expression.spel.ast.CompoundExpression;
import org.springframework.expression.spel.ast.ConstructorReference;
import org.springframework.expression.spel.ast.FunctionReference;
import org.springframework.expression.spel.ast.OpDec;
import org.springframework.expression.spel.ast.OpInc;
import org.springframework.expression.spel.ast.Projection;
import org.springframework.expression.spel.ast.PropertyOrFieldReference;
import org.springframework.expression.spel.ast.Selection;
import org.springframework.expression.spel.ast.TypeReference;
import org.springframework.expression.spel.ast.VariableReference;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.standard.SpelExpressionParser;
import org.springframework.expression.spel.support.SimpleEvaluationContext;

/**
 * An expression over a {@link LimitedRequest}. It reads, and reaches nothing else: no
 * types, no beans, nothing to construct.
 */
final class RequestExpression {

	private static final Set<String> FACTS = new TreeSet<>(
			Set.of("path", "method", "headers", "parameters", "address", "principal"));

	private static final SpelExpressionParser PARSER = new SpelExpressionParser();

	private static final SimpleEvaluationContext CONTEXT = SimpleEvaluationContext.forReadOnlyDataBinding()
		.withInstanceMethods()
		.build();

	private final SpelExpression expression;

	private RequestExpression(SpelExpression expression) {
		this.expression = expression;
	}

	/**
	 * Reads an expression, and finds what can be wrong with it before a request does.
	 * @param setting the setting, for messages
	 * @param text the expression
	 * @param otherwise what else can be written there
	 * @return the expression
	 * @throws InvalidSettingException if it can't be read, or would reach further
	 */
	static RequestExpression parse(String setting, String text, String otherwise) {
		try {
			SpelExpression expression = PARSER.parseRaw(text);
			check(setting, text, expression.getAST(), true, otherwise);
			return new RequestExpression(expression);
		}
		catch (ParseException | IllegalStateException ex) {
			throw new InvalidSettingException(setting,
					"is '%s', which is no expression: %s".formatted(text, ex.getMessage()), advice(otherwise));
		}
	}

	private static String advice(String otherwise) {
		return "Write %san expression over %s, such as headers['X-Tenant'].".formatted(otherwise,
				String.join(", ", FACTS));
	}

	private static void check(String setting, String text, SpelNode node, boolean ofRequest, String otherwise) {
		if (node instanceof TypeReference || node instanceof BeanReference || node instanceof ConstructorReference
				|| node instanceof FunctionReference || node instanceof Assign || node instanceof OpInc
				|| node instanceof OpDec || (node instanceof VariableReference && !isRoot(node))) {
			throw new InvalidSettingException(setting,
					"is '%s', and '%s' is out of its reach".formatted(text, node.toStringAST()), advice(otherwise));
		}
		if (ofRequest && node instanceof PropertyOrFieldReference property && !FACTS.contains(property.getName())) {
			throw new InvalidSettingException(setting,
					"is '%s', and a request has no '%s'".formatted(text, property.getName()), advice(otherwise));
		}
		for (int i = 0; i < node.getChildCount(); i++) {
			boolean follows = node instanceof CompoundExpression
					&& (i > 0 && !(node.getChild(i - 1) instanceof VariableReference));
			boolean ofElement = node instanceof Projection || node instanceof Selection;
			check(setting, text, node.getChild(i), ofRequest && !follows && !ofElement, otherwise);
		}
	}

	private static boolean isRoot(SpelNode node) {
		return node.toStringAST().equals("#root") || node.toStringAST().equals("#this");
	}

	/**
	 * Evaluates the expression.
	 * @param request the request
	 * @return what it yields
	 * @throws EvaluationException if it can't be evaluated for this request
	 */
	@Nullable Object evaluate(LimitedRequest request) {
		return this.expression.getValue(CONTEXT, request);
	}

	@Override
	public String toString() {
		return this.expression.getExpressionString();
	}

}
