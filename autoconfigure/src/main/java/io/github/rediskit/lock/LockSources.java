package io.github.rediskit.lock;

import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Where the locks take time, chance and identity from.
 */
final class LockSources {

	private final LongSupplier nanoTime;

	private final String instance;

	/** To those who want one lock, who wants several is another instance. */
	private final String jointInstance;

	/** Counts, which is unique in an instance, and quicker than to draw a number. */
	private final AtomicLong acquisitions;

	/** For what need not be good chance. */
	private final Random jitter;

	/**
	 * Creates the sources of one instance.
	 * @param nanoTime a time that never goes back, in nanoseconds
	 * @param random chance, good enough that two instances never draw the same number
	 */
	LockSources(LongSupplier nanoTime, RandomGenerator random) {
		this.nanoTime = nanoTime;
		this.instance = "1" + HexFormat.of().toHexDigits(random.nextLong());
		this.jointInstance = "1" + HexFormat.of().toHexDigits(random.nextLong());
		this.acquisitions = new AtomicLong(random.nextLong());
		this.jitter = new Random(random.nextLong());
	}

	long nanoTime() {
		return this.nanoTime.getAsLong();
	}

	/** A format version, the instance, and what no other acquisition of it has. */
	byte[] id() {
		return id(this.instance);
	}

	/** The same for one who wants several locks. */
	byte[] jointId() {
		return id(this.jointInstance);
	}

	private byte[] id(String instance) {
		return LockTarget.ascii(instance + HexFormat.of().toHexDigits(this.acquisitions.getAndIncrement()));
	}

	/** A bit less, so that instances do not act in step. */
	long jittered(long value) {
		return (long) (value * (0.8 + 0.2 * this.jitter.nextDouble()));
	}

}
