package io.github.rediskit.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.regex.Pattern;

import io.github.rediskit.setting.InvalidSettingException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.core.env.Environment;
import org.springframework.session.web.http.DefaultCookieSerializer;

/**
 * The cookie of sessions as {@code server.servlet.session.cookie} has it, or
 * {@code server.reactive.session.cookie}, which Boot applies itself. What the former does
 * not say is as in Spring Session: a cookie {@code SESSION} for the path of the
 * application, for HTTP alone, {@code SameSite=Lax}, secure where the request is.
 *
 * @param name its name
 * @param domain the domain it is for
 * @param path the path it is for
 * @param httpOnly whether scripts can't see it
 * @param secure whether it is sent over TLS alone
 * @param maxAge how long a browser keeps it, in seconds if it has no unit
 * @param sameSite whether other sites send it along
 * @param partitioned whether it is kept for each top-level site
 */
record SessionCookie(@Nullable String name, @Nullable String domain, @Nullable String path, @Nullable Boolean httpOnly,
		@Nullable Boolean secure, @DurationUnit(ChronoUnit.SECONDS) @Nullable Duration maxAge,
		@Nullable SameSite sameSite, @Nullable Boolean partitioned) {

	/** By which Spring Session's service asks for a cookie that stays. */
	private static final String REMEMBER_ME = "org.springframework.session.security.web.authentication."
			+ "SpringSessionRememberMeServicesREMEMBER_ME_LOGIN_ATTR";

	static final String SERVLET = "server.servlet.session.cookie";

	static final String REACTIVE = "server.reactive.session.cookie";

	private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

	private static final Pattern DOMAIN = Pattern
		.compile("[0-9A-Za-z](?:[0-9A-Za-z-]*[0-9A-Za-z])?(?:\\.[0-9A-Za-z](?:[0-9A-Za-z-]*[0-9A-Za-z])?)*");

	private static final Pattern PATH = Pattern.compile("[ -:<-~]*");

	/**
	 * Reads and checks the properties.
	 * @param prefix what they begin with
	 */
	static SessionCookie of(Environment environment, String prefix) {
		SessionCookie cookie = Binder.get(environment).bindOrCreate(prefix, SessionCookie.class);
		try {
			cookie.check();
		}
		catch (InvalidSettingException ex) {
			throw ex.within(prefix);
		}
		return cookie;
	}

	/** Otherwise the first request with a session would find out, or its browser. */
	private void check() {
		check("name", this.name, NAME, "no cookie can have for a name",
				"Write letters, digits, dashes and underscores, such as SESSION.");
		check("domain", this.domain, DOMAIN, "no cookie can have for a domain",
				"Write a host name without a dot before it, such as shop.example.com.");
		check("path", this.path, PATH, "no cookie can have for a path",
				"Write a path of ASCII characters without semicolons, such as /shop.");
		if (this.maxAge != null && this.maxAge.toSeconds() > Integer.MAX_VALUE) {
			throw new InvalidSettingException("max-age", "is " + this.maxAge,
					"Write at most " + Integer.MAX_VALUE + " seconds, such as 30d.");
		}
	}

	private static void check(String property, @Nullable String value, Pattern pattern, String problem, String advice) {
		if (value != null && !pattern.matcher(value).matches()) {
			throw new InvalidSettingException(property, "is '" + value + "', which " + problem, advice);
		}
	}

	DefaultCookieSerializer serializer() {
		DefaultCookieSerializer serializer = new DefaultCookieSerializer();
		if (this.name != null) {
			serializer.setCookieName(this.name);
		}
		if (this.domain != null) {
			serializer.setDomainName(this.domain);
		}
		if (this.path != null) {
			serializer.setCookiePath(this.path);
		}
		if (this.httpOnly != null) {
			serializer.setUseHttpOnlyCookie(this.httpOnly);
		}
		if (this.secure != null) {
			serializer.setUseSecureCookie(this.secure);
		}
		if (this.maxAge != null) {
			serializer.setCookieMaxAge(Math.toIntExact(this.maxAge.toSeconds()));
		}
		if (this.sameSite != null) {
			serializer.setSameSite(this.sameSite.attribute());
		}
		if (this.partitioned != null) {
			serializer.setPartitioned(this.partitioned);
		}
		serializer.setRememberMeRequestAttribute(REMEMBER_ME);
		return serializer;
	}

	/**
	 * Whether other sites send the cookie along.
	 */
	enum SameSite {

		/** Nothing is said about it. */
		OMITTED,

		/** They do. */
		NONE,

		/** Only when somebody follows a link. */
		LAX,

		/** They do not. */
		STRICT;

		@Nullable String attribute() {
			return (this == OMITTED) ? null : name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
		}

	}

}
