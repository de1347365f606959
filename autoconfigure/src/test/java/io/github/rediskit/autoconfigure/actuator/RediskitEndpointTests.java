package io.github.rediskit.autoconfigure.actuator;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import io.github.rediskit.autoconfigure.CacheAutoConfiguration;
import io.github.rediskit.autoconfigure.LockAutoConfiguration;
import io.github.rediskit.autoconfigure.MessagingAutoConfiguration;
import io.github.rediskit.autoconfigure.RateLimitAutoConfiguration;
import io.github.rediskit.autoconfigure.RedisConnectionsAutoConfiguration;
import io.github.rediskit.autoconfigure.RediskitAutoConfiguration;
import io.github.rediskit.cache.Caches;
import io.github.rediskit.lock.DistributedLocks;
import io.github.rediskit.lock.HeldLock;
import io.github.rediskit.lock.LockNotAcquiredException;
import io.github.rediskit.lock.LockRequest;
import io.github.rediskit.messaging.MessageListeners;
import io.github.rediskit.messaging.RedisStreamListener;
import io.github.rediskit.messaging.RedisStreams;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What an operator sees and does, over HTTP and without.
 */
@RedisTest
@Timeout(60)
class RediskitEndpointTests {

	private static final LockRequest ORDER = LockRequest.of("order", 42);

	private final RedisTestServer server = RedisTestServer.shared();

	private final HttpClient client = HttpClient.newHttpClient();

