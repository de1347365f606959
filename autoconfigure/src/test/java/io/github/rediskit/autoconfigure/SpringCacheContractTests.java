package io.github.rediskit.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

import io.github.rediskit.cache.ReadThroughCache;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.Cache;
import org.springframework.cache.Cache.ValueRetrievalException;
import org.springframework.cache.Cache.ValueWrapper;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.interceptor.SimpleKey;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What Spring expects of a cache, case by case as its own tests of caches do, on ours.
 */
@RedisTest
@Timeout(60)
class SpringCacheContractTests {

	private final RedisTestServer server = RedisTestServer.shared();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class, DataRedisAutoConfiguration.class,
				RediskitAutoConfiguration.class, RedisConnectionsAutoConfiguration.class, CacheAutoConfiguration.class,
				CacheManagerAutoConfiguration.class))
		.withUserConfiguration(Caching.class)
		.withPropertyValues("spring.application.name=shop", "spring.data.redis.url=" + this.server.uri(),
				"rediskit.cache.caches.texts.type=java.lang.String");

	private void withCache(Consumer<Cache> test, String... properties) {
		this.runner.withPropertyValues(properties)
			.run((context) -> test.accept(context.getBean(CacheManager.class).getCache("texts")));
	}

	@Test
	void aCacheHasItsNameAndItsNativeCache() {
		withCache((cache) -> {
			assertThat(cache.getName()).isEqualTo("texts");
			assertThat(cache.getNativeCache()).isInstanceOf(ReadThroughCache.class);
		});
	}

	@Test
	void whatIsPutIsThere() {
		withCache((cache) -> {
			assertThat(cache.get("a")).isNull();
			assertThat(cache.get("a", String.class)).isNull();
			assertThat(cache.get("a", Object.class)).isNull();
			cache.put("a", "one");
			assertThat(valueOf(cache.get("a"))).isEqualTo("one");
			assertThat(cache.get("a", String.class)).isEqualTo("one");
			assertThat(cache.get("a", Object.class)).isEqualTo("one");
			assertThat(cache.<Object>get("a", (Class<Object>) null)).isEqualTo("one");
			cache.put("a", "two");
			assertThat(cache.get("a", String.class)).isEqualTo("two");
		});
	}

	@Test
	void aValueOfAnotherTypeThanAskedForIsAnError() {
		withCache((cache) -> {
			cache.put("a", "one");
			assertThatIllegalStateException().isThrownBy(() -> cache.get("a", Integer.class))
				.withMessageContaining("java.lang.Integer")
				.withMessageNotContaining("one");
		});
	}

	@Test
	void nullIsAValue() {
		withCache((cache) -> {
			cache.put("a", null);
			assertThat(cache.get("a")).isNotNull();
			assertThat(valueOf(cache.get("a"))).isNull();
			assertThat(cache.get("a", String.class)).isNull();
			assertThat(cache.get("a", () -> "loaded")).isNull();
		});
	}

	@Test
	void whereNullsAreNotCachedNullIsNoEntryAndNoError() {
		withCache((cache) -> {
			cache.put("a", "one");
			cache.put("a", null);
			assertThat(cache.get("a")).isNull();
			assertThat(cache.putIfAbsent("a", null)).isNull();
			assertThat(cache.<String>get("a", () -> null)).isNull();
			assertThat(cache.get("a")).isNull();
		}, "rediskit.cache.defaults.null-ttl=0");
	}

	@Test
	void theFirstOfThoseThatPutIfAbsentPuts() {
		withCache((cache) -> {
			assertThat(cache.putIfAbsent("a", "one")).isNull();
			assertThat(valueOf(cache.putIfAbsent("a", "two"))).isEqualTo("one");
			assertThat(cache.get("a", String.class)).isEqualTo("one");
			assertThat(cache.putIfAbsent("b", null)).isNull();
			ValueWrapper absent = cache.putIfAbsent("b", "two");
			assertThat(absent).isNotNull();
			assertThat(absent.get()).isNull();
		});
	}

	@Test
	void ofManyThatPutIfAbsentOneSucceeds() {
		withCache((cache) -> {
			List<ValueWrapper> before = together(16, (number) -> cache.putIfAbsent("a", "by " + number));
			assertThat(before.stream().filter((wrapper) -> wrapper == null)).hasSize(1);
			assertThat(before.stream().filter((wrapper) -> wrapper != null).map(ValueWrapper::get).distinct())
				.containsExactly(cache.get("a", String.class));
		});
	}

	@Test
	void whatIsEvictedIsGone() {
		withCache((cache) -> {
			cache.put("a", "one");
			cache.put("b", "two");
			cache.evict("a");
			assertThat(cache.get("a")).isNull();
			assertThat(cache.get("b")).isNotNull();
			assertThat(cache.evictIfPresent("a")).isFalse();
			assertThat(cache.evictIfPresent("b")).isTrue();
			assertThat(cache.get("b")).isNull();
		});
	}

	@Test
	void aClearedCacheIsEmpty() {
		withCache((cache) -> {
			cache.put("a", "one");
			cache.put("b", "two");
			cache.clear();
			assertThat(cache.get("a")).isNull();
			assertThat(cache.get("b")).isNull();
			assertThat(cache.evictIfPresent("a")).isFalse();
			cache.put("a", "one");
			cache.invalidate();
			assertThat(cache.get("a")).isNull();
		});
	}

	@Test
	void whatIsLoadedIsThereAndIsNotLoadedAgain() {
		withCache((cache) -> {
			AtomicInteger loads = new AtomicInteger();
			for (int i = 0; i < 2; i++) {
				assertThat(cache.get("a", () -> "loaded " + loads.incrementAndGet())).isEqualTo("loaded 1");
				assertThat(cache.get("a", String.class)).isEqualTo("loaded 1");
			}
			for (int i = 0; i < 2; i++) {
				assertThat(cache.<String>get("b", () -> {
					loads.incrementAndGet();
					return null;
				})).isNull();
			}
			assertThat(loads).hasValue(2);
		});
	}

	@Test
	void anExceptionOfTheLoaderIsTheCauseAndNothingIsCached() {
		withCache((cache) -> {
			Exception failure = new Exception("no database");
			assertThatExceptionOfType(ValueRetrievalException.class).isThrownBy(() -> cache.get("a", () -> {
				throw failure;
			})).withCause(failure).satisfies((ex) -> assertThat(ex.getKey()).isEqualTo("a"));
			assertThat(cache.get("a")).isNull();
			assertThat(cache.get("a", () -> "loaded")).isEqualTo("loaded");
		});
	}

	@Test
	void ofManyThatLoadOneDoes() {
		withCache((cache) -> {
			AtomicInteger loads = new AtomicInteger();
			assertThat(together(16, (number) -> cache.get("a", () -> "loaded " + loads.incrementAndGet())))
				.containsOnly("loaded 1");
			assertThat(loads).hasValue(1);
		});
	}

	@Test
	void whatIsRetrievedTellsAMissFromNull() {
		withCache((cache) -> {
			assertThat(cache.retrieve("a")).isNotNull().succeedsWithin(timeout()).isNull();
			cache.put("a", "one");
			cache.put("b", null);
			assertThat(cache.retrieve("a").join()).isInstanceOfSatisfying(ValueWrapper.class,
					(wrapper) -> assertThat(wrapper.get()).isEqualTo("one"));
			assertThat(cache.retrieve("b").join()).isInstanceOfSatisfying(ValueWrapper.class,
					(wrapper) -> assertThat(wrapper.get()).isNull());
		});
	}

	@Test
	void whatIsLoadedWhenRetrievedIsThereAndIsNotLoadedAgain() {
		withCache((cache) -> {
			AtomicInteger loads = new AtomicInteger();
			for (int i = 0; i < 2; i++) {
				assertThat(cache.retrieve("a",
						() -> CompletableFuture.completedFuture("loaded " + loads.incrementAndGet())))
					.succeedsWithin(timeout())
					.isEqualTo("loaded 1");
				assertThat(cache.<String>retrieve("b", () -> {
					loads.incrementAndGet();
					return CompletableFuture.completedFuture(null);
				})).succeedsWithin(timeout()).isNull();
			}
			assertThat(loads).hasValue(2);
			assertThat(cache.get("a", String.class)).isEqualTo("loaded 1");
		});
	}

	@Test
	void anExceptionWhenRetrievedIsTheFutures() {
		withCache((cache) -> {
			Exception failure = new Exception("no database");
			assertThat(cache.retrieve("a", () -> CompletableFuture.failedFuture(failure))).failsWithin(timeout())
				.withThrowableThat()
				.withCause(failure);
			assertThat(cache.retrieve("a", () -> {
				throw new IllegalArgumentException("no");
			})).failsWithin(timeout()).withThrowableThat().withCauseInstanceOf(IllegalArgumentException.class);
		});
	}

	@Test
	void keysDifferAsTheirObjectsDo() {
		withCache((cache) -> {
			List<Object> keys = List.of(1L, "1", SimpleKey.EMPTY, new SimpleKey("a", "b"), new SimpleKey("a, b", ""),
					new SimpleKey(1, null), new SimpleKey("1", null), new SimpleKey((Object) new int[] { 1 }));
			keys.forEach((key) -> cache.put(key, "of " + key));
			keys.forEach((key) -> assertThat(cache.get(key, String.class)).isEqualTo("of " + key));
			assertThat(cache.get(1, String.class)).isEqualTo("of 1");
		});
	}

	@Test
	void aValueThatCanNotBeWrittenLeavesNoEntry() {
		withCache((cache) -> {
			cache.put("a", "one");
			cache.put("a", List.of("no text"));
			assertThat(cache.get("a")).isNull();
		});
	}

	private static Object valueOf(ValueWrapper wrapper) {
		assertThat(wrapper).isNotNull();
		return wrapper.get();
	}

	private static Duration timeout() {
		return Duration.ofSeconds(10);
	}

	private static <T> List<T> together(int count, IntFunction<T> action) {
		ExecutorService executor = Executors.newFixedThreadPool(count);
		try {
			CountDownLatch start = new CountDownLatch(count);
			List<Future<T>> results = IntStream.range(0, count).mapToObj((number) -> executor.submit(() -> {
				start.countDown();
				start.await();
				return action.apply(number);
			})).toList();
			List<T> values = new ArrayList<>();
			for (Future<T> result : results) {
				values.add(result.get());
			}
			return values;
		}
		catch (Exception ex) {
			throw new AssertionError(ex);
		}
		finally {
			executor.shutdownNow();
		}
	}

	@EnableCaching
	@Configuration(proxyBeanMethods = false)
	static class Caching {

	}

}
