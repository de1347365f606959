package io.github.rediskit.autoconfigure;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.rediskit.session.DeviceParser;
import io.github.rediskit.session.UserSession;
import io.github.rediskit.session.UserSessions;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import io.github.rediskit.testing.TcpProxy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.session.events.AbstractSessionEvent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What browsers see of sessions, whatever serves them: real servers, a real Redis.
 */
@RedisTest
@Timeout(60)
@TestInstance(Lifecycle.PER_CLASS)
abstract class HttpSessionsContract {

	private final RedisTestServer redis = RedisTestServer.shared();

	private final TcpProxy proxy = TcpProxy.to(this.redis);

	private ConfigurableApplicationContext one;

	private ConfigurableApplicationContext two;

	abstract WebApplicationType type();

	abstract Class<?> configuration();

	/** Such as {@code server.servlet.session.cookie}. */
	abstract String cookieProperties();

	@BeforeAll
	void start() {
		this.one = run(this.proxy.uri());
		this.two = run(this.redis.uri());
	}

	@AfterAll
	void stop() {
		this.one.close();
		this.two.close();
		this.proxy.close();
	}

	ConfigurableApplicationContext run(String redis, String... more) {
		List<String> arguments = new ArrayList<>(List.of("--server.port=0", "--spring.main.banner-mode=off",
				"--spring.application.name=shop", "--spring.data.redis.url=" + redis,
				"--rediskit.rate-limit.http.trusted-proxies=127.0.0.0/8", "--server.netty.max-keep-alive-requests=1"));
		arguments.addAll(List.of(more));
		return new SpringApplicationBuilder(configuration(), Application.class).web(type())
			.run(arguments.toArray(String[]::new));
	}

	@Test
	void aSessionOfOneInstanceIsReadByTheOther() {
		Browser browser = new Browser();
		assertThat(browser.get(this.one, "/put?name=cart&value=lamp")).isEqualTo("ok");
		assertThat(browser.get(this.two, "/get?name=cart")).isEqualTo("lamp");
		assertThat(browser.get(this.two, "/put?name=note&value=hello")).isEqualTo("ok");
		assertThat(browser.get(this.one, "/get?name=note")).isEqualTo("hello");
		assertThat(new Browser().get(this.one, "/get?name=cart")).isEqualTo("nothing");
		assertThat(this.redis.commands().keys("*")).hasSize(1)
			.allMatch((key) -> key.startsWith("shop:session:sessions:{"));
	}

	@Test
	void aSessionSurvivesTheRestartOfEveryInstance() {
		Browser browser = new Browser();
		try (ConfigurableApplicationContext before = run(this.redis.uri())) {
			browser.get(before, "/login?user=ann");
			browser.get(before, "/put?name=cart&value=lamp");
		}
		try (ConfigurableApplicationContext after = run(this.redis.uri())) {
			assertThat(browser.get(after, "/get?name=cart")).isEqualTo("lamp");
			assertThat(after.getBean(UserSessions.class).of("ann")).hasSize(1);
		}
	}

	@Test
	void whoLogsInHasAnotherIdAndTheFormerOneIsWorthNothing() {
		Browser browser = new Browser();
		browser.get(this.one, "/put?name=cart&value=lamp");
		String former = browser.cookie;
		browser.get(this.one, "/login?user=ann");
		assertThat(browser.cookie).isNotEqualTo(former);
		assertThat(browser.get(this.two, "/get?name=cart")).isEqualTo("lamp");
		Browser attacker = new Browser();
		attacker.cookie = former;
		assertThat(attacker.get(this.two, "/get?name=cart")).isEqualTo("nothing");
	}

	@Test
	void aUserSeesHisDevicesAndCanLogThemOut() {
		Browser phone = new Browser("User-Agent", "phone", "X-Forwarded-For", "203.0.113.7");
		Browser laptop = new Browser("User-Agent", "laptop", "X-Forwarded-For", "198.51.100.9");
		phone.get(this.one, "/login?user=ann");
		laptop.get(this.two, "/login?user=ann");
		UserSessions sessions = this.two.getBean(UserSessions.class);
		List<UserSession> devices = sessions.of("ann");
		assertThat(devices).extracting(UserSession::device).containsExactly("the phone", "the laptop");
		assertThat(devices).extracting(UserSession::address).containsExactly("203.0.113.7", "198.51.100.9");
		assertThat(sessions.handleOf(phone.get(this.one, "/id"))).isEqualTo(devices.get(0).handle());
		assertThat(sessions.revoke("bob", devices.get(0).handle())).isFalse();
		assertThat(sessions.revokeOthers("ann", laptop.get(this.one, "/id"))).isOne();
		assertThat(phone.get(this.one, "/user")).isEqualTo("nothing");
		assertThat(laptop.get(this.one, "/user")).isEqualTo("ann");
		assertThat(laptop.get(this.one, "/logout")).isEqualTo("ok");
		assertThat(sessions.of("ann")).isEmpty();
		assertThat(this.redis.commands().keys("*")).isEmpty();
	}

