package io.github.rediskit.session;

import org.jspecify.annotations.Nullable;

/**
 * The words by which a user recognizes his devices. What a client sends is cut, whatever
 * its length, and never stored as it is.
 *
 * @param parser finds the words
 */
record Devices(DeviceParser parser) {

	static final String UNKNOWN = "unknown";

	private static final int LONGEST_AGENT = 1000;

	private static final int LONGEST_TEXT = 100;

	String device(@Nullable SessionRequest request) {
		String agent = (request != null) ? request.userAgent() : null;
		return cut(this.parser.describe((agent != null) ? cut(agent, LONGEST_AGENT) : null), LONGEST_TEXT);
	}

	String address(@Nullable SessionRequest request) {
		String address = (request != null) ? request.address() : null;
		return (address != null) ? cut(address, LONGEST_TEXT) : UNKNOWN;
	}

	private static String cut(String text, int longest) {
		return (text.length() > longest) ? text.substring(0, longest) : text;
	}

}
