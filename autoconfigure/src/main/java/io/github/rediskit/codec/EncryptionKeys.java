package io.github.rediskit.codec;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

import org.jspecify.annotations.Nullable;

/**
 * Keys that values are encrypted with, by AES-256 in Galois/Counter Mode (NIST SP
 * 800-38D). It keeps bytes secret and finds out when they were changed; nobody who lacks
 * the key can make bytes that are accepted. The key's id stands before the bytes, so that
 * a value is written with one key and others are still read.
 *
 * <pre>
 * 1  length of the key's id, then the id
 * 12 nonce, drawn at random for each encryption
 *    the encrypted bytes, and 16 bytes that authenticate them
 * </pre>
 *
 * What is associated is authenticated, too, but not stored here. The keys are never
 * shown: neither by {@link #toString()} nor in exceptions.
 */
public final class EncryptionKeys {

	/** How many bytes a key has. */
	public static final int KEY_LENGTH = 32;

	private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,32}");

	private static final int NONCE_LENGTH = 12;

	private static final int TAG_LENGTH = 16;

	private final Map<String, SecretKey> keys = new HashMap<>();

	private final SecureRandom random;

	/**
	 * Creates the keys.
	 * @param keys the keys by their ids: {@value #KEY_LENGTH} bytes each, which are
	 * copied
	 * @param random draws the nonces
	 * @throws IllegalArgumentException if an id or a key can't be one
	 */
	public EncryptionKeys(Map<String, byte[]> keys, SecureRandom random) {
		this.random = random;
		keys.forEach((id, key) -> {
			if (!isId(id)) {
				throw new IllegalArgumentException(
						"The id of an encryption key consists of at most 32 letters, digits, dots, dashes and underscores");
			}
			if (key.length != KEY_LENGTH) {
				throw new IllegalArgumentException(
						"The encryption key '%s' has %d bytes instead of %d".formatted(id, key.length, KEY_LENGTH));
			}
			this.keys.put(id, new SecretKeySpec(key, "AES"));
		});
	}

	/**
	 * No keys.
	 * @return keys by which nothing is encrypted and nothing decrypted
	 */
	public static EncryptionKeys none() {
		return new EncryptionKeys(Map.of(), new SecureRandom());
	}

	/**
	 * Whether a text can be the id of a key.
	 * @param id the text
	 * @return {@code true} if it is one of at most 32 letters, digits, dots, dashes and
	 * underscores
	 */
	public static boolean isId(String id) {
		return ID.matcher(id).matches();
	}

	/**
	 * The ids of the keys.
	 * @return the ids, in their order
	 */
	public Set<String> ids() {
		return new TreeSet<>(this.keys.keySet());
	}

	/**
	 * Encrypts bytes.
	 * @param id the id of the key
	 * @param plain the bytes
	 * @param associated what they belong to; needed again to decrypt them
	 * @return the encrypted bytes
	 * @throws IllegalArgumentException if there is no such key
	 */
	public byte[] encrypt(String id, byte[] plain, byte[]... associated) {
		SecretKey key = this.keys.get(id);
		if (key == null) {
			throw new IllegalArgumentException("There is no encryption key '%s', but %s".formatted(id, ids()));
		}
		byte[] name = id.getBytes(StandardCharsets.US_ASCII);
		byte[] nonce = new byte[NONCE_LENGTH];
		this.random.nextBytes(nonce);
		ByteBuffer result = ByteBuffer.allocate(1 + name.length + NONCE_LENGTH + plain.length + TAG_LENGTH)
			.put((byte) name.length)
			.put(name)
			.put(nonce);
		try {
			cipher(Cipher.ENCRYPT_MODE, key, nonce, name, associated).doFinal(ByteBuffer.wrap(plain), result);
			return result.array();
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("Every Java platform has AES-GCM", ex);
		}
	}

	/**
	 * Decrypts bytes.
	 * @param bytes an array
	 * @param offset where the encrypted bytes begin; they go on to the end
	 * @param associated what they belong to
	 * @return the bytes as they were
	 * @throws DecryptionException if they were not encrypted like this by a key that is
	 * known here
	 */
	public byte[] decrypt(byte[] bytes, int offset, byte[]... associated) {
		int nonceAt = offset + 1 + ((offset < bytes.length) ? bytes[offset] : 0);
		int length = bytes.length - nonceAt - NONCE_LENGTH;
		if (nonceAt <= offset + 1 || length < TAG_LENGTH) {
			throw new DecryptionException("Bytes are not encrypted as they should be");
		}
		byte[] name = Arrays.copyOfRange(bytes, offset + 1, nonceAt);
		SecretKey key = keyOf(name);
		if (key == null) {
			throw new DecryptionException("Bytes are encrypted with a key that is not known here");
		}
		byte[] nonce = Arrays.copyOfRange(bytes, nonceAt, nonceAt + NONCE_LENGTH);
		try {
			return cipher(Cipher.DECRYPT_MODE, key, nonce, name, associated).doFinal(bytes, nonceAt + NONCE_LENGTH,
					length);
		}
		catch (GeneralSecurityException ex) {
			throw new DecryptionException("Bytes were not encrypted with the key they name, or not for this place");
		}
	}

	private @Nullable SecretKey keyOf(byte[] name) {
		return this.keys.get(new String(name, StandardCharsets.ISO_8859_1));
	}

	private static Cipher cipher(int mode, SecretKey key, byte[] nonce, byte[] name, byte[]... associated)
			throws GeneralSecurityException {
		Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
		cipher.init(mode, key, new GCMParameterSpec(TAG_LENGTH * Byte.SIZE, nonce));
		for (byte[] part : associated) {
			// with its length, so that no part can take bytes of another
			cipher.updateAAD(ByteBuffer.allocate(Integer.BYTES).putInt(part.length).flip());
			cipher.updateAAD(part);
		}
		cipher.updateAAD(name);
		return cipher;
	}

	@Override
	public String toString() {
		return "EncryptionKeys" + ids();
	}

}
