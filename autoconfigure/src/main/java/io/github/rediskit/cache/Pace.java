package io.github.rediskit.cache;

import java.util.random.RandomGenerator;

/**
 * When one who waits for another's load looks by itself, in case a signal got lost: soon
 * at first, then less often, and not in step with others.
 */
final class Pace {

	private static final long FIRST_MILLIS = 20;

	private static final long LONGEST_MILLIS = 250;

	private final RandomGenerator random;

	private long next = FIRST_MILLIS;

	Pace(RandomGenerator random) {
		this.random = random;
	}

	/** How long to wait this time, in ms. */
	long nextMillis() {
		long millis = this.next;
		this.next = Math.min(LONGEST_MILLIS, millis * 2);
		return (long) (millis * (0.8 + 0.4 * this.random.nextDouble()));
	}

}
