package io.github.rediskit.key;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

import org.jspecify.annotations.Nullable;

/**
 * What distinguishes one key of a family from the others: a short ASCII text, different
 * for different values. {@code 42} and {@code "42"} differ, {@code ("a, b")} and
 * {@code ("a", "b")} differ; integers of any width are one id, so that {@code 42} and
 * {@code 42L} are the same. A text of more than {@value #MAX_LENGTH} characters is
 * replaced by its SHA-256 digest.
 */
public final class KeyId {

	static final int MAX_LENGTH = 240;

	private static final String DIGEST = "~sha256-";

	private final String text;

	private KeyId(String text) {
		this.text = text;
	}

	/**
	 * The id of one value: {@code null}, text, a number, boolean, enum, UUID, a
	 * {@code java.time} value, a record, or a list, set, map, array or optional of these.
	 * @param value the value
	 * @return its id
	 * @throws UnsupportedKeyException if the value has no faithful text
	 */
	public static KeyId of(@Nullable Object value) {
		if (value instanceof Long || value instanceof Integer) {
			return new KeyId(value.toString());
		}
		return digestIfLong(IdEncoder.encode(value));
	}

	/**
	 * The id of a method call without an explicit key: of its only argument, else of all
	 * arguments together.
	 * @param arguments the arguments of the call
	 * @return their id
	 * @throws UnsupportedKeyException if an argument has no faithful text
	 */
	public static KeyId ofArguments(@Nullable Object... arguments) {
		return (arguments.length == 1) ? of(arguments[0]) : digestIfLong(IdEncoder.encodeTuple(arguments));
	}

	/**
	 * The id under which something is kept for many values together. It is that of no
	 * value.
	 * @return the id
	 */
	public static KeyId ofOthers() {
		return new KeyId("~others");
	}

	/**
	 * The id with a text that somebody has read from a key, or been shown.
	 * @param text the encoded id
	 * @return the id
	 * @throws IllegalArgumentException if no id has that text
	 */
	public static KeyId parse(String text) {
		if (text.isEmpty() || text.length() > MAX_LENGTH || !IdEncoder.isPossible(text)) {
			throw new IllegalArgumentException(
					"This is no key as it is shown. Copy what stands between the braces in Redis");
		}
		return new KeyId(text);
	}

	/** The id whose text was read from a key. */
	static KeyId ofText(String text) {
		return new KeyId(text);
	}

	private static KeyId digestIfLong(String text) {
		return new KeyId((text.length() <= MAX_LENGTH) ? text : DIGEST + sha256(text));
	}

	boolean isDigest() {
		return this.text.startsWith(DIGEST);
	}

	private static String sha256(String text) {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
			return HexFormat.of().formatHex(digest);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

	/**
	 * The encoded id: ASCII, never empty, without blanks, braces and colons.
	 * @return the text
	 */
	public String text() {
		return this.text;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof KeyId that && this.text.equals(that.text);
	}

	@Override
	public int hashCode() {
		return this.text.hashCode();
	}

	@Override
	public String toString() {
		return this.text;
	}

}
