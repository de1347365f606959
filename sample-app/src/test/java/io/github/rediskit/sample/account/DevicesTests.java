package io.github.rediskit.sample.account;

import java.util.List;

import io.github.rediskit.session.UserSessions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.core.StringRedisTemplate;

import io.github.rediskit.sample.ShopApplication;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What users see and end of their sessions, seen from outside.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "shop.product-load-delay=0", "shop.dispatch-every=1d" })
class DevicesTests {

	private static final String FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0";

	private static final String IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 "
			+ "(KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1";

	@LocalServerPort
	private int port;

	@Autowired
	private StringRedisTemplate redis;

	@BeforeEach
	void nobodyIsLoggedIn(@Autowired UserSessions sessions) {
		List.of("ada", "grace", "linus").forEach(sessions::revokeAll);
	}

	private Visitor visitor(String userAgent) {
		return new Visitor(this.port, userAgent);
	}

	private Visitor loggedIn(String name, String userAgent) {
		Visitor visitor = visitor(userAgent);
		assertThat(visitor.logIn(name, name)).endsWith("/devices.html");
		return visitor;
	}

	@Test
	void whoShopsNeedsNoSession() {
		Visitor visitor = visitor(FIREFOX);

		for (String path : List.of("/", "/index.html", "/limits.html", "/login.html", "/api/categories")) {
			assertThat(visitor.get(path).statusCode()).isEqualTo(200);
			assertThat(visitor.get(path).headers().firstValue("Set-Cookie")).isEmpty();
		}
	}

	@Test
	void whoIsNotLoggedInIsSentToTheLogInAndThenWhereHeWanted() {
		Visitor visitor = visitor(FIREFOX);

		assertThat(visitor.get("/api/devices").statusCode()).isEqualTo(401);
		assertThat(visitor.get("/devices.html").headers().firstValue("Location").orElseThrow()).endsWith("/login.html");
		assertThat(visitor.logIn("ada", "ada")).endsWith("/devices.html?continue");
		assertThat(visitor.get("/devices.html").statusCode()).isEqualTo(200);
	}

	@Test
	void aWrongPasswordIsToldOnTheLogInPage() {
		Visitor visitor = visitor(FIREFOX);

		assertThat(visitor.logIn("ada", "grace")).endsWith("/login.html?error");
		assertThat(visitor.get("/login.html?error").statusCode()).isEqualTo(200);
		assertThat(visitor.isLoggedIn()).isFalse();
		assertThat(visitor.logIn("ada", "ada")).endsWith("/devices.html");
	}

	@Test
	void theIdOfASessionChangesWithTheLogIn() {
		Visitor visitor = visitor(FIREFOX);
		visitor.json("GET", "/api/csrf");
		String before = visitor.sessionCookie();

		visitor.logIn("ada", "ada");

		assertThat(visitor.sessionCookie()).isNotEqualTo(before);
	}

	@Test
	void eachDeviceIsListedByNameAndOneIsThisOne() {
		Visitor desk = loggedIn("ada", FIREFOX);
		loggedIn("ada", IPHONE);
		loggedIn("grace", IPHONE);

		assertThat(desk.deviceNames()).containsExactlyInAnyOrder("Firefox 131 on Linux", "Mobile Safari on iPhone");
		assertThat(desk.devices()).filteredOn((device) -> device.get("current").booleanValue())
			.singleElement()
			.satisfies((device) -> {
				assertThat(device.get("device").stringValue()).isEqualTo("Firefox 131 on Linux");
				assertThat(device.get("address").stringValue()).isIn("127.0.0.1", "0:0:0:0:0:0:0:1");
			});
	}

	@Test
	void aDeviceThatIsLoggedOutElsewhereIsLoggedOutAtOnce() {
		Visitor desk = loggedIn("ada", FIREFOX);
		Visitor phone = loggedIn("ada", IPHONE);

		assertThat(desk.call("DELETE", "/api/devices/" + phone.handle()).statusCode()).isEqualTo(204);

		assertThat(phone.isLoggedIn()).isFalse();
		assertThat(desk.deviceNames()).containsExactly("Firefox 131 on Linux");
	}

