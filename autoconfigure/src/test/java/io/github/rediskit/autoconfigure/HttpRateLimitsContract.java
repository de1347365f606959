package io.github.rediskit.autoconfigure;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.github.rediskit.ratelimit.RateLimiter;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What HTTP clients see of rate limits, whatever serves them: a real server, a real
 * Redis.
 */
@RedisTest
@Timeout(60)
@TestInstance(Lifecycle.PER_CLASS)
abstract class HttpRateLimitsContract {

	static final String ORIGIN = "https://shop.example";

	private static final String[] POLICIES = { "search 2 1h", "user 1 1h", "ip 2 1h", "post 1 1h", "first 5 1h",
			"second 1 1h", "tenant 10 1h", "cors 1 1h", "quiet 1 1h", "strict 100 1h", "lax 1 1h" };

	private static final String[] RULES = { "/api/search/** search header:X-Key", "/api/both both header:X-Key",
			"/api/ip ip ip", "/api/user user principal", "/api/busy busy header:X-Key",
			"/api/patient patient header:X-Key", "/api/quiet quiet header:X-Key", "/api/two first header:X-Key",
			"/api/two second headers['X-Key']", "/api/tenant tenant parameters['tenant']",
			"/api/cors/** cors header:X-Key", "/api/strict strict ip", "/api/lax lax ip" };

	final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	final RedisTestServer redis = RedisTestServer.shared();

	ConfigurableApplicationContext context;

	abstract WebApplicationType type();

	abstract Class<?> configuration();

	@BeforeAll
	void start() {
		this.context = run(this.redis, "--rediskit.rate-limit.http.trusted-proxies=127.0.0.0/8");
	}

	@AfterAll
	void stop() {
		this.context.close();
	}

	ConfigurableApplicationContext run(RedisTestServer redis, String... more) {
		List<String> arguments = new ArrayList<>(List.of("--server.port=0", "--spring.main.banner-mode=off",
				"--spring.application.name=shop", "--spring.data.redis.url=" + redis.uri()));
		for (String policy : POLICIES) {
			String[] words = policy.split(" ");
			arguments.add("--rediskit.rate-limit.policies.%s.limits[0].limit=%s".formatted(words[0], words[1]));
			arguments.add("--rediskit.rate-limit.policies.%s.limits[0].period=%s".formatted(words[0], words[2]));
			arguments.add("--rediskit.rate-limit.policies.%s.time-budget=10s".formatted(words[0]));
		}
		String policies = "--rediskit.rate-limit.policies.";
		arguments.addAll(List.of(policies + "both.time-budget=10s", policies + "both.limits[0].limit=1",
				policies + "both.limits[0].period=1m", policies + "both.limits[1].limit=5",
				policies + "both.limits[1].period=1h", policies + "busy.algorithm=concurrency",
				policies + "busy.time-budget=10s", policies + "busy.limits[0].limit=1",
				policies + "patient.time-budget=10s", policies + "patient.limits[0].limit=20",
				policies + "patient.limits[0].period=1s", policies + "patient.limits[0].capacity=1",
				policies + "patient.max-wait=10s", policies + "quiet.shadow=true",
				policies + "strict.on-failure=closed"));
		String rules = "--rediskit.rate-limit.http.rules[";
		for (int i = 0; i < RULES.length; i++) {
			String[] words = RULES[i].split(" ");
			arguments.add(rules + i + "].path=" + words[0]);
			arguments.add(rules + i + "].policy=" + words[1]);
			arguments.add(rules + i + "].key=" + words[2]);
		}
		arguments.add(rules + "9].cost=parameters['n']");
		arguments.addAll(List.of(rules + RULES.length + "].path=/api/post", rules + RULES.length + "].method=POST,PUT",
				rules + RULES.length + "].policy=post", rules + RULES.length + "].key=header:X-Key"));
		// Reactor Netty 1.3.7 may stop reading from a connection that is kept alive, see
		// its
		// issue 4361
		arguments.add("--server.netty.max-keep-alive-requests=1");
		for (String other : more) {
			arguments.removeIf((argument) -> argument.startsWith(other.substring(0, other.indexOf('=') + 1)));
			arguments.add(other);
		}
		return new SpringApplicationBuilder(LimitedShop.class, configuration()).web(type())
			.run(arguments.toArray(String[]::new));
	}