	@Test
	void aRequestAsksRedisOnceAndOnceMoreIfItWrites() {
		Browser browser = new Browser();
		browser.get(this.two, "/login?user=ann");
		assertThat(trips(browser, "/get?name=cart")).isOne();
		assertThat(trips(browser, "/put?name=cart&value=lamp")).isEqualTo(2);
		assertThat(trips(browser, "/put?name=cart&value=lamp")).isOne();
		assertThat(trips(new Browser(), "/none")).isZero();
		assertThat(trips(new Browser(), "/put?name=cart&value=lamp")).isOne();
	}

	private long trips(Browser browser, String path) {
		this.redis.resetStats();
		browser.get(this.two, path);
		Map<String, Long> stats = this.redis.commandStats();
		return stats.getOrDefault("evalsha", 0L) + stats.getOrDefault("eval", 0L);
	}

	@Test
	void whatIsNoSessionIsANewOneAndNoErrorPage() {
		Browser browser = new Browser();
		browser.get(this.one, "/put?name=cart&value=lamp");
		String key = this.redis.commands().keys("*").get(0);
		this.redis.commands().hset(key, "@cart", "garbage");
		assertThat(browser.get(this.two, "/get?name=cart")).isEqualTo("nothing");
		assertThat(browser.get(this.two, "/put?name=cart&value=table")).isEqualTo("ok");
		assertThat(browser.get(this.one, "/get?name=cart")).isEqualTo("table");
		await().until(() -> this.redis.commands().exists(key) == 0);
	}

	@Test
	void whatCanNotBeStoredEndsInAnErrorPageAndTheSessionIsAsBefore() {
		Browser browser = new Browser();
		browser.get(this.one, "/put?name=cart&value=lamp");
		HttpResponse<String> response = browser.send(this.one, "/unwritable");
		assertThat(response.statusCode()).isEqualTo(500);
		assertThat(response.body()).contains("\"status\":500", "\"path\":\"/unwritable\"");
		assertThat(browser.get(this.two, "/get?name=cart")).isEqualTo("lamp");
		assertThat(browser.get(this.two, "/get?name=thread")).isEqualTo("nothing");
		assertThat(new Browser().send(this.one, "/unwritable").body()).contains("\"status\":500");
	}

	@Test
	void aRequestInFlightDoesNotBringBackASession() {
		Browser browser = new Browser();
		browser.get(this.one, "/login?user=ann");
		// it revokes its own session, and then changes it
		assertThat(browser.get(this.one, "/revoked?user=ann")).isEqualTo("ok");
		assertThat(this.redis.commands().keys("*")).isEmpty();
		assertThat(browser.get(this.one, "/user")).isEqualTo("nothing");
	}

	@Test
	void withoutRedisARequestIsAnsweredAndItsCookieStays() {
		Browser browser = new Browser();
		browser.get(this.one, "/login?user=ann");
		String cookie = browser.cookie;
		this.proxy.refuse();
		this.proxy.cut();
		try {
			HttpResponse<String> response = browser.send(this.one, "/user");
			assertThat(response.statusCode()).isEqualTo(503);
			assertThat(response.headers().firstValue("Retry-After")).hasValue("1");
			assertThat(new Browser().get(this.one, "/none")).isEqualTo("ok");
			assertThat(new Browser().send(this.one, "/put?name=cart&value=lamp").statusCode()).isEqualTo(503);
			assertThat(browser.send(this.one, "/logout").statusCode()).isEqualTo(503);
			assertThat(browser.cookie).isEqualTo(cookie);
		}
		finally {
			this.proxy.resume();
		}
		await().untilAsserted(() -> assertThat(browser.send(this.one, "/user").body()).isEqualTo("ann"));
	}

	@Test
	void ifItIsToARequestGoesOnWithoutRedisAndTheSessionIsBackAfterwards() {
		try (TcpProxy own = TcpProxy.to(this.redis);
				ConfigurableApplicationContext open = run(own.uri(), "--rediskit.session.on-failure=open")) {
			Browser browser = new Browser();
			browser.get(open, "/login?user=ann");
			String cookie = browser.cookie;
			own.refuse();
			own.cut();
			long start = System.nanoTime();
			assertThat(browser.get(open, "/user")).isEqualTo("nothing");
			assertThat(browser.get(open, "/put?name=cart&value=lamp")).isEqualTo("ok");
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
			assertThat(new Browser().get(open, "/put?name=cart&value=lamp")).isEqualTo("ok");
			// who logs out must not believe that it has happened
			assertThat(browser.send(open, "/logout").statusCode()).isEqualTo(503);
			assertThat(browser.cookie).isEqualTo(cookie);
			own.resume();
			await().untilAsserted(() -> assertThat(browser.get(open, "/user")).isEqualTo("ann"));
			assertThat(browser.get(open, "/get?name=cart")).isEqualTo("nothing");
		}
	}

