package io.github.rediskit.codec;

/**
 * Turns the attributes of sessions into bytes and back, each by itself: other than of a
 * cached value, nobody declares what type an attribute has, so the bytes name it, and a
 * list of allowed types decides whether they are believed.
 *
 * <p>
 * The first byte says what the others are, so that no codec takes what another one wrote
 * for its own: {@code 1} JSON, {@code 2} Java's serialization, {@code 3} compressed,
 * {@code 4} encrypted. Implementations can be used by several threads.
 */
public interface AttributeCodec {

	/**
	 * Writes an attribute.
	 * @param place what an encrypted attribute is bound to, such as the session's key:
	 * without the same one it can't be read
	 * @param name the attribute's name, to which it is bound as well
	 * @param value the value
	 * @return its bytes
	 * @throws CodecException if it could not be read back; the message names the
	 * attribute and its type
	 */
	byte[] encode(byte[] place, String name, Object value);

	/**
	 * Reads an attribute.
	 * @param place the place that it was written for
	 * @param name the attribute's name
	 * @param bytes what {@link #encode} made
	 * @return the value
	 * @throws CodecException if the bytes are none of this codec, name a type that is not
	 * allowed, or don't fit the type they name
	 */
	Object decode(byte[] place, String name, byte[] bytes);

	/**
	 * Whether attributes are bound to their places: copied to another place they can't be
	 * read.
	 * @return {@code true} if so
	 */
	default boolean isBound() {
		return false;
	}

	/**
	 * This codec, with compression.
	 * @param compression says what is compressed; what is compressed already is read
	 * whatever it says
	 * @return a codec that compresses what this one writes
	 */
	default AttributeCodec compressed(Compression compression) {
		return new CompressedAttributes(this, compression);
	}

	/**
	 * This codec, with encryption. What is not encrypted is not read any more.
	 * @param keys the keys, each of which can be read with
	 * @param keyId the key to write with
	 * @return a codec that encrypts what this one writes
	 * @throws IllegalArgumentException if there is no such key
	 */
	default AttributeCodec encrypted(EncryptionKeys keys, String keyId) {
		return new EncryptedAttributes(this, keys, keyId);
	}

}