	@Test
	void aLimitedResponseSaysHowItsLimitStands() {
		HttpResponse<String> first = get("/api/search/a", "X-Key", "stands");
		assertThat(first.statusCode()).isEqualTo(200);
		assertThat(header(first, "RateLimit-Policy")).isEqualTo("\"search\";q=2;w=3600");
		assertThat(header(first, "RateLimit")).isEqualTo("\"search\";r=1;t=1800");
		HttpResponse<String> second = get("/api/search/b", "X-Key", "stands");
		assertThat(header(second, "RateLimit")).isEqualTo("\"search\";r=0;t=3600");
		assertThat(get("/elsewhere").headers().map()).doesNotContainKeys("ratelimit", "ratelimit-policy");
	}

	@Test
	void aRefusalIsAProblemAndSaysWhenToTryAgain() {
		get("/api/search", "X-Key", "refused");
		get("/api/search", "X-Key", "refused");
		int calls = api().calls.get();
		HttpResponse<String> refused = get("/api/search", "X-Key", "refused");
		assertThat(refused.statusCode()).isEqualTo(429);
		assertThat(header(refused, "Content-Type")).startsWith("application/problem+json");
		assertThat(header(refused, "Retry-After")).isEqualTo("1800");
		assertThat(header(refused, "RateLimit")).isEqualTo("\"search\";r=0;t=1800");
		assertThat(refused.body()).isEqualTo("{\"type\":\"https://iana.org/assignments/http-problem-types"
				+ "#quota-exceeded\",\"title\":\"Request cannot be satisfied as assigned quota has been exceeded\","
				+ "\"status\":429,\"detail\":\"The rate limit 'search' is exceeded. Try again in 1800 seconds.\","
				+ "\"violated-policies\":[\"search\"]}");
		assertThat(api().calls).hasValue(calls);
		HttpResponse<String> head = send(request("/api/search", "X-Key", "refused").method("HEAD", noBody()));
		assertThat(head.statusCode()).isEqualTo(429);
		assertThat(header(head, "Retry-After")).isEqualTo("1800");
		assertThat(head.body()).isEmpty();
	}

	@Test
	void severalLimitsOfAPolicyHaveNamesOfTheirOwn() {
		assertThat(header(get("/api/both", "X-Key", "both"), "RateLimit-Policy"))
			.isEqualTo("\"both-1m\";q=1;w=60, \"both-1h\";q=5;w=3600");
		HttpResponse<String> refused = get("/api/both", "X-Key", "both");
		assertThat(refused.statusCode()).isEqualTo(429);
		assertThat(header(refused, "RateLimit")).isEqualTo("\"both-1m\";r=0;t=60, \"both-1h\";r=4");
		assertThat(refused.body()).contains("\"violated-policies\":[\"both-1m\"]");
	}

	@Test
	void allRulesApplyAndARefusalGivesBackWhatTheOthersCharged() {
		HttpResponse<String> first = get("/api/two", "X-Key", "two");
		assertThat(first.statusCode()).isEqualTo(200);
		assertThat(header(first, "RateLimit")).isEqualTo("\"first\";r=4;t=720, \"second\";r=0;t=3600");
		HttpResponse<String> second = get("/api/two", "X-Key", "two");
		assertThat(second.statusCode()).isEqualTo(429);
		assertThat(second.body()).contains("\"violated-policies\":[\"second\"]");
		await().untilAsserted(
				() -> assertThat(limiter().peek("first", List.of("header", "x-key", "two")).remaining()).isEqualTo(4));
		assertThat(limiter().peek("second", "two").remaining()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "//api/search", "/api//search", "/x/..;/api/search", "/x/%2e%2e/api/search",
			"/%61pi/search", "/api;a=b/search", "/api/search/" })
	void aPathCanNotBeWrittenSoThatItIsServedButNotLimited(String path) {
		int calls = api().calls.get();
		for (int i = 0; i < 4; i++) {
			get(path, "X-Key", "path" + path.hashCode());
		}
		assertThat(api().calls.get() - calls).isLessThanOrEqualTo(2);
	}

