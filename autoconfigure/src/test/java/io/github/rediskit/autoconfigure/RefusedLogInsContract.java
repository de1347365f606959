package io.github.rediskit.autoconfigure;

import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;

import io.github.rediskit.session.UserSessions;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.security.authentication.event.InteractiveAuthenticationSuccessEvent;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Form log-in by Spring Security, of a user who may have one session and no more.
 */
@RedisTest
@Timeout(60)
@TestInstance(Lifecycle.PER_CLASS)
abstract class RefusedLogInsContract {

	private final RedisTestServer redis = RedisTestServer.shared();

	private ConfigurableApplicationContext application;

	abstract WebApplicationType type();

	abstract Class<?> configuration();

	@BeforeAll
	void start() {
		this.application = new SpringApplicationBuilder(configuration(), Application.class).web(type())
			.run("--server.port=0", "--spring.main.banner-mode=off", "--spring.application.name=shop",
					"--spring.data.redis.url=" + this.redis.uri(), "--rediskit.session.max-per-user=1",
					"--rediskit.session.on-exceed=refuse");
	}

	@AfterAll
	void stop() {
		this.application.close();
	}

	@BeforeEach
	void forget() {
		events().clear();
	}

	Browser browser() {
		return new Browser(Integer
			.parseInt(Objects.requireNonNull(this.application.getEnvironment().getProperty("local.server.port"))));
	}

	List<Object> events() {
		return this.application.getBean(Application.class).events;
	}

	private UserSessions sessions() {
		return this.application.getBean(UserSessions.class);
	}

	@Test
	void whoHasAllHisSessionsFailsToLogInAndStaysWhoHeWas() {
		Browser first = browser();
		assertThat(first.logIn("ann")).isEqualTo("/");
		Browser second = browser();
		second.get("/put?value=lamp");
		assertThat(second.logIn("ann")).isEqualTo("/login?error");
		assertThat(second.get("/who")).isEqualTo("nobody with lamp");
		assertThat(first.get("/who")).isEqualTo("ann with nothing");
		assertThat(sessions().of("ann")).hasSize(1);
		assertThat(sessions().revokeAll("ann")).isOne();
		assertThat(second.logIn("ann")).isEqualTo("/");
		assertThat(second.get("/who")).isEqualTo("ann with lamp");
	}

	@Test
	void whoIsLoggedInCanLogInAgain() {
		Browser browser = browser();
		assertThat(browser.logIn("bob")).isEqualTo("/");
		assertThat(browser.logIn("bob")).isEqualTo("/");
		assertThat(browser.get("/who")).isEqualTo("bob with nothing");
		assertThat(sessions().of("bob")).hasSize(1);
	}

	@Test
	void ofSimultaneousLogInsOneSucceedsAndTheOthersFailAsLogInsDo() {
		List<Browser> browsers = IntStream.range(0, 4).mapToObj((i) -> browser()).toList();
		browsers.forEach((browser) -> browser.get("/put?value=lamp"));
		List<CompletableFuture<String>> answers = browsers.stream()
			.map((browser) -> CompletableFuture.supplyAsync(() -> browser.logIn("cat")))
			.toList();
		assertThat(answers).extracting(CompletableFuture::join).containsOnlyOnce("/").containsOnly("/", "/login?error");
		assertThat(sessions().of("cat")).hasSize(1);
	}

	/**
	 * A client with cookies that follows no redirect.
	 */
	static final class Browser {

		private final HttpClient client = HttpClient.newBuilder()
			.version(HttpClient.Version.HTTP_1_1)
			.cookieHandler(new CookieManager())
			.build();

		private final int port;

		Browser(int port) {
			this.port = port;
		}

		String get(String path) {
			return send(request(path)).body();
		}

		/** Where one is sent afterwards, or the status of an error. */
		String logIn(String user, String... more) {
			String form = "username=" + user + "&password=" + user + "&_csrf="
					+ URLEncoder.encode(get("/token"), StandardCharsets.UTF_8) + String.join("", more);
			HttpResponse<String> response = post("/login", form);
			return response.headers()
				.firstValue("Location")
				.map((location) -> location.replaceFirst("^http://[^/]+", ""))
				.orElseGet(() -> Integer.toString(response.statusCode()));
		}

		HttpResponse<String> post(String path, String form) {
			return send(request(path).header("Content-Type", "application/x-www-form-urlencoded")
				.POST(BodyPublishers.ofString(form)));
		}

		List<String> cookies() {
			return ((CookieManager) this.client.cookieHandler().orElseThrow()).getCookieStore()
				.getCookies()
				.stream()
				.map((cookie) -> cookie.getName())
				.toList();
		}

		private HttpRequest.Builder request(String path) {
			return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.port + path));
		}

		private HttpResponse<String> send(HttpRequest.Builder request) {
			try {
				return this.client.send(request.build(), BodyHandlers.ofString());
			}
			catch (IOException | InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		final List<Object> events = new CopyOnWriteArrayList<>();

		@EventListener
		void on(InteractiveAuthenticationSuccessEvent event) {
			this.events.add(event.getAuthentication().getName());
		}

	}

}
