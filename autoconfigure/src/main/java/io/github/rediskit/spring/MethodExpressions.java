package io.github.rediskit.spring;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.expression.EvaluationException;
import org.springframework.expression.ParseException;
import org.springframework.expression.spel.SpelCompilerMode;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.SpelParserConfiguration;
import org.springframework.expression.spel.ast.BeanReference;
import org.springframework.expression.spel.ast.CompoundExpression;
import org.springframework.expression.spel.ast.FunctionReference;
import org.springframework.expression.spel.ast.Indexer;
import org.springframework.expression.spel.ast.MethodReference;
import org.springframework.expression.spel.ast.Projection;
import org.springframework.expression.spel.ast.PropertyOrFieldReference;
import org.springframework.expression.spel.ast.Selection;
import org.springframework.expression.spel.ast.VariableReference;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.standard.SpelExpressionParser;

/**
 * Reads the text attributes of one annotation on one method: placeholders, durations and
 * SpEL. Whatever can be wrong with them is found here, before the first call.
 */
final class MethodExpressions {

	private static final ParameterNameDiscoverer NAMES = new DefaultParameterNameDiscoverer();

	private static final Set<String> ROOT_PROPERTIES = Set.of("args", "method", "target");

	private final SpelExpressionParser parser;

	private final Class<? extends Annotation> annotation;

	private final Method method;

	private final UnaryOperator<String> placeholders;

	private final List<String> parameters;

	MethodExpressions(Class<? extends Annotation> annotation, Method method, UnaryOperator<String> placeholders) {
		this.parser = new SpelExpressionParser(
				new SpelParserConfiguration(SpelCompilerMode.MIXED, method.getDeclaringClass().getClassLoader()));
		this.annotation = annotation;
		this.method = method;
		this.placeholders = placeholders;
		@Nullable String @Nullable [] names = NAMES.getParameterNames(method);
		this.parameters = (names != null) ? Arrays.asList(names) : List.of();
	}

	/**
	 * A text without expressions.
	 * @param text the attribute
	 * @return the text with its placeholders resolved
	 */
	String text(String text) {
		return this.placeholders.apply(text).trim();
	}

	/**
	 * A SpEL expression.
	 * @param attribute the attribute's name, for messages
	 * @param text the attribute; empty for none
	 * @param withResult whether {@code #result} exists when it is evaluated
	 * @return the expression, or {@code null} for none
	 */
	@Nullable MethodExpression expression(String attribute, String text, boolean withResult) {
		return expression(attribute, text, withResult, "result");
	}

	/**
	 * A SpEL expression over one element of what the method returned.
	 * @param attribute the attribute's name, for messages
	 * @param text the attribute; empty for none
	 * @return the expression, in which the element is {@code #item}, or {@code null} for
	 * none
	 */
	@Nullable MethodExpression itemExpression(String attribute, String text) {
		return expression(attribute, text, true, "item");
	}

	/**
	 * Several SpEL expressions.
	 * @param attribute the attribute's name, for messages
	 * @param texts the attribute
	 * @param withResult whether {@code #result} exists when they are evaluated
	 * @return the expressions
	 */
	List<MethodExpression> expressions(String attribute, String[] texts, boolean withResult) {
		List<MethodExpression> result = new ArrayList<>();
		for (String text : texts) {
			MethodExpression expression = expression(attribute, text, withResult);
			if (expression == null) {
				throw invalid("one of the %s is empty: leave it out, or write a text in quotes".formatted(attribute),
						null);
			}
			result.add(expression);
		}
		return List.copyOf(result);
	}

	private @Nullable MethodExpression expression(String attribute, String text, boolean withResult,
			String resultName) {
		String source = text(text);
		if (source.isEmpty()) {
			return null;
		}
		SpelExpression expression = parse(attribute, source);
		requireNoBareNames(attribute, expression, expression.getAST());
		requireVariables(attribute, expression, withResult, resultName);
		boolean needsResult = !this.parameters.contains(resultName)
				&& variables(expression.getAST(), new ArrayList<>()).contains(resultName);
		return new MethodExpression(expression, this.parameters, argumentIndex(source), needsResult, resultName,
				isConstant(expression.getAST()));
	}

