package io.github.rediskit.lock;

import java.util.HexFormat;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Where the locks take time, chance and identity from.
 */
final class LockSources {

	private final LongSupplier nanoTime;

	private final RandomGenerator random;

	private final String instance;

	/**
	 * Creates the sources of one instance.
	 * @param nanoTime a time that never goes back, in nanoseconds
	 * @param random chance, good enough that two acquisitions never draw the same id
	 */
	LockSources(LongSupplier nanoTime, RandomGenerator random) {
		this.nanoTime = nanoTime;
		this.random = random;
		this.instance = "1" + HexFormat.of().toHexDigits(random.nextLong());
	}

	long nanoTime() {
		return this.nanoTime.getAsLong();
	}

	/** A format version, the instance, and what no other acquisition of it has. */
	byte[] id() {
		return LockTarget.ascii(this.instance + HexFormat.of().toHexDigits(this.random.nextLong()));
	}

	/** A bit less, so that instances do not act in step. */
	long jittered(long value) {
		return (long) (value * (0.8 + 0.2 * this.random.nextDouble()));
	}

}
