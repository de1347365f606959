package io.github.rediskit.web;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.rediskit.setting.InvalidSettingException;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import org.springframework.web.util.pattern.PatternParseException;

/**
 * Which requests a policy limits, and by what.
 */
public final class HttpRule {

	private static final Set<String> METHODS = Stream.of(HttpMethod.values())
		.map(HttpMethod::name)
		.collect(Collectors.toCollection(LinkedHashSet::new));

	private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);

	private static final int LONGEST_COST = 40;

	private final String setting;

	private final PathPattern path;

	private final Set<String> methods;

	private final String policy;

	private final RequestKey key;

	private final @Nullable RequestExpression cost;

	private HttpRule(String setting, PathPattern path, Set<String> methods, String policy, RequestKey key,
			@Nullable RequestExpression cost) {
		this.setting = setting;
		this.path = path;
		this.methods = methods;
		this.policy = policy;
		this.key = key;
		this.cost = cost;
	}

	/**
	 * Reads a rule.
	 * @param setting the name of its settings, for messages
	 * @param path the pattern of paths
	 * @param methods the methods; empty for all
	 * @param policy the name of the policy
	 * @param key {@code ip}, {@code principal}, {@code header:NAME}, or SpEL
	 * @param cost SpEL, or {@code null} for 1
	 * @return the rule
	 * @throws InvalidSettingException if one of them can't be meant
	 */
	public static HttpRule of(String setting, @Nullable String path, List<String> methods, @Nullable String policy,
			@Nullable String key, @Nullable String cost) {
		Set<String> allowed = new LinkedHashSet<>();
		for (String method : methods) {
			String name = method.strip().toUpperCase(Locale.ROOT);
			if (!METHODS.contains(name)) {
				throw new InvalidSettingException(setting + ".method",
						"names '%s', which is no method".formatted(method),
						"Write one or several of %s, or leave it out for all.".formatted(String.join(", ", METHODS)));
			}
			allowed.add(name);
		}
		if (allowed.contains("GET")) {
			allowed.add("HEAD"); // which does the same work
		}
		PathPattern pattern = pattern(setting + ".path",
				required(setting + ".path", path, "Write the pattern of the paths that are limited, such as /api/**."));
		String name = required(setting + ".policy", policy,
				"Write the name of a policy of rediskit.rate-limit.policies.");
		RequestKey by = RequestKey.parse(setting + ".key", required(setting + ".key", key,
				"Write who or what is limited: ip, principal, header:NAME, or an expression."));
		return new HttpRule(setting, pattern, Set.copyOf(allowed), name, by,
				(cost == null || cost.isBlank()) ? null : cost(setting + ".cost", cost.strip()));
	}

	private static String required(String setting, @Nullable String text, String advice) {
		if (text == null || text.isBlank()) {
			throw new InvalidSettingException(setting, "is missing", advice);
		}
		return text.strip();
	}

	private static PathPattern pattern(String setting, String text) {
		if (!text.startsWith("/")) {
			throw new InvalidSettingException(setting, "is '%s', which does not begin with a slash".formatted(text),
					"Write '/%s'. Paths are those within the application, without its context path.".formatted(text));
		}
		try {
			return PathPatternParser.defaultInstance.parse(text);
		}
		catch (PatternParseException ex) {
			throw new InvalidSettingException(setting,
					"is '%s', which is no pattern: %s".formatted(text, ex.getMessage()),
					"Write one as for Spring's mappings, such as /api/** or /orders/{id}.");
		}
	}

	private static RequestExpression cost(String setting, String text) {
		RequestExpression cost = RequestExpression.parse(setting, text, "a whole number, or ");
		if (text.startsWith("'") || text.matches("[0-9]*\\.[0-9]+")) {
			throw new InvalidSettingException(setting, "is %s, which is no whole number".formatted(text),
					"Write one, such as 5, or an expression that yields one.");
		}
		return cost;
	}

	/**
	 * Which settings it is made of.
	 * @return their name
	 */
	public String setting() {
		return this.setting;
	}

	/**
	 * Which policy limits the requests.
	 * @return its name
	 */
	public String policy() {
		return this.policy;
	}

	/**
	 * Whether it is the address of the client that is limited.
	 * @return whether it is
	 */
	public boolean isByAddress() {
		return this.key instanceof RequestKey.Address;
	}

	boolean mayNeedPrincipal() {
		return this.key instanceof RequestKey.Principal || this.key instanceof RequestKey.Expression
				|| this.cost != null;
	}

	boolean isFor(String method, RequestPaths paths) {
		if (!this.methods.isEmpty() && !this.methods.contains(method)) {
			return false;
		}
		for (PathContainer path : paths.all()) {
			if (this.path.matches(path)) {
				return true;
			}
		}
		return false;
	}

	/** Who is limited. */
	Object key(LimitedRequest request) {
		return this.key.of(request);
	}

	/** Where the cost of a request can't be told, it costs what others do. */
	long cost(LimitedRequest request) {
		if (this.cost == null) {
			return 1;
		}
		try {
			Object value = this.cost.evaluate(request);
			return (value == null) ? 1 : whole(value).max(BigInteger.ONE).min(MOST).longValue();
		}
		catch (RuntimeException ex) {
			RequestTrouble.expression("cost", this.cost, "the request costs 1", ex);
			return 1;
		}
	}

	/** A text may be the client's, so it is not computed with before it is short. */
	private static BigInteger whole(Object value) {
		if (value instanceof Double || value instanceof Float) {
			return new BigDecimal(((Number) value).doubleValue()).toBigIntegerExact();
		}
		String text = value.toString().strip();
		if (text.length() > LONGEST_COST) {
			throw new NumberFormatException("A cost of %d characters".formatted(text.length()));
		}
		return new BigInteger(text);
	}

}