	private final ApplicationContextRunner plain = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class, RediskitAutoConfiguration.class,
				RedisConnectionsAutoConfiguration.class, CacheAutoConfiguration.class, RateLimitAutoConfiguration.class,
				LockAutoConfiguration.class, RediskitEndpointAutoConfiguration.class))
		.withPropertyValues("spring.application.name=shop", "spring.data.redis.url=" + this.server.uri());

	private final ApplicationContextRunner exposed = this.plain
		.withPropertyValues("management.endpoints.web.exposure.include=rediskit");

	@Test
	void everythingIsShownAndNoSecret() throws Exception {
		String uri = this.server.user("operator", "hush-hush", "~*", "&*", "+@all");
		try (ConfigurableApplicationContext context = web(uri, "rediskit.connections.locks.timeout=500ms",
				"rediskit.lock.connection=locks", "rediskit.cache.caches.products.ttl=5m",
				"rediskit.cache.caches.products.encryption.key-id=k1",
				"rediskit.encryption.keys.k1=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
				"rediskit.rate-limit.policies.search.limits[0].limit=10",
				"rediskit.rate-limit.policies.search.limits[0].period=1s")) {
			HeldLock lock = context.getBean(DistributedLocks.class).acquire(ORDER);
			context.getBean(Caches.class).cache("prices", String.class).getIfPresent(1);
			HttpResponse<String> answer = send("GET", context, "");
			assertThat(answer.statusCode()).isEqualTo(200);
			assertThat(answer.body()).doesNotContain("hush", "MDEy", "0123456789", "operator")
				.doesNotContain(Integer.toString(this.server.port()));
			JsonNode shown = JsonMapper.shared().readTree(answer.body());
			assertThat(shown.at("/connections/locks/roles").toString()).isEqualTo("[\"lock\"]");
			assertThat(shown.at("/connections/locks/circuit").asString()).isEqualTo("closed");
			assertThat(shown.at("/connections/default/roles").toString()).contains("\"cache\"", "\"rate-limit\"");
			assertThat(shown.at("/caches/byName/products/lifetime/ttl").asString()).isEqualTo("PT5M");
			assertThat(shown.at("/caches/byName/products/storage/encryptionKey").asString()).isEqualTo("k1");
			assertThat(shown.at("/caches/byName/prices")).isEqualTo(shown.at("/caches/defaults"));
			assertThat(shown.at("/policies/search/limits/0/limit").asLong()).isEqualTo(10);
			JsonNode held = shown.at("/locks/0");
			assertThat(held.get("name").asString()).isEqualTo("order");
			assertThat(held.get("key").asString()).isEqualTo("42");
			assertThat(held.get("mode").asString()).isEqualTo("exclusive");
			assertThat(held.get("fence").asLong()).isEqualTo(lock.fence());
			assertThat(Duration.parse(held.get("validFor").asString())).isPositive();
			assertThat(Instant.parse(held.get("since").asString())).isBetween(Instant.now().minusSeconds(30),
					Instant.now());
			assertThat(send("GET", context, "/locks").body()).startsWith("[{\"name\":\"order\"");
			assertThat(send("GET", context, "/nothing").statusCode()).isEqualTo(404);
			assertThat(send("DELETE", context, "/locks/order/42").statusCode()).isEqualTo(404);
			assertThat(lock.isHeld()).isTrue();
		}
	}

	@Test
	void listenersAreShownWithWhatWaitsForThem() {
		CountDownLatch handled = new CountDownLatch(1);
		this.exposed.withConfiguration(AutoConfigurations.of(MessagingAutoConfiguration.class))
			.withBean(Billing.class, () -> new Billing(handled))
			.run((context) -> {
				RedisStreams streams = context.getBean(RedisStreams.class);
				streams.add("orders", "lamp");
				streams.add("orders", "chair");
				RediskitSection section = context.getBean(ListenersSection.class);
				await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
					JsonNode shown = JsonMapper.shared().valueToTree(section.content()).get("orders.billing");
					assertThat(shown.get("running").asBoolean()).isTrue();
					assertThat(shown.at("/group/lag").asLong() + shown.at("/group/pending").asLong()).isEqualTo(2);
				});
				handled.countDown();
			});
	}

	@Test
	void withUnrestrictedAccessAnOperatorTakesALockAway() throws Exception {
		try (ConfigurableApplicationContext context = web(this.server.uri(),
				"management.endpoint.rediskit.access=unrestricted")) {
			DistributedLocks locks = context.getBean(DistributedLocks.class);
			LockRequest named = LockRequest.of("order", "a b/c");
			HeldLock lock = locks.acquire(ORDER);
			HeldLock other = locks.acquire(named);
			HeldLock permit = locks.acquire(LockRequest.permit("printer", 1, 3));
			assertThat(send("DELETE", context, "/locks/order/43").body()).isEqualTo("{\"released\":false}");
			assertThat(send("DELETE", context, "/locks/order/42").body()).isEqualTo("{\"released\":true}");
			assertThat(
					send("DELETE", context, "/locks/order?key=" + URLEncoder.encode(named.id().text(), UTF_8)).body())
				.isEqualTo("{\"released\":true}");
			assertThat(send("DELETE", context, "/locks/printer/1?mode=permit").body()).isEqualTo("{\"released\":true}");
			await().until(() -> !lock.isHeld() && !other.isHeld() && !permit.isHeld());
			assertThat(send("DELETE", context, "/locks/order/42%7D").statusCode()).isEqualTo(400);
			assertThat(send("DELETE", context, "/locks/or%7Bder/42").statusCode()).isEqualTo(400);
			assertThat(send("DELETE", context, "/locks/order/42?mode=none").statusCode()).isEqualTo(400);
			assertThat(send("DELETE", context, "/caches/products/42").statusCode()).isEqualTo(400);
		}
	}

	@Test
	void noOtherLockIsTakenAwayThanTheOneThatWasMeant() throws Exception {
		try (ConfigurableApplicationContext context = web(this.server.uri(),
				"management.endpoint.rediskit.access=unrestricted")) {
			DistributedLocks locks = context.getBean(DistributedLocks.class);
			HeldLock near = locks.acquire(LockRequest.of("order", "a/b"));
			for (String key : List.of("a//b", "/a/b", "a/b/", "a/./b")) {
				HeldLock lock = locks.acquire(LockRequest.of("order", key));
				assertThat(send("DELETE", context, "/locks/order/" + key).statusCode()).isEqualTo(404);
				assertThat(send("DELETE", context, "/locks/order?key=" + key).body()).isEqualTo("{\"released\":true}");
				await().until(() -> !lock.isHeld());
			}
			HeldLock nameAlone = locks.acquire(LockRequest.of("order"));
			assertThat(send("DELETE", context, "/locks/order").statusCode()).isEqualTo(400);
			assertThat(nameAlone.isHeld()).isTrue();
			assertThat(send("DELETE", context, "/locks/order?key=()").body()).isEqualTo("{\"released\":true}");
			locks.acquire(LockRequest.of("order")).close();
			assertThat(locks.tryAcquire(LockRequest.of("order", "a/b"))).isEmpty();
			assertThat(near.isHeld()).isTrue();
			near.close();
		}
	}

	@Test
	void itIsThereOnlyWhereItIsExposed() {
		this.plain.run((context) -> assertThat(context).hasNotFailed()
			.doesNotHaveBean(RediskitEndpoint.class)
			.doesNotHaveBean(RediskitSection.class));
		this.exposed.run((context) -> assertThat(context.getBean(RediskitEndpoint.class).sections())
			.containsOnlyKeys("connections", "caches", "policies", "locks"));
		this.exposed.withPropertyValues("management.endpoint.rediskit.access=NONE")
			.run((context) -> assertThat(context).doesNotHaveBean(RediskitEndpoint.class));
		this.exposed.withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("rediskitEndpoint"));
	}

	@Test
	void anOpenCircuitAndAFailingSectionAreShown() {
		try (RedisTestServer own = RedisTestServer.start()) {
			this.exposed.withPropertyValues("spring.data.redis.url=" + own.uri(), "spring.data.redis.timeout=200ms")
				.withUserConfiguration(Failing.class)
				.run((context) -> {
					RediskitEndpoint endpoint = context.getBean(RediskitEndpoint.class);
					DistributedLocks locks = context.getBean(DistributedLocks.class);
					locks.acquire(ORDER).close();
					own.freeze();
					try {
						await().untilAsserted(() -> {
							assertThatExceptionOfType(LockNotAcquiredException.class)
								.isThrownBy(() -> locks.tryAcquire(ORDER));
							assertThat(endpoint.section("connections")).asString().contains("circuit=open");
						});
					}
					finally {
						own.thaw();
					}
					assertThat(endpoint.sections()).containsEntry("broken",
							Map.of("failure", "java.lang.IllegalStateException"));
				});
		}
	}

	private static ConfigurableApplicationContext web(String redis, String... properties) {
		return new SpringApplicationBuilder(Application.class)
			.properties("server.port=0", "spring.application.name=shop", "spring.main.banner-mode=off",
					"spring.data.redis.url=" + redis, "management.endpoints.web.exposure.include=rediskit")
			.properties(properties)
			.run();
	}

	private HttpResponse<String> send(String method, ConfigurableApplicationContext context, String path)
			throws IOException, InterruptedException {
		String port = context.getEnvironment().getProperty("local.server.port");
		return this.client
			.send(HttpRequest.newBuilder(URI.create("http://localhost:%s/actuator/rediskit%s".formatted(port, path)))
				.method(method, BodyPublishers.noBody())
				.build(), BodyHandlers.ofString());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	static class Failing {

		@Bean
		RediskitSection broken() {
			return new RediskitSection() {

				@Override
				public String name() {
					return "broken";
				}

				@Override
				public Object content() {
					throw new IllegalStateException("secret");
				}

			};
		}

	}

	record Billing(CountDownLatch handled) {

		@RedisStreamListener(stream = "orders", group = "billing")
		void on(String article) throws InterruptedException {
			this.handled.await();
		}

	}

}
