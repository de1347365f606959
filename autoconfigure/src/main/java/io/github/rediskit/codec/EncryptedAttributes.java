package io.github.rediskit.codec;

import java.nio.charset.StandardCharsets;

/**
 * Attributes whose bytes are encrypted for one name at one place: copied to another
 * session or under another name they can't be read.
 */
record EncryptedAttributes(AttributeCodec attributes, EncryptionKeys keys, String keyId) implements AttributeCodec {

	private static final byte[] PURPOSE = "session attribute".getBytes(StandardCharsets.US_ASCII);

	EncryptedAttributes {
		if (!keys.ids().contains(keyId)) {
			throw new IllegalArgumentException("There is no encryption key '%s', but %s".formatted(keyId, keys.ids()));
		}
	}

	@Override
	public byte[] encode(byte[] place, String name, Object value) {
		byte[] plain = this.attributes.encode(place, name, value);
		return AttributeBytes.ENCRYPTED.before(this.keys.encrypt(this.keyId, plain, PURPOSE, place, bytes(name)));
	}

	@Override
	public Object decode(byte[] place, String name, byte[] bytes) {
		if (!AttributeBytes.ENCRYPTED.begin(bytes)) {
			throw AttributeBytes.ENCRYPTED.missedIn(name, bytes);
		}
		return this.attributes.decode(place, name, this.keys.decrypt(bytes, 1, PURPOSE, place, bytes(name)));
	}

	@Override
	public boolean isBound() {
		return true;
	}

	private static byte[] bytes(String name) {
		return name.getBytes(StandardCharsets.UTF_8);
	}

}