	/**
	 * A duration, or an expression that yields one.
	 * @param attribute the attribute's name, for messages
	 * @param text the attribute; empty for none
	 * @return what yields the duration, or {@code null} for none
	 */
	@Nullable DurationExpression duration(String attribute, String text) {
		String source = text(text);
		if (source.isEmpty()) {
			return null;
		}
		Duration fixed = DurationExpression.parse(source);
		if (fixed == null) {
			MethodExpression expression = computed(attribute, source, true);
			return (expression != null) ? DurationExpression.of(expression) : null;
		}
		if (!DurationExpression.isPossible(fixed)) {
			throw invalid("the %s '%s' is not positive or longer than ten years: write how long, such as 10m"
				.formatted(attribute, source), null);
		}
		return DurationExpression.of(fixed);
	}

	/**
	 * A time to wait, or an expression over the arguments that yields one.
	 * @param attribute the attribute's name, for messages
	 * @param text the attribute; empty for none
	 * @return what yields the time, which may be zero, or {@code null} for none
	 */
	@Nullable DurationExpression waiting(String attribute, String text) {
		String source = text(text);
		if (source.isEmpty()) {
			return null;
		}
		Duration fixed = DurationExpression.parse(source);
		if (fixed == null) {
			MethodExpression expression = computed(attribute, source, false);
			return (expression != null) ? DurationExpression.waiting(expression) : null;
		}
		if (!DurationExpression.isPossibleWait(fixed)) {
			throw invalid("the %s '%s' is negative or longer than ten years: write how long, such as 2s"
				.formatted(attribute, source), null);
		}
		return DurationExpression.of(fixed);
	}

	/**
	 * A duration that is the same for all calls.
	 * @param attribute the attribute's name, for messages
	 * @param text the attribute; empty for none
	 * @return the duration, or {@code null} for none
	 */
	@Nullable Duration constantDuration(String attribute, String text) {
		String source = text(text);
		if (source.isEmpty()) {
			return null;
		}
		Duration fixed = DurationExpression.parse(source);
		if (fixed != null) {
			return fixed;
		}
		MethodExpression expression = computed(attribute, source, false);
		if (expression == null || !expression.isConstant()) {
			throw invalid("the %s '%s' depends on the call: write one that is the same for all, such as 1m"
				.formatted(attribute, source), null);
		}
		try {
			Duration duration = DurationExpression.duration(expression.constant());
			if (duration != null) {
				return duration;
			}
		}
		catch (EvaluationException ex) {
			throw invalid("the %s '%s' can't be evaluated: %s".formatted(attribute, source, ex.getSimpleMessage()), ex);
		}
		throw invalid("the %s '%s' yields no duration: write one such as 1m".formatted(attribute, source), null);
	}

	/** What is no duration as it stands. */
	private @Nullable MethodExpression computed(String attribute, String source, boolean withResult) {
		try {
			this.parser.parseRaw(source);
		}
		catch (ParseException ex) {
			throw invalid("the %s '%s' is neither a duration, such as 5m or PT5M, nor a SpEL expression: %s"
				.formatted(attribute, source, ex.getSimpleMessage()), ex);
		}
		return expression(attribute, source, withResult);
	}

	void requireInterceptable() {
		int modifiers = this.method.getModifiers();
		if (Modifier.isPrivate(modifiers) || Modifier.isStatic(modifiers) || Modifier.isFinal(modifiers)) {
			throw invalid(
					"a private, static or final method can't be intercepted: make it an overridable method of the bean",
					null);
		}
	}

	/** What it hands over is known by none of its types. */
	void requireNotSuspending() {
		if (Suspending.is(this.method)) {
			throw invalid(
					"a suspending function can't be followed by a cache: return a Mono, or use the Caches bean in it",
					null);
		}
	}

	Class<?> parameterType(int index) {
		return this.method.getParameterTypes()[index];
	}

	InvalidAnnotationException invalid(String problem, @Nullable Throwable cause) {
		return new InvalidAnnotationException(this.annotation, this.method, problem, cause);
	}

	private SpelExpression parse(String attribute, String source) {
		try {
			return this.parser.parseRaw(source);
		}
		catch (ParseException ex) {
			throw invalid("the %s '%s' is no SpEL expression: %s".formatted(attribute, source, ex.getSimpleMessage()),
					ex);
		}
	}