	@Test
	void aRuleForSomeMethodsLeavesOthersAlone() {
		for (int i = 0; i < 3; i++) {
			assertThat(get("/api/post", "X-Key", "post").statusCode()).isEqualTo(200);
		}
		assertThat(send(request("/api/post", "X-Key", "post").POST(BodyPublishers.ofString("x"))).statusCode())
			.isEqualTo(200);
		assertThat(send(request("/api/post", "X-Key", "post").PUT(BodyPublishers.ofString("x"))).statusCode())
			.isEqualTo(429);
	}

	@Test
	void theClientIsTheRightMostHopThatIsNotTrusted() {
		assertThat(ip("203.0.113.1").statusCode()).isEqualTo(200);
		assertThat(ip("1.1.1.1, 203.0.113.1").statusCode()).isEqualTo(200);
		assertThat(ip("2.2.2.2, 203.0.113.1, 127.0.0.9").statusCode()).isEqualTo(429);
		assertThat(ip("203.0.113.2").statusCode()).isEqualTo(200);
		assertThat(ip("2001:db8:1:2::1").statusCode()).isEqualTo(200);
		assertThat(ip("2001:db8:1:2:ffff::2").statusCode()).isEqualTo(200);
		assertThat(ip("[2001:db8:1:2:3::3]:4711").statusCode()).isEqualTo(429);
		assertThat(this.redis.commands().keys("shop:rate-limit:ip:*")).hasSize(3);
	}

	@Test
	void whoIsNotTrustedMintsNoKeys() {
		try (ConfigurableApplicationContext untrusting = run(this.redis)) {
			int allowed = 0;
			for (int i = 0; i < 20; i++) {
				HttpResponse<String> response = send(
						request(untrusting, "/api/ip").header("X-Forwarded-For", "203.0.113." + i));
				allowed += (response.statusCode() == 200) ? 1 : 0;
			}
			assertThat(allowed).isEqualTo(2);
			assertThat(this.redis.commands().keys("shop:rate-limit:*")).hasSize(1);
		}
	}

	@Test
	void aUserIsLimitedByNameAndWhoHasNotLoggedInByAddress() {
		assertThat(get("/api/user", "X-User", "alice").statusCode()).isEqualTo(200);
		assertThat(get("/api/user", "X-User", "alice").statusCode()).isEqualTo(429);
		assertThat(get("/api/user", "X-User", "198.51.100.1").statusCode()).isEqualTo(200);
		assertThat(get("/api/user", "X-Forwarded-For", "198.51.100.1").statusCode()).isEqualTo(200);
		assertThat(get("/api/user", "X-Forwarded-For", "198.51.100.1").statusCode()).isEqualTo(429);
	}

	@Test
	void aHeaderThatIsVeryLongIsAKeyOfItsOwn() {
		String key = "k".repeat(3000);
		assertThat(get("/api/search", "X-Key", key + "1").statusCode()).isEqualTo(200);
		assertThat(get("/api/search", "X-Key", key + "2").statusCode()).isEqualTo(200);
		assertThat(this.redis.commands().keys("shop:rate-limit:*")).hasSize(2).allMatch((name) -> name.length() <= 512);
	}

	@Test
	void expressionsSayWhoIsLimitedAndWhatItCosts() {
		assertThat(header(get("/api/tenant?tenant=acme&n=7"), "RateLimit")).startsWith("\"tenant\";r=3;");
		assertThat(limiter().peek("tenant", "acme").remaining()).isEqualTo(3);
		HttpResponse<String> never = get("/api/tenant?tenant=acme&n=11");
		assertThat(never.statusCode()).isEqualTo(429);
		assertThat(never.headers().firstValue("Retry-After")).isEmpty();
		assertThat(never.headers().firstValue("RateLimit")).isEmpty();
		assertThat(never.body()).contains("ever allows", "\"violated-policies\":[\"tenant\"]");
		assertThat(get("/api/tenant?n=two", "X-Forwarded-For", "203.0.113.77").statusCode()).isEqualTo(200);
		assertThat(limiter().peek("tenant", List.of("ip", "203.0.113.77")).remaining()).isEqualTo(9);
	}

