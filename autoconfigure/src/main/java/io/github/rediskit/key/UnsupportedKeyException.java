package io.github.rediskit.key;

/**
 * A value from which no key can be made, because its text would not identify it.
 */
public class UnsupportedKeyException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	UnsupportedKeyException(Class<?> type) {
		super("No key can be made from a %s: use text, numbers, enums, UUIDs, java.time values, records, "
			.formatted(type.getName())
				+ "or lists, sets, maps and arrays of these, or name a part of it in the key expression, such as \"#argument.id\"");
	}

	UnsupportedKeyException(String reason) {
		super(reason);
	}

}
