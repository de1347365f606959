package io.github.rediskit.messaging;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/*
 * A published message has no place beside its payload, and other programs read that. So
 * what travels along is the last property of a JSON object:
 *
 * {"article":"lamp","cents":5,"@trace":{"traceparent":"00-…-01"}}
 *
 * Who does not know it sees an object with one property more. It is found without reading
 * the JSON: in valid JSON the marker can't be part of a text, where its quotes would be
 * escaped, and what follows it has to be of this very form up to the end.
 */

/**
 * A published message, and what travels with it.
 *
 * @param message the message without it
 * @param fields what travels with it; mostly nothing
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record TraceProperty(byte[] message, Map<String, String> fields) {

	private static final byte[] MARKER = "\"@trace\":{".getBytes(StandardCharsets.US_ASCII);

	/** Of these bytes at the end of a message it is at most. */
	private static final int LONGEST = 16 * 1024;

	/** The shortest object that has it. */
	private static final int SHORTEST = "{\"@trace\":{\"\":\"\"}}".length();

	/**
	 * Adds fields to a message.
	 * @param json the message
	 * @param fields what is to travel with it
	 * @return the message with them, or as it was if it is no JSON object
	 */
	static byte[] add(byte[] json, Map<String, String> fields) {
		int end = json.length - 1;
		if (fields.isEmpty() || end < 1 || json[0] != '{' || json[end] != '}' || json[end - 1] <= ' ') {
			return json;
		}
		StringBuilder property = new StringBuilder((end == 1) ? "\"@trace\":{" : ",\"@trace\":{");
		String comma = "";
		for (Map.Entry<String, String> field : fields.entrySet()) {
			if (isPlain(field.getKey()) && isPlain(field.getValue())) {
				property.append(comma).append(quoted(field.getKey())).append(':').append(quoted(field.getValue()));
				comma = ",";
			}
		}
		byte[] added = property.append("}}").toString().getBytes(StandardCharsets.US_ASCII);
		if (comma.isEmpty() || added.length > LONGEST) {
			return json;
		}
		byte[] result = Arrays.copyOf(json, end + added.length);
		System.arraycopy(added, 0, result, end, added.length);
		return result;
	}

	/** Header fields are ASCII; what is not is left out. */
	private static boolean isPlain(String text) {
		return text.chars().allMatch((character) -> character >= ' ' && character <= '~');
	}

	private static String quoted(String text) {
		return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
	}

	/**
	 * Takes what travels with a message off it.
	 * @param message the message as it was received
	 * @return the message and the fields, of which there are none in most messages
	 */
	public static TraceProperty of(byte[] message) {
		int end = message.length;
		if (end < SHORTEST || message[0] != '{' || message[end - 1] != '}' || message[end - 2] != '}'
				|| message[end - 3] != '"') {
			return new TraceProperty(message, Map.of());
		}
		int at = marker(message);
		Map<String, String> fields = (at > 0) ? fields(message, at + MARKER.length) : null;
		if (fields == null) {
			return new TraceProperty(message, Map.of());
		}
		int kept = (message[at - 1] == ',') ? at - 1 : at;
		byte[] rest = Arrays.copyOf(message, kept + 1);
		rest[kept] = '}';
		return new TraceProperty(rest, fields);
	}

	/** Where the last one begins, after a comma or the brace of the object; else -1. */
	private static int marker(byte[] message) {
		int first = Math.max(1, message.length - LONGEST - 1);
		for (int at = message.length - MARKER.length - 2; at >= first; at--) {
			if (message[at] == '"' && (message[at - 1] == ',' || at == 1)
					&& Arrays.equals(message, at, at + MARKER.length, MARKER, 0, MARKER.length)) {
				return at;
			}
		}
		return -1;
	}

	/** Texts by texts up to the end of the message; {@code null} if it is not that. */
	private static @Nullable Map<String, String> fields(byte[] message, int from) {
		Map<String, String> fields = new LinkedHashMap<>();
		Texts texts = new Texts(message, from);
		do {
			String name = texts.next();
			String value = (name != null && texts.skip(':')) ? texts.next() : null;
			if (value == null) {
				return null;
			}
			fields.put(name, value);
		}
		while (texts.skip(','));
		return texts.isAllBut("}}") ? fields : null;
	}

	/**
	 * Reads texts in quotes.
	 */
	private static final class Texts {

		private final byte[] bytes;

		private int at;

		Texts(byte[] bytes, int at) {
			this.bytes = bytes;
			this.at = at;
		}

		boolean isAllBut(String rest) {
			return new String(this.bytes, this.at, this.bytes.length - this.at, StandardCharsets.ISO_8859_1)
				.equals(rest);
		}

		boolean isAtEnd() {
			return this.at == this.bytes.length;
		}

		boolean skip(char sign) {
			boolean is = !isAtEnd() && this.bytes[this.at] == sign;
			this.at += is ? 1 : 0;
			return is;
		}

		@Nullable String next() {
			if (!skip('"')) {
				return null;
			}
			StringBuilder text = new StringBuilder();
			while (!isAtEnd() && this.bytes[this.at] != '"') {
				if (this.bytes[this.at] == '\\') {
					this.at++;
				}
				if (isAtEnd() || this.bytes[this.at] < ' ') {
					return null;
				}
				text.append((char) this.bytes[this.at++]);
			}
			return skip('"') ? text.toString() : null;
		}

	}

}
