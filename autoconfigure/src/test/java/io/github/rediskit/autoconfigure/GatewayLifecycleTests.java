package io.github.rediskit.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.rediskit.cache.Cached;
import io.github.rediskit.redis.ConnectionRole;
import io.github.rediskit.redis.RedisConnectionCustomizer;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Connections that were closed, by us or by a server without reconnection, are replaced.
 */
@RedisTest
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class GatewayLifecycleTests {

	private static final byte[] CHANNEL = "channel".getBytes(StandardCharsets.UTF_8);

	private static final byte[] MESSAGE = "message".getBytes(StandardCharsets.UTF_8);

	private final RedisTestServer server = RedisTestServer.shared();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, JacksonAutoConfiguration.class,
				DataRedisAutoConfiguration.class, RediskitAutoConfiguration.class,
				RedisConnectionsAutoConfiguration.class, CacheAutoConfiguration.class))
		.withPropertyValues("spring.application.name=shop")
		.withBean(Shop.class);

	@Test
	void aContextThatIsStoppedAndStartedCachesAndHearsAgain(CapturedOutput output) {
		this.runner.withPropertyValues("spring.data.redis.url=" + this.server.uri()).run((context) -> {
			Shop shop = context.getBean(Shop.class);
			Heard heard = new Heard(context);
			shop.name(1);
			context.getSourceApplicationContext().stop();
			shop.name(1);
			assertThat(shop.calls()).isEqualTo(2);
			context.getSourceApplicationContext().start();
			shop.name(1);
			assertThat(shop.calls()).isEqualTo(2);
			heard.awaitNext(this.server);
		});
		assertThat(output).doesNotContain("already closed");
	}

	@Test
	void aConnectionThatLettuceDoesNotRepairIsReplaced() {
		try (RedisTestServer own = RedisTestServer.start()) {
			this.runner.withPropertyValues("spring.data.redis.url=" + own.uri())
				.withBean(RedisConnectionCustomizer.class,
						() -> (name, options, client) -> options.autoReconnect(false))
				.run((context) -> {
					Shop shop = context.getBean(Shop.class);
					Heard heard = new Heard(context);
					shop.name(1);
					own.restart();
					await().until(() -> isCached(shop));
					heard.awaitNext(own);
				});
		}
	}

	private static boolean isCached(Shop shop) {
		shop.name(1);
		int before = shop.calls();
		shop.name(1);
		return shop.calls() == before;
	}

	private static final class Heard {

		private final AtomicInteger messages = new AtomicInteger();

		Heard(AssertableApplicationContext context) throws Exception {
			CompletableFuture<?> subscribed = context.getBean(RoleGateways.class)
				.guarded(ConnectionRole.CACHE)
				.subscribe(CHANNEL, (message) -> this.messages.incrementAndGet())
				.toCompletableFuture();
			subscribed.get(5, TimeUnit.SECONDS);
		}

		void awaitNext(RedisTestServer server) {
			int before = this.messages.get();
			await().until(() -> {
				server.bytes().publish(CHANNEL, MESSAGE);
				return this.messages.get() > before;
			});
		}

	}

	static class Shop {

		private final AtomicInteger calls = new AtomicInteger();

		int calls() {
			return this.calls.get();
		}

		@Cached("names")
		public String name(long id) {
			this.calls.incrementAndGet();
			return "name " + id;
		}

	}

}
