package io.github.rediskit.codec;

/**
 * Bytes that can't be decrypted: their key is not known here, or they are not what was
 * encrypted, or not where it was put. It has no cause.
 */
public class DecryptionException extends CodecException {

	private static final long serialVersionUID = 1L;

	DecryptionException(String message) {
		super(message, null);
	}

}
