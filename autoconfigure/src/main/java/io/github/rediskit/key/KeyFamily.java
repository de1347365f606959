package io.github.rediskit.key;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Keys that share everything but their id. The id is a hash tag: keys of several families
 * with the same id live in the same slot of a cluster.
 */
public final class KeyFamily {

	private static final int MAX_LENGTH = 512;

	private final byte[] prefix;

	KeyFamily(String prefix) {
		if (prefix.length() + "{}".length() + KeyId.MAX_LENGTH > MAX_LENGTH) {
			throw new IllegalArgumentException(
					"Keys with the prefix %s could be longer than %d bytes".formatted(prefix, MAX_LENGTH));
		}
		this.prefix = (prefix + "{").getBytes(StandardCharsets.US_ASCII);
	}

	/**
	 * The key of an id, at most 512 bytes long.
	 * @param id the id
	 * @return the key
	 */
	@SuppressWarnings("deprecation") // the id is ASCII: its low bytes are its bytes
	public byte[] key(KeyId id) {
		String text = id.text();
		byte[] key = new byte[this.prefix.length + text.length() + 1];
		System.arraycopy(this.prefix, 0, key, 0, this.prefix.length);
		text.getBytes(0, text.length(), key, this.prefix.length);
		key[key.length - 1] = '}';
		return key;
	}

	/**
	 * A pattern for {@code SCAN} that fits every key of this family whose id the glob
	 * matches, and none of another family. It may fit more of this one: the glob decides.
	 * @param glob which ids
	 * @return the pattern
	 */
	public byte[] pattern(KeyGlob glob) {
		// neither names nor encoded text contain what is special in a pattern
		return (this + "{" + glob.pattern() + "}").getBytes(StandardCharsets.US_ASCII);
	}

	/**
	 * The id of a key.
	 * @param key any key
	 * @return its id; {@code null} if it is no key of this family
	 */
	public @Nullable KeyId id(byte[] key) {
		int end = key.length - 1;
		int length = end - this.prefix.length;
		if (length < 1 || length > KeyId.MAX_LENGTH || key[end] != '}'
				|| !Arrays.equals(key, 0, this.prefix.length, this.prefix, 0, this.prefix.length)) {
			return null;
		}
		String text = new String(key, this.prefix.length, length, StandardCharsets.ISO_8859_1);
		return IdEncoder.isPossible(text) ? KeyId.ofText(text) : null;
	}

	/**
	 * What every key of this family begins with.
	 * @return the prefix, for people to read
	 */
	@Override
	public String toString() {
		return new String(this.prefix, 0, this.prefix.length - 1, StandardCharsets.US_ASCII);
	}

}
