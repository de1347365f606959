package io.github.rediskit.benchmark;

/**
 * Compares several ways to do one thing, and prints what it found.
 */
interface Benchmark {

	/**
	 * Runs all contenders.
	 * @param settings how long, and how many at once
	 * @throws Exception if one of them failed: then nothing can be compared
	 */
	void run(Settings settings) throws Exception;

}