	@Test
	void whatIsCountedOnlyIsNotTold() {
		for (int i = 0; i < 3; i++) {
			HttpResponse<String> response = get("/api/quiet", "X-Key", "quiet");
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(response.headers().map()).doesNotContainKeys("ratelimit", "ratelimit-policy");
		}
	}

	@Test
	void aRequestWaitsWhereItsPolicySaysSo() {
		for (int i = 0; i < 4; i++) {
			assertThat(get("/api/patient", "X-Key", "patient").statusCode()).isEqualTo(200);
		}
	}

	@Test
	void anAsynchronousRequestAndOneThatFailsAreChargedOnce() {
		assertThat(get("/api/search/later", "X-Key", "async").body()).isEqualTo("later");
		HttpResponse<String> broken = get("/api/search/broken", "X-Key", "async");
		assertThat(broken.statusCode()).isEqualTo(500);
		assertThat(header(broken, "RateLimit")).isEqualTo("\"search\";r=0;t=3600");
		assertThat(get("/api/search/later", "X-Key", "async").statusCode()).isEqualTo(429);
	}

	@Test
	void aPermitIsHeldUntilTheResponseHasEnded() {
		CompletableFuture<HttpResponse<String>> running = this.client
			.sendAsync(request("/api/busy?id=held", "X-Key", "busy").build(), BodyHandlers.ofString());
		await().until(() -> api().running.containsKey("held"));
		HttpResponse<String> refused = get("/api/busy?id=other", "X-Key", "busy");
		assertThat(refused.statusCode()).isEqualTo(429);
		assertThat(header(refused, "RateLimit-Policy")).isEqualTo("\"busy\";q=1;qu=\"concurrent-requests\"");
		assertThat(Long.parseLong(header(refused, "Retry-After"))).isBetween(1L, 30L);
		api().running.get("held").complete("done");
		HttpResponse<String> ended = running.join();
		assertThat(ended.body()).isEqualTo("done");
		assertThat(header(ended, "RateLimit")).isEqualTo("\"busy\";r=0");
		api().running.put("next", CompletableFuture.completedFuture("next"));
		await().untilAsserted(() -> assertThat(get("/api/busy?id=next", "X-Key", "busy").statusCode()).isEqualTo(200));
	}