	@Test
	void whoHasAllHisSessionsIsRefusedAndStaysWhoHeWas() {
		try (ConfigurableApplicationContext strict = run(this.redis.uri(), "--rediskit.session.max-per-user=1",
				"--rediskit.session.on-exceed=refuse")) {
			Browser first = new Browser();
			first.get(strict, "/login?user=ann");
			Browser second = new Browser();
			second.get(strict, "/put?name=cart&value=lamp");
			assertThat(second.send(strict, "/login?user=ann").statusCode()).isEqualTo(403);
			assertThat(second.get(strict, "/user")).isEqualTo("nothing");
			assertThat(second.get(strict, "/get?name=cart")).isEqualTo("lamp");
			assertThat(first.get(strict, "/user")).isEqualTo("ann");
			first.get(strict, "/logout");
			assertThat(second.get(strict, "/login?user=ann")).isEqualTo("ok");
		}
	}

	@Test
	void theCookieIsAsThePropertiesSay() {
		String prefix = "--" + cookieProperties();
		try (ConfigurableApplicationContext strict = run(this.redis.uri(), prefix + ".name=shop", prefix + ".path=/x",
				prefix + ".domain=shop.example", prefix + ".secure=true", prefix + ".http-only=false",
				prefix + ".same-site=strict", prefix + ".max-age=1h", prefix + ".partitioned=true")) {
			assertThat(new Browser().send(strict, "/put?name=cart&value=lamp").headers().firstValue("Set-Cookie"))
				.hasValueSatisfying((cookie) -> assertThat(cookie).startsWith("shop=")
					.contains("Path=/x", "Domain=shop.example", "Secure", "SameSite=Strict", "Max-Age=3600",
							"Partitioned")
					.doesNotContainIgnoringCase("HttpOnly"));
		}
		assertThat(new Browser().send(this.one, "/put?name=cart&value=lamp").headers().firstValue("Set-Cookie"))
			.hasValueSatisfying((cookie) -> assertThat(cookie).startsWith("SESSION=")
				.contains("Path=/")
				.containsIgnoringCase("HttpOnly")
				.doesNotContain("Max-Age", "Secure"));
	}

	@Test
	void theApplicationHearsOfSessions() {
		List<String> events = this.one.getBean(Application.class).events;
		List<String> ids = this.one.getBean(Application.class).ids;
		events.clear();
		ids.clear();
		Browser browser = new Browser();
		browser.get(this.one, "/put?name=cart&value=lamp");
		browser.get(this.one, "/logout");
		await().until(() -> ids.size() == 2);
		assertThat(ids.get(1)).isEqualTo(ids.get(0));
		assertThat(events).containsExactly("SessionCreatedEvent [cart]", "SessionDeletedEvent [cart]");
	}

	/**
	 * A client with a cookie.
	 */
	static final class Browser {

		private static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

		private final String[] headers;

		private @Nullable String cookie;

		Browser(String... headers) {
			this.headers = headers;
		}

		String get(ConfigurableApplicationContext application, String path) {
			HttpResponse<String> response = send(application, path);
			assertThat(response.statusCode()).isEqualTo(200);
			return response.body();
		}

		HttpResponse<String> send(ConfigurableApplicationContext application, String path) {
			String port = Objects.requireNonNull(application.getEnvironment().getProperty("local.server.port"));
			HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
			if (this.headers.length > 0) {
				request.headers(this.headers);
			}
			if (this.cookie != null) {
				request.header("Cookie", this.cookie);
			}
			try {
				HttpResponse<String> response = CLIENT.send(request.build(), BodyHandlers.ofString());
				response.headers().firstValue("Set-Cookie").ifPresent((set) -> {
					if (response.statusCode() < 400) {
						this.cookie = set.split(";")[0];
					}
				});
				return response;
			}
			catch (IOException | InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		final List<String> events = new CopyOnWriteArrayList<>();

		final List<String> ids = new CopyOnWriteArrayList<>();

		@Bean
		DeviceParser deviceParser() {
			return (agent) -> "the " + agent;
		}

		@EventListener
		void on(AbstractSessionEvent event) {
			this.events.add(event.getClass().getSimpleName() + " " + event.getSession().getAttributeNames());
			this.ids.add(event.getSessionId());
		}

	}

}
