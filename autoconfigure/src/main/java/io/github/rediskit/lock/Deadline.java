package io.github.rediskit.lock;

/**
 * How long somebody waits, from when he came.
 *
 * @param start when he came
 * @param nanos how long he waits; zero if he waits for nobody, only for Redis' answer
 */
record Deadline(long start, long nanos) {

	boolean waits() {
		return this.nanos > 0;
	}

	boolean isOver(long now) {
		return waits() && left(now) <= 0;
	}

	long left(long now) {
		return this.nanos - (now - this.start);
	}

	/** The end of a sentence that begins with what did not happen. */
	@Override
	public String toString() {
		return " within %d ms".formatted(this.nanos / 1_000_000);
	}

}