	private void requireVariables(String attribute, SpelExpression expression, boolean withResult, String resultName) {
		Set<String> known = new HashSet<>(List.of("root", "this"));
		known.addAll(this.parameters);
		for (int i = 0; i < this.method.getParameterCount(); i++) {
			known.add("p" + i);
			known.add("a" + i);
		}
		for (String variable : variables(expression.getAST(), new ArrayList<>())) {
			if (variable.equals(resultName) && !known.contains(resultName)) {
				if (!withResult) {
					throw invalid("the %s '%s' is evaluated before the method runs: there is no #result yet"
						.formatted(attribute, expression.getExpressionString()), null);
				}
			}
			else if (!known.contains(variable)) {
				throw invalid("the %s '%s' names #%s, which is no parameter: %s".formatted(attribute,
						expression.getExpressionString(), variable, whatThereIs()), null);
			}
		}
	}

	private String whatThereIs() {
		if (this.parameters.isEmpty() && this.method.getParameterCount() > 0) {
			return "parameter names are not in the class file, so compile with -parameters or use #p0";
		}
		return this.parameters.isEmpty() ? "the method has none" : "there are #" + String.join(", #", this.parameters);
	}

	/**
	 * A bare name is looked up in #root: mostly somebody forgot the sign before a
	 * parameter.
	 */
	private void requireNoBareNames(String attribute, SpelExpression expression, SpelNode node) {
		if (node instanceof PropertyOrFieldReference name && !ROOT_PROPERTIES.contains(name.getName())) {
			String hint = this.parameters.contains(name.getName()) ? "write #" + name.getName()
					: "write an argument as #name, or a text in quotes";
			throw invalid("the %s '%s' names %s, which is nothing by itself: %s".formatted(attribute,
					expression.getExpressionString(), name.getName(), hint), null);
		}
		if (node instanceof BeanReference) {
			throw invalid("the %s '%s' names a bean, which is not possible: name arguments only".formatted(attribute,
					expression.getExpressionString()), null);
		}
		if (node instanceof CompoundExpression && node.getChild(0).toStringAST().equals("#root")
				&& node.getChild(1) instanceof PropertyOrFieldReference name
				&& !ROOT_PROPERTIES.contains(name.getName())) {
			throw invalid(
					"the %s '%s' names #root.%s, which does not exist: there are #root.args, #root.method and #root.target"
						.formatted(attribute, expression.getExpressionString(), name.getName()),
					null);
		}
		boolean elsewhere = node instanceof Projection || node instanceof Selection || node instanceof Indexer;
		// what follows in a chain belongs to what is before it
		int ownNames = (node instanceof CompoundExpression) ? 1 : elsewhere ? 0 : node.getChildCount();
		for (int i = 0; i < ownNames; i++) {
			requireNoBareNames(attribute, expression, node.getChild(i));
		}
	}

	private static List<String> variables(SpelNode node, List<String> found) {
		if (node instanceof VariableReference || node instanceof FunctionReference) {
			found.add(node.toStringAST().substring(1).replaceFirst("\\(.*", ""));
		}
		for (int i = 0; i < node.getChildCount(); i++) {
			variables(node.getChild(i), found);
		}
		return found;
	}

	/** Whether an expression names no variable and nothing of {@code #root}. */
	private static boolean isConstant(SpelNode node) {
		return variables(node, new ArrayList<>()).isEmpty() && !namesRoot(node);
	}

	private static boolean namesRoot(SpelNode node) {
		if (node instanceof PropertyOrFieldReference || node instanceof MethodReference) {
			return true;
		}
		// what follows in a chain belongs to what is before it
		int ownNames = (node instanceof CompoundExpression) ? 1 : node.getChildCount();
		for (int i = 0; i < ownNames; i++) {
			if (namesRoot(node.getChild(i))) {
				return true;
			}
		}
		return false;
	}

	/** The argument that a plain {@code #name} stands for, else -1. */
	private int argumentIndex(String source) {
		if (!source.startsWith("#")) {
			return -1;
		}
		String name = source.substring(1);
		int index = this.parameters.indexOf(name);
		for (int i = 0; index < 0 && i < this.method.getParameterCount(); i++) {
			index = (name.equals("p" + i) || name.equals("a" + i)) ? i : -1;
		}
		return index;
	}

}
