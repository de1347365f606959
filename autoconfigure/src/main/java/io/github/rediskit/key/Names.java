package io.github.rediskit.key;

import java.util.regex.Pattern;

/**
 * The rule for the parts of a key that people choose: environment, namespace and names.
 */
final class Names {

	/** So that the longest possible prefix leaves room for an id within 512 bytes. */
	static final int MAX_LENGTH = 80;

	private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9._-]+");

	private Names() {
	}

	static String require(String kind, String name) {
		if (name.length() > MAX_LENGTH || !ALLOWED.matcher(name).matches()) {
			throw new InvalidKeyNameException(kind, name);
		}
		return name;
	}

}
