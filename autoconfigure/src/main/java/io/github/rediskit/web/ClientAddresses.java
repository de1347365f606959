package io.github.rediskit.web;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;

import io.github.rediskit.setting.InvalidSettingException;
import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * Who a request comes from. Anybody can write a header; so only what trusted proxies have
 * added to it is believed: each adds the address that it saw at its right end, and the
 * first from the right that is no trusted proxy is the client's.
 */
public final class ClientAddresses {

	/** Of a peer without an IP address, such as that of a domain socket. */
	static final String UNKNOWN = "unknown";

	private static final int IPV6_BITS = 128;

	private static final Pattern ZEROS = Pattern.compile("(^|:)0(:0)+(:|$)");

	private final List<AddressRange> trusted = new ArrayList<>();

	private final ForwardedHeader header;

	private final int ipv6Prefix;

	/**
	 * Creates the rules by which addresses are found.
	 * @param trustedProxies addresses, and ranges such as {@code 10.0.0.0/8}
	 * @param header where proxies write whom they saw
	 * @param ipv6Prefix how many bits of an IPv6 address are one client
	 * @throws InvalidSettingException if one is not what it should be
	 */
	public ClientAddresses(List<String> trustedProxies, ForwardedHeader header, int ipv6Prefix) {
		for (int i = 0; i < trustedProxies.size(); i++) {
			AddressRange range = AddressRange.parse(trustedProxies.get(i));
			if (range == null) {
				throw new InvalidSettingException("trusted-proxies[" + i + "]",
						"is '%s', which is no range of addresses".formatted(trustedProxies.get(i)),
						"Write an address or a range such as 10.0.0.0/8 or fd00::/8. Names are not looked up.");
			}
			this.trusted.add(range);
		}
		if (ipv6Prefix < 1 || ipv6Prefix > IPV6_BITS) {
			throw new InvalidSettingException("ipv6-prefix", "is " + ipv6Prefix,
					"Write how many bits of an IPv6 address are one client, from 1 to 128, such as 64.");
		}
		this.header = header;
		this.ipv6Prefix = ipv6Prefix;
	}

	/**
	 * Whether any proxy is believed.
	 * @return whether there are trusted proxies
	 */
	public boolean hasTrustedProxies() {
		return !this.trusted.isEmpty();
	}

	/**
	 * The client of a request.
	 * @param remoteAddress the address of who has connected
	 * @param headers the values of a header by its name
	 * @return the client's address, or the network of an IPv6 address
	 */
	String of(@Nullable String remoteAddress, Function<String, List<String>> headers) {
		IpAddress client = client(remoteAddress, headers);
		if (client == null) {
			return UNKNOWN;
		}
		return client.isIpv6() ? client.network(this.ipv6Prefix) + "/" + this.ipv6Prefix : client.toString();
	}

	/**
	 * The address of a client, as people know it: never a network, and without rows of
	 * zeros.
	 * @param remoteAddress the address of who has connected
	 * @param headers the values of a header by its name
	 * @return the client's address
	 */
	String exactly(@Nullable String remoteAddress, Function<String, List<String>> headers) {
		IpAddress client = client(remoteAddress, headers);
		return (client != null) ? ZEROS.matcher(client.toString()).replaceFirst("::") : UNKNOWN;
	}

	private @Nullable IpAddress client(@Nullable String remoteAddress, Function<String, List<String>> headers) {
		IpAddress client = IpAddress.parse(remoteAddress);
		if (client != null && isTrusted(client)) {
			List<String> hops = this.header.hops(headers);
			for (int i = hops.size() - 1; i >= 0; i--) {
				IpAddress hop = IpAddress.parseHop(hops.get(i));
				if (hop == null) {
					break; // as far as anybody knows who is believed
				}
				client = hop;
				if (!isTrusted(client)) {
					break;
				}
			}
		}
		return client;
	}

	private boolean isTrusted(IpAddress address) {
		for (AddressRange range : this.trusted) {
			if (range.contains(address)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Where proxies write whom they saw.
	 */
	public enum ForwardedHeader {

		/** {@code X-Forwarded-For: client, proxy1, proxy2}. */
		X_FORWARDED_FOR("X-Forwarded-For") {

			@Override
			void addHops(String value, List<String> hops) {
				hops.addAll(List.of(StringUtils.delimitedListToStringArray(value, ",")));
			}

		},

		/**
		 * {@code Forwarded: for=client, for="[2001:db8::1]:443";proto=https}, by RFC
		 * 7239.
		 */
		FORWARDED("Forwarded") {

			@Override
			void addHops(String value, List<String> hops) {
				split(value, ',').forEach((element) -> hops.add(forOf(element)));
			}

		};

		private final String headerName;

		ForwardedHeader(String headerName) {
			this.headerName = headerName;
		}

		List<String> hops(Function<String, List<String>> headers) {
			List<String> hops = new ArrayList<>();
			headers.apply(this.headerName).forEach((value) -> addHops(value, hops));
			return hops;
		}

		abstract void addHops(String value, List<String> hops);

		/** An element without it is a hop that nobody knows. */
		private static String forOf(String element) {
			for (String pair : split(element, ';')) {
				String stripped = pair.strip();
				if (stripped.toLowerCase(Locale.ROOT).startsWith("for=")) {
					return unquoted(stripped.substring(4));
				}
			}
			return "";
		}

		private static String unquoted(String value) {
			return (value.length() >= 2 && value.startsWith("\"") && value.endsWith("\""))
					? value.substring(1, value.length() - 1) : value;
		}

		/**
		 * From the right, where proxies write: a quote that the client has opened further
		 * left swallows nothing of it.
		 */
		private static List<String> split(String text, char separator) {
			List<String> parts = new ArrayList<>();
			boolean quoted = false;
			int end = text.length();
			for (int i = end - 1; i >= 0; i--) {
				char c = text.charAt(i);
				if (c == '"' && !isEscaped(text, i)) {
					quoted = !quoted;
				}
				else if (c == separator && !quoted) {
					parts.add(text.substring(i + 1, end));
					end = i;
				}
			}
			parts.add(text.substring(0, end));
			Collections.reverse(parts);
			return parts;
		}

		private static boolean isEscaped(String text, int index) {
			int first = index;
			while (first > 0 && text.charAt(first - 1) == '\\') {
				first--;
			}
			return (index - first) % 2 == 1;
		}

	}

}
