package io.github.rediskit.web;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * What expressions in the rules for HTTP requests see of a request, on servlets and on
 * WebFlux alike. The body is left alone.
 */
public final class LimitedRequest {

	private final Source source;

	private final ClientAddresses addresses;

	private final RequestPaths paths;

	private @Nullable String address;

	LimitedRequest(Source source, ClientAddresses addresses) {
		this.source = source;
		this.addresses = addresses;
		this.paths = RequestPaths.of(source.path());
	}

	RequestPaths paths() {
		return this.paths;
	}

	List<String> header(String name) {
		return this.source.header(name);
	}

	/**
	 * The path within the application.
	 * @return the path, decoded and without parameters
	 */
	public String getPath() {
		return this.paths.plain();
	}

	/**
	 * The method.
	 * @return such as {@code GET}
	 */
	public String getMethod() {
		return this.source.method();
	}

	/**
	 * The headers, of each the first value.
	 * @return the values by name, whose case does not matter
	 */
	public Map<String, String> getHeaders() {
		Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		for (String name : this.source.headerNames()) {
			this.source.header(name).stream().findFirst().ifPresent((value) -> headers.put(name, value));
		}
		return headers;
	}

	/**
	 * The parameters of the query, of each the first value.
	 * @return the values by name
	 */
	public Map<String, String> getParameters() {
		Map<String, String> parameters = new TreeMap<>();
		String query = this.source.query();
		if (query != null) {
			for (String pair : StringUtils.delimitedListToStringArray(query, "&")) {
				int equals = pair.indexOf('=');
				parameters.putIfAbsent(decoded((equals < 0) ? pair : pair.substring(0, equals)),
						(equals < 0) ? "" : decoded(pair.substring(equals + 1)));
			}
		}
		return parameters;
	}

	private static String decoded(String text) {
		try {
			return URLDecoder.decode(text, StandardCharsets.UTF_8);
		}
		catch (IllegalArgumentException ex) {
			return text;
		}
	}

	/**
	 * The address of the client, as trusted proxies tell it.
	 * @return an IPv4 address, the network of an IPv6 address such as
	 * {@code 2001:db8:0:1:0:0:0:0/64}, or {@code unknown}
	 */
	public String getAddress() {
		String address = this.address;
		if (address == null) {
			address = this.addresses.of(this.source.remoteAddress(), this.source::header);
			this.address = address;
		}
		return address;
	}

	/**
	 * The name of the user.
	 * @return the name, or {@code null} if nobody has logged in
	 */
	public @Nullable String getPrincipal() {
		return this.source.principal();
	}

	/**
	 * Where it is read from.
	 */
	interface Source {

		String method();

		/** Within the application, as it is written. */
		String path();

		@Nullable String query();

		@Nullable String remoteAddress();

		List<String> header(String name);

		Iterable<String> headerNames();

		@Nullable String principal();

	}

}
