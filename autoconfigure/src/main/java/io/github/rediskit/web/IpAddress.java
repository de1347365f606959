package io.github.rediskit.web;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * The address of an IP host, read from a text without asking anybody what a name means.
 * An IPv4 address that is written as IPv6 is one of IPv4.
 */
final class IpAddress {

	private static final Pattern DOTTED = Pattern.compile("(0|[1-9]\\d{0,2})(\\.(0|[1-9]\\d{0,2})){3}");

	private static final Pattern COLONS = Pattern.compile("[0-9a-fA-F.]*:[0-9a-fA-F:.]*");

	private static final int LONGEST = 45;

	private static final int IPV6_BYTES = 16;

	private final byte[] bytes;

	private IpAddress(byte[] bytes) {
		this.bytes = bytes;
	}

	/**
	 * Reads an address, with or without the zone of a local one.
	 * @param text the text
	 * @return the address, or {@code null} if the text is none
	 */
	static @Nullable IpAddress parse(@Nullable String text) {
		if (text == null) {
			return null;
		}
		int zone = text.indexOf('%');
		String literal = (zone < 0) ? text : text.substring(0, zone);
		if (literal.length() > LONGEST) {
			return null;
		}
		if (zone < 0 && DOTTED.matcher(literal).matches()) {
			return dotted(literal);
		}
		// brackets tell the JDK that it is no name
		return COLONS.matcher(literal).matches() ? numeric("[" + literal + "]") : null;
	}

	private static @Nullable IpAddress dotted(String literal) {
		String[] parts = StringUtils.delimitedListToStringArray(literal, ".");
		byte[] bytes = new byte[parts.length];
		for (int i = 0; i < parts.length; i++) {
			int part = Integer.parseInt(parts[i]);
			if (part > 255) {
				return null;
			}
			bytes[i] = (byte) part;
		}
		return new IpAddress(bytes);
	}

	private static @Nullable IpAddress numeric(String literal) {
		try {
			return new IpAddress(InetAddress.getByName(literal).getAddress());
		}
		catch (UnknownHostException ex) {
			return null;
		}
	}

	/**
	 * Reads what a proxy has written: an address, in brackets if it likes, with a port if
	 * it likes.
	 * @param text the text
	 * @return the address, or {@code null} if the text is none
	 */
	static @Nullable IpAddress parseHop(String text) {
		String hop = text.strip();
		if (hop.startsWith("[")) {
			int end = hop.indexOf(']');
			return (end > 0 && isPort(hop.substring(end + 1))) ? parse(hop.substring(1, end)) : null;
		}
		int colon = hop.indexOf(':');
		if (colon >= 0 && hop.indexOf('.') >= 0 && colon == hop.lastIndexOf(':')) {
			return isPort(hop.substring(colon)) ? parse(hop.substring(0, colon)) : null;
		}
		return parse(hop);
	}

	/** A port that is hidden from us is none of our business either. */
	private static boolean isPort(String text) {
		return text.isEmpty() || text.matches(":[A-Za-z0-9._-]{0,20}");
	}

	boolean isIpv6() {
		return this.bytes.length == IPV6_BYTES;
	}

	int bits() {
		return this.bytes.length * Byte.SIZE;
	}

	/**
	 * The network that the address is in.
	 * @param prefix how many bits it has
	 * @return its first address
	 */
	IpAddress network(int prefix) {
		byte[] network = this.bytes.clone();
		for (int i = 0; i < network.length; i++) {
			int bits = Math.max(0, Math.min(Byte.SIZE, prefix - i * Byte.SIZE));
			network[i] &= (byte) (0xff << (Byte.SIZE - bits));
		}
		return new IpAddress(network);
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof IpAddress that && Arrays.equals(this.bytes, that.bytes);
	}

	@Override
	public int hashCode() {
		return Arrays.hashCode(this.bytes);
	}

	@Override
	public String toString() {
		try {
			return InetAddress.getByAddress(this.bytes).getHostAddress();
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException("An address has four or sixteen bytes", ex);
		}
	}

}
