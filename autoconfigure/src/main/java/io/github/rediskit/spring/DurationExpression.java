package io.github.rediskit.spring;

import java.time.Duration;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import org.springframework.format.datetime.standard.DurationFormatterUtils;

/**
 * A duration that is written down, or computed for each call.
 */
interface DurationExpression {

	/** There is no "forever". */
	Duration LONGEST = Duration.ofDays(3650);

	/**
	 * The duration for a call.
	 * @param call the call
	 * @param result what the method returned
	 * @return the duration
	 * @throws IllegalStateException if the expression yields no positive duration, or
	 * more than ten years
	 */
	Duration evaluate(Call call, @Nullable Object result);

	/**
	 * The duration that is written down.
	 * @return the same for all calls, or {@code null} if it is computed
	 */
	default @Nullable Duration fixed() {
		return null;
	}

	static DurationExpression of(Duration fixed) {
		return new Fixed(fixed);
	}

	static DurationExpression of(MethodExpression expression) {
		return of(expression, DurationExpression::isPossible, "a positive duration such as PT10M, at most ten years");
	}

	/** One that may be zero. */
	static DurationExpression waiting(MethodExpression expression) {
		return of(expression, DurationExpression::isPossibleWait, "a duration such as PT2S that is not negative");
	}

	private static DurationExpression of(MethodExpression expression, Predicate<Duration> possible, String wanted) {
		return (call, result) -> {
			Duration duration = duration(expression.evaluate(call, result));
			if (duration == null || !possible.test(duration)) {
				throw new IllegalStateException(
						"The expression '%s' on %s must yield %s".formatted(expression, call.method(), wanted));
			}
			return duration;
		};
	}

	static @Nullable Duration duration(@Nullable Object value) {
		return (value instanceof Duration given) ? given
				: (value instanceof CharSequence text) ? parse(text.toString()) : null;
	}

	static boolean isPossibleWait(Duration duration) {
		return duration.isZero() || isPossible(duration);
	}

	/** Positive, and not so long that it could not be counted in milliseconds. */
	static boolean isPossible(Duration duration) {
		return !duration.isZero() && !duration.isNegative() && duration.compareTo(LONGEST) <= 0;
	}

	static @Nullable Duration parse(String text) {
		try {
			return DurationFormatterUtils.detectAndParse(text);
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	/**
	 * One that is written down.
	 *
	 * @param fixed the duration
	 */
	record Fixed(Duration fixed) implements DurationExpression {

		@Override
		public Duration evaluate(Call call, @Nullable Object result) {
			return this.fixed;
		}

	}

}