	@Test
	void nobodyLogsOutSomebodyElse() {
		Visitor ada = loggedIn("ada", FIREFOX);
		Visitor grace = loggedIn("grace", IPHONE);

		assertThat(grace.call("DELETE", "/api/devices/" + ada.handle()).statusCode()).isEqualTo(404);
		assertThat(ada.callWithoutToken("DELETE", "/api/devices").statusCode()).isEqualTo(403);
		assertThat(ada.isLoggedIn()).isTrue();
	}

	@Test
	void allOthersAreLoggedOutTogether() {
		Visitor desk = loggedIn("ada", FIREFOX);
		Visitor phone = loggedIn("ada", IPHONE);
		Visitor other = loggedIn("ada", "curl/8.5.0");

		assertThat(desk.json("DELETE", "/api/devices").get("ended").intValue()).isEqualTo(2);

		assertThat(List.of(phone.isLoggedIn(), other.isLoggedIn(), desk.isLoggedIn())).containsExactly(false, false,
				true);
	}

	@Test
	void oneLogInTooManyEndsTheOldest() {
		List<Visitor> visitors = List.of(loggedIn("ada", "a/1"), loggedIn("ada", "b/1"), loggedIn("ada", "c/1"),
				loggedIn("ada", "d/1"));

		assertThat(visitors).extracting(Visitor::isLoggedIn).containsExactly(false, true, true, true);
		assertThat(visitors.get(3).deviceNames()).containsExactly("b/1", "c/1", "d/1");
		assertThat(visitors.get(3).json("GET", "/api/devices").get("most").intValue()).isEqualTo(3);
	}

	@Test
	void whoLogsOutIsNotListedAnyMore() {
		Visitor desk = loggedIn("ada", FIREFOX);
		Visitor phone = loggedIn("ada", IPHONE);

		assertThat(phone.call("POST", "/logout").headers().firstValue("Location").orElseThrow())
			.endsWith("/login.html?logout");

		assertThat(desk.deviceNames()).containsExactly("Firefox 131 on Linux");
	}

	@Test
	void everyKeyOfSessionsExpires() {
		loggedIn("ada", FIREFOX).json("POST", "/api/visits");

		assertThat(this.redis.keys("shop:session*")).isNotEmpty()
			.allSatisfy((key) -> assertThat(this.redis.getExpire(key)).as(key).isPositive());
	}

	/**
	 * Two instances, one of which is replaced after the other: the session goes on.
	 */
	@Test
	void aSessionSurvivesTheInstancesThatItBeganAt(@Autowired DataRedisConnectionDetails details) {
		Visitor visitor = visitor(FIREFOX);
		try (ConfigurableApplicationContext second = instance(details)) {
			try (ConfigurableApplicationContext first = instance(details)) {
				visitor.at(port(first)).logIn("ada", "ada");
				assertThat(visitor.json("POST", "/api/visits").get("looks").intValue()).isOne();
				assertThat(visitor.at(port(second)).json("POST", "/api/visits").get("looks").intValue()).isEqualTo(2);
				assertThat(visitor.at(port(first)).json("POST", "/api/visits").get("looks").intValue()).isEqualTo(3);
			}
			assertThat(visitor.at(port(second)).json("POST", "/api/visits").get("looks").intValue()).isEqualTo(4);
		}
		try (ConfigurableApplicationContext third = instance(details)) {
			assertThat(visitor.at(port(third)).json("POST", "/api/visits").get("looks").intValue()).isEqualTo(5);
			assertThat(visitor.deviceNames()).containsExactly("Firefox 131 on Linux");
			assertThat(visitor.call("DELETE", "/api/devices/" + visitor.handle()).statusCode()).isEqualTo(204);
			assertThat(visitor.at(this.port).isLoggedIn()).isFalse();
		}
	}

	/** With the Redis that this test has. */
	private static ConfigurableApplicationContext instance(DataRedisConnectionDetails details) {
		DataRedisConnectionDetails.Standalone redis = details.getStandalone();
		SpringApplication application = new SpringApplicationBuilder(ShopApplication.class)
			.properties("server.port=0", "shop.product-load-delay=0", "shop.dispatch-every=1d",
					"spring.data.redis.host=" + redis.getHost(), "spring.data.redis.port=" + redis.getPort(),
					"spring.main.banner-mode=off")
			.build();
		return application.run();
	}

	private static int port(ConfigurableApplicationContext instance) {
		return Integer.parseInt(instance.getEnvironment().getRequiredProperty("local.server.port"));
	}

}
