package io.github.rediskit.web;

import java.util.List;
import java.util.Map;

import io.github.rediskit.setting.InvalidSettingException;
import io.github.rediskit.web.ClientAddresses.ForwardedHeader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Which requests a rule is for, and what it makes of them.
 */
class HttpRuleTests {

	@ParameterizedTest
	@ValueSource(strings = { "/api", "/api/", "/api/orders", "//api/orders", "/api//orders", "/%61pi/orders",
			"/api;v=1/orders", "/x/../api/orders", "/x/..;/api/orders", "/x/%2e%2e/api/orders", "/./api/orders",
			"/%2e/api/orders", "/;/api/orders", "\\api/orders", "/x/%2E%2e;a=b/api", "/api/%zz" })
	void aPathCanNotBeWrittenSoThatItGetsAroundARule(String path) {
		assertThat(isFor("/api/**", "GET", path)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "", "/apis", "/other", "/x/api", "/API", "/ap%69s" })
	void otherPathsAreLeftAlone(String path) {
		assertThat(isFor("/api/**", "GET", path)).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/api/search", "/api/search/", "/api//search", "/api/search;a=b", "/api/x/../search",
			"/api/sear%63h", "/api/search;/" })
	void norAroundARuleForOnePath(String path) {
		assertThat(isFor("/api/search", "GET", path)).isTrue();
		assertThat(isFor("/api/{what}", "GET", path)).isTrue();
	}

	@Test
	void aRuleCanBeForSomeMethods() {
		HttpRule rule = rule("/api/**", List.of("get", "POST"), "ip", null);
		assertThat(List.of("GET", "HEAD", "POST")).allMatch((method) -> rule.isFor(method, RequestPaths.of("/api/x")));
		assertThat(List.of("PUT", "DELETE", "OPTIONS", "BREW"))
			.noneMatch((method) -> rule.isFor(method, RequestPaths.of("/api/x")));
	}

	@Test
	void keysOfDifferentKindsAreDifferent() {
		LimitedRequest request = request(Map.of("X-Key", "203.0.113.7"), "203.0.113.7", null);
		LimitedRequest other = request(Map.of(), "203.0.113.7", null);
		assertThat(List.of(key("ip", request), key("principal", request), key("header:X-Key", request),
				key("headers['x-key']", request)))
			.doesNotHaveDuplicates()
			.hasSize(4);
		assertThat(key("header:X-Key", request)).isEqualTo(List.of("header", "x-key", "203.0.113.7"));
		assertThat(key("principal", request)).isEqualTo(List.of("principal", "203.0.113.7"));
		assertThat(key("ip", other)).isEqualTo(List.of("ip", "198.51.100.9"));
	}

	@Test
	void whoLeavesSomethingOutIsLimitedByAddress() {
		LimitedRequest bare = request(Map.of("X-Blank", " "), null, null);
		Object address = List.of("ip", "198.51.100.9");
		assertThat(key("principal", bare)).isEqualTo(address);
		assertThat(key("header:X-Key", bare)).isEqualTo(address);
		assertThat(key("header:X-Blank", bare)).isEqualTo(address);
		assertThat(key("headers['X-Key']", bare)).isEqualTo(address);
		assertThat(key("headers['X-Key'].substring(3)", bare)).isEqualTo(address);
		assertThat(key("parameters['tenant'].trim()", bare)).isEqualTo(address);
	}

	@Test
	void expressionsSeeFacts() {
		LimitedRequest request = request(Map.of("X-Tenant", "acme"), "alice", "a=1&b=%C3%A9+x&a=2&c");
		assertThat(key("path + ' ' + method", request)).isEqualTo("/api/x GET");
		assertThat(key("headers['x-tenant'] + address + principal", request)).isEqualTo("acme198.51.100.9alice");
		assertThat(key("{parameters['a'], parameters['b'], parameters['c']}", request))
			.isEqualTo(List.of("1", "\u00e9 x", ""));
		assertThat(key("#root.path.toUpperCase()", request)).isEqualTo("/API/X");
		assertThat(key("principal?.length() > 3 ? 'long' : 'short'", request)).isEqualTo("long");
	}

	@ParameterizedTest
	@ValueSource(strings = { "T(java.lang.Runtime).getRuntime()", "new java.io.File('/')", "@bean.call()", "#user",
			"adress", "tenant", "path = 'x'", "headers[", "{a:", "adress.length()", "#root.adress",
			"path + T(java.lang.System).nanoTime()" })
	void anExpressionThatReachesFurtherStopsTheStart(String expression) {
		assertThatExceptionOfType(InvalidSettingException.class)
			.isThrownBy(() -> rule("/api/**", List.of(), expression, null))
			.withMessageContaining("rules[3].key is '" + expression + "'")
			.withMessageContaining("ip, principal, header:NAME, or an expression over address, headers, method");
	}

	@Test
	void anExpressionCanNotReachClasses() {
		LimitedRequest request = request(Map.of(), null, null);
		assertThat(key("path.getClass().forName('java.lang.Runtime')", request))
			.isEqualTo(List.of("ip", "198.51.100.9"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "5|5", "parameters['n']|7", "parameters['no']|1", "parameters['text']|1",
					"parameters['fraction']|1", "parameters['huge']|1", "-3|1", "headers['X'].length()|1", "2.0 + 1|3",
					"parameters['text'].length() * 4|4" })
	void aCostThatCanNotBeToldIsOne(String expression, long cost) {
		LimitedRequest request = request(Map.of(), null, "n=7&text=x&fraction=1.5&huge=1e999999999");
		assertThat(rule("/api/**", List.of(), "ip", expression).cost(request)).isEqualTo(cost);
	}

	@Test
	void whatIsMissingOrCanNotBeMeantIsNamed() {
		refused("rules[3].path is missing", null, List.of(), "p", "ip", null);
		refused("rules[3].path is 'api/**', which does not begin with a slash", "api/**", List.of(), "p", "ip", null);
		refused("rules[3].path is '/api/{x', which is no pattern", "/api/{x", List.of(), "p", "ip", null);
		refused("rules[3].path is '/**/x/**/y', which is no pattern", "/**/x/**/y", List.of(), "p", "ip", null);
		refused("rules[3].method names 'FETCH', which is no method. Write one or several of GET", "/a",
				List.of("GET", "FETCH"), "p", "ip", null);
		refused("rules[3].policy is missing", "/a", List.of(), " ", "ip", null);
		refused("rules[3].key is missing", "/a", List.of(), "p", null, null);
		refused("rules[3].key is 'header:', which names no header", "/a", List.of(), "p", "header:", null);
		refused("rules[3].key is 'header: X Y', which names no header", "/a", List.of(), "p", "header: X Y", null);
		refused("rules[3].cost is 1.5, which is no whole number", "/a", List.of(), "p", "ip", "1.5");
		refused("rules[3].cost is 'size', and a request has no 'size'", "/a", List.of(), "p", "ip", "size");
	}

	private static void refused(String message, @Nullable String path, List<String> methods, @Nullable String policy,
			@Nullable String key, @Nullable String cost) {
		assertThatExceptionOfType(InvalidSettingException.class)
			.isThrownBy(() -> HttpRule.of("rules[3]", path, methods, policy, key, cost))
			.withMessageContaining(message);
	}

	private static boolean isFor(String pattern, String method, String path) {
		return rule(pattern, List.of(), "ip", null).isFor(method, RequestPaths.of(path));
	}

	private static Object key(String key, LimitedRequest request) {
		return rule("/api/**", List.of(), key, null).key(request);
	}

	private static HttpRule rule(String path, List<String> methods, String key, @Nullable String cost) {
		return HttpRule.of("rules[3]", path, methods, "search", key, cost);
	}

	private static LimitedRequest request(Map<String, String> headers, @Nullable String principal,
			@Nullable String query) {
		return new LimitedRequest(new LimitedRequest.Source() {

			@Override
			public String method() {
				return "GET";
			}

			@Override
			public String path() {
				return "/api/x";
			}

			@Override
			public @Nullable String query() {
				return query;
			}

			@Override
			public String remoteAddress() {
				return "198.51.100.9";
			}

			@Override
			public List<String> header(String name) {
				return headers.entrySet()
					.stream()
					.filter((header) -> header.getKey().equalsIgnoreCase(name))
					.map(Map.Entry::getValue)
					.toList();
			}

			@Override
			public Iterable<String> headerNames() {
				return headers.keySet();
			}

			@Override
			public @Nullable String principal() {
				return principal;
			}

		}, new ClientAddresses(List.of(), ForwardedHeader.X_FORWARDED_FOR, 64));
	}

}
