package io.github.rediskit.benchmark;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

/**
 * The threads of one instance that want a lock.
 */
interface Crew {

	/**
	 * Wants the lock all the time for a while.
	 * @param rival which make of lock
	 * @param millis for how long
	 * @return what came of it
	 */
	CompletableFuture<Result> turn(String rival, long millis);

	/**
	 * A lock as one instance sees it.
	 */
	@FunctionalInterface
	interface Door {

		/** Acquires the lock, acts, and releases it. */
		void locked(Runnable action) throws Exception;

	}

	/**
	 * What came of a turn.
	 *
	 * @param nanos how long it took
	 * @param handOvers how often the one before was another thread, of this instance or
	 * not
	 * @param waits how long it took each time, in ns
	 */
	@SuppressWarnings("ArrayRecordComponent")
	record Result(long nanos, int handOvers, long[] waits) {

		/** As one line. */
		String written() {
			StringBuilder line = new StringBuilder().append(this.nanos).append(' ').append(this.handOvers);
			Arrays.stream(this.waits).forEach((wait) -> line.append(' ').append(wait));
			return line.toString();
		}

		static Result read(String line) {
			long[] numbers = Arrays.stream(line.split(" ")).mapToLong(Long::parseLong).toArray();
			return new Result(numbers[0], (int) numbers[1], Arrays.copyOfRange(numbers, 2, numbers.length));
		}

	}

}
