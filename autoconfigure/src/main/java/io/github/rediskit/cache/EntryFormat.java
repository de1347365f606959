package io.github.rediskit.cache;

import java.util.Arrays;
import java.util.function.Function;

import io.github.rediskit.codec.CodecException;
import io.github.rediskit.codec.ValueCodec;
import io.github.rediskit.key.KeyId;
import org.jspecify.annotations.Nullable;

/**
 * What entries of one type of values look like: a header, then the value as its codec
 * writes it.
 *
 * @param <V> the type of the values
 */
final class EntryFormat<V> {

	private static final byte[] NOTHING = {};

	private final ValueCodec<V> codec;

	/**
	 * Creates the format.
	 * @param codec turns values into bytes and back
	 * @param settings how values are stored
	 * @param keys the entry's key in Redis, by its id
	 */
	EntryFormat(ValueCodec<V> codec, CacheSettings.Storage settings, Function<KeyId, byte[]> keys) {
		this.codec = codec;
	}

	/** How every entry begins that can be read with a generation. */
	byte[] stamp(byte[] generation) {
		return EntryHeader.stamp(this.codec.id(), generation, this.codec.fingerprint());
	}

	/**
	 * Makes an entry.
	 * @param id the key
	 * @param stamp for whom it is readable
	 * @param header its header
	 * @param value its value
	 * @return the entry
	 * @throws CodecException if the value can't be written
	 */
	byte[] write(KeyId id, byte[] stamp, EntryHeader header, @Nullable V value) {
		byte[] payload = (value != null) ? this.codec.encode(value) : NOTHING;
		byte[] before = ((value != null) ? header : header.with(EntryHeader.NULL)).bytes(stamp);
		byte[] entry = Arrays.copyOf(before, before.length + payload.length);
		System.arraycopy(payload, 0, entry, before.length, payload.length);
		return entry;
	}

	/** Why an entry can't be used by this reader, or {@code null} if it can. */
	@Nullable MissReason mismatch(byte[] entry, byte[] generation) {
		return EntryHeader.mismatch(entry, this.codec.id(), generation, this.codec.fingerprint());
	}

	/**
	 * Reads the value of an entry.
	 * @param id the key
	 * @param entry an entry that does not mismatch
	 * @param header its header
	 * @return its value
	 * @throws CodecException if the value can't be read
	 */
	@Nullable V read(KeyId id, byte[] entry, EntryHeader header) {
		if (header.has(EntryHeader.NULL)) {
			return null;
		}
		int begin = EntryHeader.length(entry);
		return this.codec.decode(entry, begin, entry.length - begin);
	}

}