	@ParameterizedTest
	@ValueSource(strings = { "/api/cors/annotated", "/api/cors/filtered" })
	void aBrowserMayAskBeforeAndReadARefusal(String path) {
		for (int i = 0; i < 3; i++) {
			HttpResponse<String> preflight = send(
					request(path, "Origin", ORIGIN, "Access-Control-Request-Method", "GET", "X-Key", "cors" + path)
						.method("OPTIONS", noBody()));
			assertThat(preflight.statusCode()).isEqualTo(200);
			assertThat(preflight.headers().map()).doesNotContainKeys("ratelimit");
		}
		HttpResponse<String> allowed = get(path, "Origin", ORIGIN, "X-Key", "cors" + path);
		HttpResponse<String> refused = get(path, "Origin", ORIGIN, "X-Key", "cors" + path);
		assertThat(List.of(allowed.statusCode(), refused.statusCode())).containsExactly(200, 429);
		assertThat(header(allowed, "Access-Control-Allow-Origin"))
			.isEqualTo(header(refused, "Access-Control-Allow-Origin"))
			.isIn("*", ORIGIN);
		assertThat(refused.headers().allValues("Access-Control-Allow-Origin")).hasSize(1);
		assertThat(refused.headers().allValues("Access-Control-Expose-Headers"))
			.isEqualTo(allowed.headers().allValues("Access-Control-Expose-Headers"));
		HttpResponse<String> stranger = get(path, "Origin", "https://evil.example", "X-Key", "cors" + path);
		assertThat(stranger.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
	}

	@Test
	void anAnnotatedMethodThatRefusesIsTheSameProblem() {
		for (String path : List.of("plain", "mono", "future")) {
			assertThat(get("/service/" + path + "?key=same").body()).isEqualTo(path);
			HttpResponse<String> refused = get("/service/" + path + "?key=same");
			assertThat(refused.statusCode()).as(path).isEqualTo(429);
			assertThat(header(refused, "Content-Type")).startsWith("application/problem+json");
			assertThat(header(refused, "Retry-After")).isEqualTo("3600");
			assertThat(header(refused, "RateLimit-Policy")).isEqualTo("\"%s\";q=1;w=3600".formatted(path));
			assertThat(header(refused, "RateLimit")).isEqualTo("\"%s\";r=0;t=3600".formatted(path));
			assertThat(refused.body()).contains("#quota-exceeded", "\"violated-policies\":[\"%s\"]".formatted(path));
		}
	}

	@Test
	void anAnnotatedMethodThatAllowsSaysHowItsLimitStands() {
		HttpResponse<String> response = get("/service/mono?key=allowed");
		assertThat(header(response, "RateLimit-Policy")).isEqualTo("\"mono\";q=1;w=3600");
		assertThat(header(response, "RateLimit")).isEqualTo("\"mono\";r=0;t=3600");
	}

	@Test
	void whatTheApplicationSaysItselfGoesFirst() {
		get("/own?key=own");
		HttpResponse<String> refused = get("/own?key=own");
		assertThat(refused.statusCode()).isEqualTo(420);
		assertThat(refused.body()).isEqualTo("calm down");
	}

	@Test
	void anOutageIsNeverARefusal() {
		try (RedisTestServer own = RedisTestServer.start();
				ConfigurableApplicationContext context = run(own, "--rediskit.rate-limit.http.headers=false",
						"--rediskit.rate-limit.policies.strict.time-budget=1s",
						"--rediskit.rate-limit.policies.lax.time-budget=1s")) {
			HttpResponse<String> before = send(request(context, "/api/strict"));
			assertThat(before.statusCode()).isEqualTo(200);
			assertThat(before.headers().map()).doesNotContainKeys("ratelimit", "ratelimit-policy");
			own.kill();
			HttpResponse<String> closed = send(request(context, "/api/strict"));
			assertThat(closed.statusCode()).isEqualTo(503);
			assertThat(header(closed, "Content-Type")).startsWith("application/problem+json");
			assertThat(header(closed, "Retry-After")).isEqualTo("1");
			assertThat(closed.body()).contains("#temporary-reduced-capacity", "\"status\":503");
			HttpResponse<String> thrown = send(request(context, "/service/closed?key=a"));
			assertThat(thrown.statusCode()).isEqualTo(503);
			assertThat(thrown.body()).contains("#temporary-reduced-capacity");
			for (int i = 0; i < 3; i++) {
				HttpResponse<String> open = send(request(context, "/api/lax"));
				assertThat(open.statusCode()).isEqualTo(200);
			}
		}
	}

	LimitedShop.Api api() {
		return this.context.getBean(LimitedShop.Api.class);
	}

	RateLimiter limiter() {
		return this.context.getBean(RateLimiter.class);
	}

	private HttpResponse<String> ip(String forwardedFor) {
		return get("/api/ip", "X-Forwarded-For", forwardedFor);
	}

	HttpResponse<String> get(String path, String... headers) {
		return send(request(path, headers));
	}

	HttpRequest.Builder request(String path, String... headers) {
		HttpRequest.Builder request = request(this.context, path);
		return (headers.length == 0) ? request : request.headers(headers);
	}

	static HttpRequest.Builder request(ConfigurableApplicationContext context, String path) {
		return HttpRequest.newBuilder(
				URI.create("http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port") + path));
	}

	static HttpRequest.BodyPublisher noBody() {
		return BodyPublishers.noBody();
	}

	HttpResponse<String> send(HttpRequest.Builder request) {
		try {
			return this.client.send(request.timeout(Duration.ofSeconds(20)).build(), BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	static String header(HttpResponse<?> response, String name) {
		assertThat(response.headers().allValues(name)).as(name + " of " + response).hasSize(1);
		return response.headers().allValues(name).get(0);
	}

}
