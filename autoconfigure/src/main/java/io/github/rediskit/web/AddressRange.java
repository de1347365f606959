package io.github.rediskit.web;

import org.jspecify.annotations.Nullable;

/**
 * Addresses that begin with the same bits.
 *
 * @param network the first of them
 * @param prefix how many bits they have in common
 */
record AddressRange(IpAddress network, int prefix) {

	/**
	 * Reads an address, or a range such as {@code 10.0.0.0/8}.
	 * @param text the text
	 * @return the range, or {@code null} if the text is none
	 */
	static @Nullable AddressRange parse(String text) {
		int slash = text.indexOf('/');
		IpAddress address = IpAddress.parse(((slash < 0) ? text : text.substring(0, slash)).strip());
		if (address == null) {
			return null;
		}
		if (slash < 0) {
			return new AddressRange(address, address.bits());
		}
		String bits = text.substring(slash + 1).strip();
		if (!bits.matches("\\d{1,3}") || Integer.parseInt(bits) > address.bits()) {
			return null;
		}
		int prefix = Integer.parseInt(bits);
		return new AddressRange(address.network(prefix), prefix);
	}

	boolean contains(IpAddress address) {
		return address.bits() == this.network.bits() && address.network(this.prefix).equals(this.network);
	}

}
