package io.github.rediskit.codec;

/**
 * The first byte of an attribute, by which its reader recognizes it. Another version of a
 * format is another byte.
 */
enum AttributeBytes {

	JSON(1, "JSON"), JDK(2, "in Java's serialization"), COMPRESSED(3, "compressed"), ENCRYPTED(4, "encrypted");

	private final byte mark;

	private final String description;

	AttributeBytes(int mark, String description) {
		this.mark = (byte) mark;
		this.description = description;
	}

	boolean begin(byte[] bytes) {
		return bytes.length > 1 && bytes[0] == this.mark;
	}

	byte[] before(byte[] bytes) {
		byte[] result = new byte[1 + bytes.length];
		result[0] = this.mark;
		System.arraycopy(bytes, 0, result, 1, bytes.length);
		return result;
	}

	/** What to say of bytes that this should begin and does not. */
	CodecException missedIn(String name, byte[] bytes) {
		String actual = "neither that nor anything else that is known";
		for (AttributeBytes other : values()) {
			if (other.begin(bytes)) {
				actual = other.description;
			}
		}
		return new CodecException(
				"The session attribute '%s' should be %s, but is %s".formatted(name, this.description, actual), null);
	}

}
