package io.github.rediskit.lock;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * A lock as Redis knows it, by the key under which it is held.
 */
final class LockKey implements Comparable<LockKey> {

	private final byte[] key;

	private final int hash;

	LockKey(byte[] key) {
		this.key = key;
		this.hash = Arrays.hashCode(key);
	}

	byte[] bytes() {
		return this.key;
	}

	/** Where several locks are acquired, all do it in one order. */
	@Override
	public int compareTo(LockKey other) {
		return Arrays.compareUnsigned(this.key, other.key);
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof LockKey that && Arrays.equals(this.key, that.key);
	}

	@Override
	public int hashCode() {
		return this.hash;
	}

	@Override
	public String toString() {
		return new String(this.key, StandardCharsets.US_ASCII);
	}

}
