package io.github.rediskit.autoconfigure;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.rediskit.cache.CacheInvalidate;
import io.github.rediskit.cache.CacheLoadTimeoutException;
import io.github.rediskit.cache.Cached;
import io.github.rediskit.cache.Caches;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Configuration;
import org.springframework.expression.spel.SpelEvaluationException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Methods that are a little unusual.
 */
@RedisTest
@Timeout(60)
class OddMethodsTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class, DataRedisAutoConfiguration.class,
				RediskitAutoConfiguration.class, RedisConnectionsAutoConfiguration.class, CacheAutoConfiguration.class,
				CacheManagerAutoConfiguration.class))
		.withPropertyValues("spring.application.name=shop", "spring.data.redis.url=" + RedisTestServer.shared().uri());

	@Test
	void aMapOfOptionalsHoldsOptionals() {
		this.runner.withBean(Shop.class).run((context) -> {
			Shop shop = context.getBean(Shop.class);
			for (int i = 0; i < 2; i++) {
				Map<Long, Optional<String>> found = shop.optionals(List.of(1L, 2L));
				Object one = found.get(1L);
				assertThat(one).isEqualTo(Optional.of("1"));
				Object two = found.get(2L);
				assertThat(two).isEqualTo(Optional.empty());
			}
			assertThat(shop.calls()).isEqualTo(1);
		});
	}

	@Test
	void anInvalidationWhoseKeyCanNotBeEvaluatedDoesNotKeepOthersFromHappening() {
		this.runner.withBean(Shop.class).run((context) -> {
			Shop shop = context.getBean(Shop.class);
			shop.text(1);
			assertThatThrownBy(() -> shop.change(1)).isInstanceOf(SpelEvaluationException.class);
			assertThat(context.getBean(Caches.class).cache("texts", String.class).getIfPresent(1L)).isEmpty();
		});
	}

	@Test
	void aTimeoutReachesTheUserOfACacheAsItIs() {
		this.runner.withUserConfiguration(Caching.class)
			.withPropertyValues("rediskit.cache.defaults.hard-timeout=100ms",
					"rediskit.cache.caches.texts.type=java.lang.String")
			.run((context) -> {
				Cache cache = context.getBean(CacheManager.class).getCache("texts");
				CountDownLatch timedOut = new CountDownLatch(1);
				assertThatThrownBy(() -> cache.get(1, () -> {
					timedOut.await();
					return "late";
				})).isInstanceOf(CacheLoadTimeoutException.class);
				timedOut.countDown();
			});
	}

	static class Shop {

		final AtomicInteger calls = new AtomicInteger();

		public int calls() {
			return this.calls.get();
		}

		@Cached(value = "optionals", keys = "#ids")
		public Map<Long, Optional<String>> optionals(Collection<Long> ids) {
			this.calls.incrementAndGet();
			Map<Long, Optional<String>> result = new HashMap<>();
			ids.forEach((id) -> result.put(id, (id == 1) ? Optional.of(id.toString()) : Optional.empty()));
			return result;
		}

		@Cached(value = "texts", key = "#id")
		public String text(long id) {
			return "text";
		}

		@CacheInvalidate(value = "others", key = "#result.length()")
		@CacheInvalidate(value = "texts", key = "#id")
		public String change(long id) {
			return null;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	static class Caching {

	}

}
