package io.github.rediskit.benchmark;

import org.jspecify.annotations.Nullable;

/**
 * One way to do what a benchmark is about.
 *
 * @param name how it is called in the table
 * @param yardstick whether the others are divided by it, besides by the first
 * @param operation what is measured
 */
record Contender(String name, boolean yardstick, Operation operation) {

	Contender(String name, Operation operation) {
		this(name, false, operation);
	}

	static Contender yardstick(String name, Operation operation) {
		return new Contender(name, true, operation);
	}

	/**
	 * One call, made by many threads at once.
	 */
	@FunctionalInterface
	interface Operation {

		/**
		 * Makes the call.
		 * @param number a random number, not negative, to choose what to ask for
		 * @return the answer; {@code null} counts as failed
		 * @throws Exception if the call failed: that ends the benchmark
		 */
		@Nullable Object call(int number) throws Exception;

	}

}
