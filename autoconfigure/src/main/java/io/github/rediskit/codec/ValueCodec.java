package io.github.rediskit.codec;

import org.jspecify.annotations.Nullable;

/**
 * Turns values of one declared type into bytes and back. The bytes name no classes: the
 * declared type alone decides what is instantiated.
 *
 * @param <V> the type of the values
 */
public interface ValueCodec<V> {

	/**
	 * The number by which readers recognize bytes of this codec.
	 * @return a small positive number
	 */
	byte id();

	/**
	 * A digest of the type's structure: bytes written for another structure can't be read
	 * faithfully.
	 * @return the digest
	 */
	long fingerprint();

	/**
	 * Writes a value.
	 * @param value the value, not {@code null}
	 * @return its bytes
	 * @throws CodecException if it can't be written such that it can be read back
	 */
	byte[] encode(V value);

	/**
	 * Reads a value from a part of an array.
	 * @param bytes the array
	 * @param offset where the value begins
	 * @param length how many bytes it has
	 * @return the value, {@code null} only if the bytes say so
	 * @throws CodecException if the bytes are no value of this type
	 */
	@Nullable V decode(byte[] bytes, int offset, int length);

}
