package io.github.rediskit.cache;

import java.util.random.RandomGenerator;

/**
 * Whether a caller should load a value again before its time is over, so that not all
 * callers miss it at once: XFetch, from "Optimal Probabilistic Cache Stampede Prevention"
 * (Vattani, Chierichetti, Lowenstein; VLDB 2015). The chance is {@code exp(-r / (beta *
 * delta))}, where r is the time that is left and delta the time that the last load took.
 */
final class EarlyRefresh {

	/** No random number of 53 bits has a larger negative logarithm. */
	private static final double LARGEST_DRAW = 37;

	private EarlyRefresh() {
	}

	static boolean isDue(long remainingMillis, long loadMillis, double beta, RandomGenerator random) {
		double reach = beta * loadMillis;
		return reach * LARGEST_DRAW > remainingMillis && -reach * Math.log(1 - random.nextDouble()) >= remainingMillis;
	}

}
