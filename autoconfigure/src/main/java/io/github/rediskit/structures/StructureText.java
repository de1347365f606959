package io.github.rediskit.structures;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Text and numbers as they are in Redis.
 */
final class StructureText {

	/** Members and ids come back as they are, so they can't become digests. */
	static final int MOST_BYTES = 512;

	private StructureText() {
	}

	static byte[] ascii(long number) {
		return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
	}

	static byte[] ascii(String text) {
		return text.getBytes(StandardCharsets.US_ASCII);
	}

	/**
	 * What is kept as it is and told again.
	 * @param what what it is, for the message
	 * @param text the text
	 * @return its bytes
	 */
	static byte[] bounded(String what, String text) {
		byte[] bytes = utf8(what, text);
		if (bytes.length == 0) {
			throw new IllegalArgumentException(
					"A %s can't be empty: use an id or a name of 1 to %d bytes in UTF-8".formatted(what, MOST_BYTES));
		}
		if (bytes.length > MOST_BYTES) {
			throw new IllegalArgumentException("A %s of %d bytes is too long: use an id or a name of at most %d bytes"
				.formatted(what, bytes.length, MOST_BYTES));
		}
		return bytes;
	}

	/** Half of a surrogate pair would become a question mark, as others would. */
	static byte[] utf8(String what, String text) {
		Objects.requireNonNull(text, () -> "A %s must not be null".formatted(what));
		try {
			ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
			byte[] result = new byte[bytes.remaining()];
			bytes.get(result);
			return result;
		}
		catch (CharacterCodingException ex) {
			throw new IllegalArgumentException("A %s has half of a surrogate pair, which is no text".formatted(what),
					ex);
		}
	}

	static String text(@Nullable Object element) {
		return (element instanceof byte[] bytes) ? new String(bytes, StandardCharsets.UTF_8) : "";
	}

	static long number(@Nullable Object element) {
		return (element instanceof Long number) ? number : 0;
	}

}
