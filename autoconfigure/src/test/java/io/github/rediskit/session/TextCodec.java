package io.github.rediskit.session;

import java.nio.charset.StandardCharsets;

import io.github.rediskit.codec.AttributeCodec;
import io.github.rediskit.codec.CodecException;

/**
 * Texts and numbers as attributes, readable in Redis.
 */
final class TextCodec implements AttributeCodec {

	@Override
	public byte[] encode(byte[] place, String name, Object value) {
		if (value instanceof String text) {
			return ("t" + text).getBytes(StandardCharsets.UTF_8);
		}
		if (value instanceof Integer number) {
			return ("n" + number).getBytes(StandardCharsets.UTF_8);
		}
		throw new Refused(
				"The attribute '%s' is of %s, see rediskit.session.allowed-types".formatted(name, value.getClass()));
	}

	@Override
	public Object decode(byte[] place, String name, byte[] bytes) {
		String text = new String(bytes, StandardCharsets.UTF_8);
		if (text.startsWith("t")) {
			return text.substring(1);
		}
		if (text.startsWith("n")) {
			return Integer.valueOf(text.substring(1));
		}
		throw new Refused("No text and no number");
	}

	private static final class Refused extends CodecException {

		Refused(String message) {
			super(message, null);
		}

	}

}
