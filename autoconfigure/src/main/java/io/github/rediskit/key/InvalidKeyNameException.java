package io.github.rediskit.key;

/**
 * An environment, namespace or name that can't be part of a key. The message says what is
 * allowed.
 */
public class InvalidKeyNameException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	InvalidKeyNameException(String kind, String name) {
		super("The %s '%s' can't be part of a Redis key: use letters, digits, '-', '_' and '.', at most %d of them"
			.formatted(kind, name, Names.MAX_LENGTH));
	}

}
