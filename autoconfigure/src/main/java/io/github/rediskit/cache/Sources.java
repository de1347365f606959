package io.github.rediskit.cache;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Where the caches take time, chance and identity from.
 *
 * @param clock the time of day
 * @param nanoTime a time that never goes back, in nanoseconds
 * @param random chance, good enough that two instances never draw the same token
 */
record Sources(Clock clock, LongSupplier nanoTime, RandomGenerator random) {

	/** A lease's value: a format version and what no other load has. */
	byte[] token() {
		return ascii("1" + hex() + hex());
	}

	/** A lease that nobody waits for; all who load without one share it. */
	byte[] ticket() {
		return ascii("1s" + hex());
	}

	/** A lease that nobody waits for, of one who changes what is cached. */
	byte[] update() {
		return ascii("1u" + hex() + hex());
	}

	private String hex() {
		return HexFormat.of().toHexDigits(this.random.nextLong());
	}

	private static byte[] ascii(String text) {
		return text.getBytes(StandardCharsets.US_ASCII);
	}

	byte[] generation() {
		return ByteBuffer.allocate(Long.BYTES).putLong(this.random.nextLong()).array();
	}

	/** Earlier by up to a share, so that entries of one moment do not expire in one. */
	Duration jittered(Duration ttl, double share) {
		long millis = ttl.toMillis();
		return Duration.ofMillis(Math.max(1, millis - (long) (millis * share * this.random.nextDouble())));
	}

	Duration since(long start) {
		return Duration.ofNanos(this.nanoTime.getAsLong() - start);
	}

}
