package io.github.rediskit.spring;

import java.time.Duration;

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

	static DurationExpression of(Duration fixed) {
		return (call, result) -> fixed;
	}

	static DurationExpression of(MethodExpression expression) {
		return (call, result) -> {
			Object value = expression.evaluate(call, result);
			Duration duration = (value instanceof Duration given) ? given
					: (value instanceof CharSequence text) ? parse(text.toString()) : null;
			if (duration == null || !isPossible(duration)) {
				throw new IllegalStateException(
						"The expression '%s' on %s must yield a positive duration such as PT10M, at most ten years"
							.formatted(expression, call.method()));
			}
			return duration;
		};
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

}
