package io.github.rediskit.cache;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * What somebody writes to Redis who means harm.
 */
final class HostileBytes {

	/** Put into valid bytes; GADGET is the name of a class that must not be made. */
	private static final List<String> TOKENS = List.of("null", "true", "0", "-1", "1.5", "1e400", "1E+999999999",
			"\"\"", "\"x\"", "{}", "[]", "[", "]", "{", "}", ",", "\"@type\":", "\"@class\":", "\"GADGET\"",
			"[\"GADGET\",{}]", "{\"@class\":\"GADGET\"},", "\\ud83d", "\0", "99999999999999999999", "\"2024-99-99\"",
			"\ufeff");

	/** Instead of a value. */
	private static final List<String> DOCUMENTS = List.of("{\"@class\":\"GADGET\"}", "{\"@type\":\"GADGET\"}",
			"[\"GADGET\",{}]", "{\"GADGET\":{}}", "\"GADGET\"", "[[\"GADGET\",{\"id\":1}]]", "{\"@c\":\"GADGET\"}",
			"{\"id\":{\"@class\":\"GADGET\"}}", "{\"shapes\":[{\"@type\":\"GADGET\"}]}", "[{\"@class\":\"GADGET\"}]",
			"{\"@class\":\"java.lang.Thread\"}", "[\"java.util.ArrayList\",[\"GADGET\"]]", "{\"@type\":null}",
			"{\"@type\":{}}", "{\"@type\":[\"GADGET\"]}", "null", "", " ", "{", "[", "0", "-0", "\"AAAA\"",
			"{\"@class\":\"javax.script.ScriptEngineManager\"}", "{\"@id\":1,\"@ref\":1}",
			"\u00ac\u00ed\u0000\u0005sr");

	private HostileBytes() {
	}

	static byte[] document(Class<?> gadget, Random random) {
		String document = DOCUMENTS.get(random.nextInt(DOCUMENTS.size())).replace("GADGET", gadget.getName());
		return document.getBytes(StandardCharsets.ISO_8859_1);
	}

	static byte[] noise(Random random, int most) {
		byte[] bytes = new byte[random.nextInt(most)];
		random.nextBytes(bytes);
		return bytes;
	}

	/** Up to three changes, anywhere. */
	static byte[] mutated(byte[] valid, Random random) {
		byte[] result = valid;
		for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
			result = changed(result, random);
		}
		return result;
	}

	private static byte[] changed(byte[] bytes, Random random) {
		int from = random.nextInt(bytes.length + 1);
		int to = Math.min(bytes.length, from + random.nextInt(8));
		byte[] token = TOKENS.get(random.nextInt(TOKENS.size())).getBytes(StandardCharsets.UTF_8);
		return switch (random.nextInt(7)) {
			case 0 -> replaced(bytes, from, to, new byte[0]);
			case 1 -> replaced(bytes, from, to, new byte[] { (byte) random.nextInt() });
			case 2 -> replaced(bytes, from, to, token);
			case 3 -> replaced(bytes, from, from, token);
			case 4 -> Arrays.copyOf(bytes, from);
			case 5 -> replaced(bytes, from, from, Arrays.copyOfRange(bytes, from, to));
			default -> flipped(bytes, random);
		};
	}

	private static byte[] flipped(byte[] bytes, Random random) {
		byte[] result = bytes.clone();
		if (bytes.length > 0) {
			result[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
		}
		return result;
	}

	static byte[] replaced(byte[] bytes, int from, int to, byte[] replacement) {
		ByteArrayOutputStream result = new ByteArrayOutputStream();
		result.write(bytes, 0, from);
		result.writeBytes(replacement);
		result.write(bytes, to, bytes.length - to);
		return result.toByteArray();
	}

}
