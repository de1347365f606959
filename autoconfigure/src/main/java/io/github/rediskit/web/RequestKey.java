package io.github.rediskit.web;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

import io.github.rediskit.key.KeyId;
import io.github.rediskit.setting.InvalidSettingException;
import org.jspecify.annotations.Nullable;

import org.springframework.lang.Contract;

/**
 * Who or what a rule limits. A request that has none of it is limited by its address, so
 * that to leave something out never helps.
 */
sealed interface RequestKey {

	/** What else can be written beside an expression. */
	String OTHERWISE = "ip, principal, header:NAME, or ";

	/**
	 * The key of a request; keys of different kinds are different.
	 * @param request the request
	 * @return the key
	 */
	Object of(LimitedRequest request);

	/**
	 * Reads a key.
	 * @param setting the setting, for messages
	 * @param text {@code ip}, {@code principal}, {@code header:NAME}, or SpEL
	 * @return the key
	 * @throws InvalidSettingException if it is none of these
	 */
	static RequestKey parse(String setting, String text) {
		String kind = text.strip();
		if (kind.equals("ip")) {
			return new Address();
		}
		if (kind.equals("principal")) {
			return new Principal();
		}
		if (kind.toLowerCase(Locale.ROOT).startsWith("header:")) {
			String name = kind.substring("header:".length()).strip();
			if (!Header.NAME.matcher(name).matches()) {
				throw new InvalidSettingException(setting, "is '%s', which names no header".formatted(text),
						"Write the name of one after the colon, such as header:X-Api-Key.");
			}
			return new Header(name);
		}
		return new Expression(RequestExpression.parse(setting, kind, OTHERWISE));
	}

	private static Object address(LimitedRequest request) {
		return List.of("ip", request.getAddress());
	}

	/**
	 * The address of the client.
	 */
	record Address() implements RequestKey {

		@Override
		public Object of(LimitedRequest request) {
			return address(request);
		}

	}

	/**
	 * The user who has logged in.
	 */
	record Principal() implements RequestKey {

		@Override
		public Object of(LimitedRequest request) {
			String principal = request.getPrincipal();
			return (principal == null) ? address(request) : List.of("principal", principal);
		}

	}

	/**
	 * The value of a header.
	 *
	 * @param name the name of the header
	 */
	record Header(String name) implements RequestKey {

		private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

		@Override
		public Object of(LimitedRequest request) {
			Optional<String> value = request.header(this.name)
				.stream()
				.map(String::strip)
				.filter((text) -> !text.isEmpty())
				.findFirst();
			return value.isEmpty() ? address(request)
					: List.of("header", this.name.toLowerCase(Locale.ROOT), value.get());
		}

	}

	/**
	 * What an expression yields, as it stands: the {@code RateLimiter} bean knows it by
	 * the same key.
	 *
	 * @param expression the expression
	 */
	record Expression(RequestExpression expression) implements RequestKey {

		@Override
		public Object of(LimitedRequest request) {
			try {
				Object key = this.expression.evaluate(request);
				if (isPresent(key)) {
					KeyId.of(key); // which tells whether it can be one
					return key;
				}
			}
			catch (RuntimeException ex) {
				RequestTrouble.expression("key", this.expression, "the request is limited by its address", ex);
			}
			return address(request);
		}

		@Contract("null -> false")
		private static boolean isPresent(@Nullable Object key) {
			return key != null && !key.equals("");
		}

	}

}
