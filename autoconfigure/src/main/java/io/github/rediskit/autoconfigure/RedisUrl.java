package io.github.rediskit.autoconfigure;

import java.net.URI;
import java.net.URISyntaxException;

import io.github.rediskit.setting.InvalidSettingException;
import org.jspecify.annotations.Nullable;

/**
 * Address of one Redis server, written as a URL.
 *
 * @param tls whether the scheme is {@code rediss}
 * @param username login name, if any
 * @param password login password, if any
 * @param host host name
 * @param port port
 * @param database index of the database
 */
record RedisUrl(boolean tls, @Nullable String username, @Nullable String password, String host, int port,
		int database) {

	private static final int DEFAULT_PORT = 6379;

	/**
	 * Parse a URL.
	 * @param property the property it comes from, for the error
	 * @param url the URL
	 * @return its parts
	 */
	static RedisUrl parse(String property, String url) {
		try {
			URI uri = new URI(url.strip());
			boolean tls = "rediss".equals(uri.getScheme());
			if ((!tls && !"redis".equals(uri.getScheme())) || uri.getHost() == null || uri.getRawQuery() != null
					|| uri.getRawFragment() != null) {
				throw malformed(property, url);
			}
			String login = uri.getUserInfo();
			int colon = (login != null) ? login.indexOf(':') : -1;
			String username = (login != null && colon > 0) ? login.substring(0, colon) : null;
			String password = (login != null) ? login.substring(colon + 1) : null;
			int port = (uri.getPort() != -1) ? uri.getPort() : DEFAULT_PORT;
			return new RedisUrl(tls, username, password, uri.getHost(), port, database(uri.getPath()));
		}
		catch (URISyntaxException | NumberFormatException ex) {
			// the cause would repeat the URL, and so the password
			throw malformed(property, url);
		}
	}

	private static int database(@Nullable String path) {
		return (path == null || path.isEmpty() || path.equals("/")) ? 0 : Integer.parseUnsignedInt(path.substring(1));
	}

	private static InvalidSettingException malformed(String property, String url) {
		return new InvalidSettingException(property, "is not the URL of a Redis server: '" + masked(url) + "'",
				"Write redis://user:password@host:6379/0, or rediss:// for TLS; user, password, port and database "
						+ "may be left out. Special characters in a password are percent-encoded, or the password has a "
						+ "property of its own. Sentinel, Cluster and replicas have properties of their own, too.");
	}

	/**
	 * Hide what may be a secret, even in a URL that can't be parsed.
	 * @param url the URL
	 * @return the URL without login and query
	 */
	static String masked(String url) {
		String shown = url.replaceFirst("(?s)[?#].*", "?***");
		return (url.indexOf('@') != -1)
				? url.replaceFirst("(?s)^([A-Za-z+-]*:?//)?.*@", "$1***@").replaceFirst("(?s)[?#].*", "?***")
				: shown.replaceAll(":(?!//)(?!\\d+(/|$))[^/]*", ":***");
	}

}
