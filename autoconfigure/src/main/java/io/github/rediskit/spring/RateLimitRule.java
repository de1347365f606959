package io.github.rediskit.spring;

import java.lang.reflect.Method;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;

import io.github.rediskit.ratelimit.AsyncRateLimiter;
import io.github.rediskit.ratelimit.RateLimitAttempt.Question;
import io.github.rediskit.ratelimit.RateLimitDecision;
import io.github.rediskit.ratelimit.RateLimitExceededException;
import io.github.rediskit.ratelimit.RateLimitPolicy;
import io.github.rediskit.ratelimit.RateLimited;
import io.github.rediskit.setting.InvalidSettingException;
import org.jspecify.annotations.Nullable;

import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/**
 * What one {@code @RateLimited} says.
 *
 * @param method the method that it is on
 * @param policy the name of the policy
 * @param definition the policy, if the annotation defines it
 * @param key who or what is limited, or {@code null} for all calls together
 * @param cost what a call costs, or {@code null} for 1
 * @param maxWait how long a caller waits, or {@code null} for the policy's setting
 * @param fallback what answers a call that is refused, or {@code null} for an exception
 */
record RateLimitRule(Method method, String policy, @Nullable RateLimitPolicy definition, @Nullable MethodExpression key,
		@Nullable MethodExpression cost, @Nullable DurationExpression maxWait, @Nullable FallbackMethod fallback) {

	/** Of all calls together: the shortest key there is. */
	/** What a fallback may be told of a refusal. */
	private static final List<Class<?>> TOLD = List.of(RateLimitExceededException.class, RateLimitDecision.class);

	private static final String ALL_CALLS = "";

	static RateLimitRule read(RateLimited annotation, Method method, Class<?> targetClass, ResolvableType returned,
			MethodExpressions expressions) {
		String policy = expressions.text(annotation.value());
		if (policy.isEmpty()) {
			throw expressions.invalid("the value is empty: write the name of a policy", null);
		}
		MethodExpression cost = expressions.expression("cost", annotation.cost(), false);
		if (cost != null) {
			requireCost(cost, method, expressions);
		}
		MethodExpression key = expressions.expression("key", annotation.key(), false);
		if (key != null && key.isConstant() && constant("key", key, expressions) == null) {
			throw expressions.invalid("the key '%s' yields null: name what is limited, such as #user".formatted(key),
					null);
		}
		return new RateLimitRule(method, policy, definition(policy, annotation, expressions), key, cost,
				expressions.waiting("maxWait", annotation.maxWait()), FallbackMethod
					.read(expressions.text(annotation.fallback()), method, targetClass, returned, TOLD, expressions));
	}

	private static @Nullable RateLimitPolicy definition(String policy, RateLimited annotation,
			MethodExpressions expressions) {
		Duration period = expressions.constantDuration("period", annotation.period());
		if (period == null && annotation.limit() == 0) {
			return null;
		}
		if (period == null || annotation.limit() == 0) {
			throw expressions.invalid("limit and period define a policy together, and only one of them is there: "
					+ "write both, or none of them and configure rediskit.rate-limit.policies.%s".formatted(policy),
					null);
		}
		try {
			return RateLimitPolicy.of(policy, annotation.limit(), period);
		}
		catch (InvalidSettingException ex) {
			throw expressions.invalid(String.valueOf(ex.getMessage()), ex);
		}
	}

	private static void requireCost(MethodExpression cost, Method method, MethodExpressions expressions) {
		if (cost.isConstant() && whole(constant("cost", cost, expressions)) == null) {
			throw expressions.invalid("the cost '%s' is no whole number: write one, such as 5".formatted(cost), null);
		}
		if (cost.argument() >= 0) {
			Class<?> type = ClassUtils.resolvePrimitiveIfNecessary(method.getParameterTypes()[cost.argument()]);
			if (!Number.class.isAssignableFrom(type) && !type.isAssignableFrom(Long.class)) {
				throw expressions.invalid("the cost '%s' is a %s: name a whole number, such as #rows or #names.size()"
					.formatted(cost, type.getSimpleName()), null);
			}
		}
	}

	private static @Nullable Object constant(String attribute, MethodExpression expression,
			MethodExpressions expressions) {
		try {
			return expression.constant();
		}
		catch (RuntimeException ex) {
			throw expressions
				.invalid("the %s '%s' can't be evaluated: %s".formatted(attribute, expression, ex.getMessage()), ex);
		}
	}

	/**
	 * What a call asks for. All that an expression can have wrong shows here, and which
	 * policy applies is found in the caller's thread.
	 */
	Question question(Call call, AsyncRateLimiter limiter) {
		Object key = key(call);
		long cost = cost(call);
		Duration maxWait = (this.maxWait != null) ? this.maxWait.evaluate(call, null) : null;
		RateLimitPolicy policy = limiter.policy(this.policy, key);
		return new Question((maxWait != null) ? policy.withMaxWait(maxWait) : policy, key, cost);
	}

	private Object key(Call call) {
		if (this.key == null) {
			return ALL_CALLS;
		}
		Object key = this.key.evaluate(call, null);
		if (key == null) {
			throw new IllegalArgumentException(
					"The key '%s' of @RateLimited(\"%s\") on %s yields null: it must name what is limited"
						.formatted(this.key, this.policy, this.method));
		}
		return key;
	}

	private long cost(Call call) {
		if (this.cost == null) {
			return 1;
		}
		Object value = this.cost.evaluate(call, null);
		BigInteger cost = whole(value);
		if (cost == null) {
			throw new IllegalArgumentException(
					"The cost '%s' of @RateLimited(\"%s\") on %s yields %s: it must be a whole number".formatted(
							this.cost, this.policy, this.method,
							(value instanceof Number) ? value : (value != null) ? value.getClass().getName() : "null"));
		}
		return cost.max(BigInteger.ONE).min(BigInteger.valueOf(Long.MAX_VALUE)).longValue();
	}

	/** A fraction is refused rather than rounded: who wrote it decides how. */
	private static @Nullable BigInteger whole(@Nullable Object value) {
		if (value instanceof Integer || value instanceof Long) {
			return BigInteger.valueOf(((Number) value).longValue());
		}
		if (value instanceof Number number) {
			try {
				return new BigDecimal(number.toString()).toBigIntegerExact();
			}
			catch (ArithmeticException | NumberFormatException ex) {
				return null;
			}
		}
		return null;
	}

}
