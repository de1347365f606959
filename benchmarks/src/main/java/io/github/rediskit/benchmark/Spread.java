package io.github.rediskit.benchmark;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/**
 * Where the values of several rounds lie.
 *
 * @param min the lowest
 * @param median the one in the middle
 * @param max the highest
 */
record Spread(double min, double median, double max) {

	static Spread of(double[] values) {
		double[] sorted = values.clone();
		Arrays.sort(sorted);
		int middle = sorted.length / 2;
		double median = (sorted.length % 2 != 0) ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
		return new Spread(sorted[0], median, sorted[sorted.length - 1]);
	}

	static <T> Spread of(T[] rounds, ToDoubleFunction<T> value) {
		return of(Arrays.stream(rounds).mapToDouble(value).toArray());
	}

	/** The median and, in brackets, the lowest and the highest. */
	String format(String number) {
		return (number + " (" + number + "–" + number + ")").formatted(this.median, this.min, this.max);
	}

}
