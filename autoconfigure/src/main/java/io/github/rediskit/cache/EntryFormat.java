package io.github.rediskit.cache;

import java.util.Arrays;
import java.util.function.Function;

import io.github.rediskit.codec.CodecException;
import io.github.rediskit.codec.Compression;
import io.github.rediskit.codec.DecryptionException;
import io.github.rediskit.codec.EncryptionKeys;
import io.github.rediskit.codec.ValueCodec;
import io.github.rediskit.key.KeyId;
import org.jspecify.annotations.Nullable;

/**
 * What entries of one type of values look like: a header, then the value as its codec
 * writes it, compressed if that helps, and encrypted then. The header's flags say what
 * was done, so entries stay readable when the settings change; except that a cache whose
 * entries are encrypted reads no others. What is encrypted belongs to its header and its
 * key in Redis: it can't be read with another.
 *
 * @param <V> the type of the values
 */
final class EntryFormat<V> {

	/** A value may become so much smaller... */
	private static final int USUAL_RATIO = 8;

	/** ...and at least this many bytes may become as few as they like. */
	private static final int ALWAYS_INFLATED = 16 << 20;

	/** The largest array that every Java platform has. */
	private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

	private static final byte[] NOTHING = {};

	private final ValueCodec<V> codec;

	private final boolean nullable;

	private final CacheSettings.Storage settings;

	private final Compression compression;

	private final EncryptionKeys encryption;

	private final Function<KeyId, byte[]> redisKeys;

	/**
	 * Creates the format.
	 * @param codec turns values into bytes and back
	 * @param nullable whether {@code null} is a value
	 * @param settings how values are stored
	 * @param encryption what values are encrypted with
	 * @param redisKeys the entry's key in Redis, by its id
	 */
	EntryFormat(ValueCodec<V> codec, boolean nullable, CacheSettings.Storage settings, EncryptionKeys encryption,
			Function<KeyId, byte[]> redisKeys) {
		String key = settings.encryptionKey();
		if (key != null && !encryption.ids().contains(key)) {
			throw new IllegalArgumentException(
					"values can't be encrypted with the key '%s': there are %s".formatted(key, encryption.ids()));
		}
		this.codec = codec;
		this.nullable = nullable;
		this.settings = settings;
		long most = Math.max(ALWAYS_INFLATED, Math.min(settings.maxSize(), LARGEST_ARRAY) * USUAL_RATIO);
		this.compression = new Compression(settings.compressFrom(), (int) Math.min(most, LARGEST_ARRAY));
		this.encryption = encryption;
		this.redisKeys = redisKeys;
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
	 * @throws ValueTooLargeException if the value is larger than the settings allow
	 * @throws CodecException if the value can't be written
	 */
	byte[] write(KeyId id, byte[] stamp, EntryHeader header, @Nullable V value) {
		byte[] payload = (value != null) ? this.codec.encode(value) : NOTHING;
		int flags = (value != null) ? 0 : EntryHeader.NULL;
		byte[] compressed = this.compression.compress(payload);
		if (compressed != null) {
			payload = compressed;
			flags |= EntryHeader.COMPRESSED;
		}
		requireNotTooLarge(payload);
		String key = this.settings.encryptionKey();
		if (key == null) {
			return joined(header.with(flags).bytes(stamp), payload);
		}
		byte[] before = header.with(flags | EntryHeader.ENCRYPTED).bytes(stamp);
		return joined(before, this.encryption.encrypt(key, payload, before, this.redisKeys.apply(id)));
	}

	private void requireNotTooLarge(byte[] payload) {
		if (payload.length > this.settings.maxSize()) {
			throw new ValueTooLargeException(payload.length, this.settings.maxSize());
		}
	}

	private static byte[] joined(byte[] before, byte[] payload) {
		byte[] entry = Arrays.copyOf(before, before.length + payload.length);
		System.arraycopy(payload, 0, entry, before.length, payload.length);
		return entry;
	}

	/** Why an entry can't be used by this reader, or {@code null} if it can. */
	@Nullable MissReason mismatch(byte[] entry, byte[] generation) {
		MissReason reason = EntryHeader.mismatch(entry, this.codec.id(), generation, this.codec.fingerprint());
		if (reason != null) {
			return reason;
		}
		if (this.settings.encryptionKey() != null && !EntryHeader.has(entry, EntryHeader.ENCRYPTED)) {
			return MissReason.DECRYPTION;
		}
		return (!this.nullable && EntryHeader.has(entry, EntryHeader.NULL)) ? MissReason.SCHEMA : null;
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
		byte[] bytes = entry;
		int begin = EntryHeader.length(entry);
		if (header.has(EntryHeader.ENCRYPTED)) {
			byte[] before = Arrays.copyOf(entry, begin);
			bytes = this.encryption.decrypt(entry, begin, before, this.redisKeys.apply(id));
			begin = 0;
		}
		if (header.has(EntryHeader.NULL)) {
			return null;
		}
		if (header.has(EntryHeader.COMPRESSED)) {
			bytes = this.compression.decompress(bytes, begin, bytes.length - begin);
			begin = 0;
		}
		V value = this.codec.decode(bytes, begin, bytes.length - begin);
		if (value == null) {
			throw new UnreadableEntryException("An entry that is not flagged as null holds null");
		}
		return value;
	}

	/** Why an entry is of no use whose value could not be read. */
	static MissReason reason(CodecException failure) {
		return (failure instanceof DecryptionException) ? MissReason.DECRYPTION : MissReason.UNREADABLE;
	}

	/** An entry whose payload contradicts its header. */
	private static final class UnreadableEntryException extends CodecException {

		private static final long serialVersionUID = 1L;

		UnreadableEntryException(String message) {
			super(message, null);
		}

	}

}
