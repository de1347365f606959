package io.github.rediskit.cache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.rediskit.cache.CacheSettings.AfterWait;
import io.github.rediskit.cache.CacheSettings.OnFailure;
import io.github.rediskit.cache.LeasedCacheTests.Product;
import io.github.rediskit.script.RedisUnavailableException;
import io.github.rediskit.testing.MeasuresTime;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What a cache does by its settings while Redis is away, and what that costs.
 */
@Timeout(60)
@MeasuresTime
class CacheWithoutRedisTests {

	private final RedisTestServer server = RedisTestServer.start();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	@AfterEach
	void stop() {
		this.threads.shutdownNow();
		this.server.close();
	}

	@Test
	void aFrozenRedisCostsTwoCallsATimeoutAndTheOthersNothing() {
		try (CacheInstance instance = connected(CacheInstance.SETTINGS)) {
			this.server.freeze();
			for (int i = 0; i < 2; i++) {
				long start = System.nanoTime();
				product(instance, i);
				assertThat(since(start)).isLessThan(CacheInstance.COMMAND_TIMEOUT.plusMillis(400));
			}
			long[] nanos = new long[1000];
			for (int i = 0; i < nanos.length; i++) {
				long start = System.nanoTime();
				product(instance, i);
				nanos[i] = System.nanoTime() - start;
			}
			Arrays.sort(nanos);
			assertThat(Duration.ofNanos(nanos[nanos.length / 2])).isLessThan(Duration.ofMillis(1));
			this.server.thaw();
			long start = System.nanoTime();
			await().pollInterval(Duration.ofMillis(5)).until(() -> {
				instance.events.take();
				product(instance, 1);
				return !instance.events.contains("bypassed");
			});
			assertThat(since(start)).isLessThan(Duration.ofMillis(500));
		}
	}

	@Test
	void invalidationsMadeWhileTheCircuitIsOpenAreCarriedOutWithinASecond() {
		try (CacheInstance instance = connected(CacheInstance.SETTINGS);
				CacheInstance other = connected(CacheInstance.SETTINGS)) {
			for (int i = 0; i < 100; i++) {
				long id = i;
				instance.cache(Product.class).get(id, (key) -> new Product(id, "old"));
			}
			this.server.freeze();
			product(instance, "any");
			product(instance, "any");
			instance.events.take();
			long start = System.nanoTime();
			for (int i = 0; i < 100; i++) {
				instance.cache(Product.class).invalidate((long) i);
			}
			assertThat(since(start)).as("nothing is waited for").isLessThan(Duration.ofMillis(300));
			assertThat(instance.events.count("deferred")).isEqualTo(100);
			this.server.thaw();
			await().atMost(Duration.ofSeconds(1))
				.pollInterval(Duration.ofMillis(10))
				.until(() -> instance.events.contains("caught-up"));
			for (int i = 0; i < 100; i++) {
				assertThat(other.cache(Product.class).getIfPresent((long) i)).isEmpty();
			}
		}
	}

	@Test
	void aPutWithoutRedisCostsOneTimeout() {
		try (CacheInstance instance = connected(CacheInstance.SETTINGS)) {
			this.server.freeze();
			long start = System.nanoTime();
			instance.cache(Product.class).put(1, new Product(1, "lamp"));
			assertThat(since(start)).isLessThan(CacheInstance.COMMAND_TIMEOUT.plusMillis(300));
			assertThat(instance.events.contains("deferred")).isTrue();
		}
	}

	@Test
	void aClosedCacheFailsWithoutLoading() {
		try (CacheInstance instance = connected(settings(OnFailure.CLOSED, 64, AfterWait.LOAD))) {
			instance.cache(Product.class).get(1, (id) -> new Product(1, "lamp"));
			this.server.kill();
			assertThatExceptionOfType(CacheUnavailableException.class)
				.isThrownBy(() -> instance.cache(Product.class).get(1, CacheWithoutRedisTests::unexpected))
				.withMessageContaining("'products'")
				.withMessageContaining("on-failure: closed")
				.withCauseInstanceOf(RedisUnavailableException.class);
			assertThatExceptionOfType(CacheUnavailableException.class)
				.isThrownBy(() -> instance.cache(Product.class).getIfPresent(1));
			CompletableFuture<Product> async = instance.cache(Product.class)
				.getAsync(1, (id) -> CompletableFuture.completedStage(unexpected(id)))
				.toCompletableFuture();
			assertThat(async).failsWithin(Duration.ofSeconds(5))
				.withThrowableThat()
				.withCauseInstanceOf(CacheUnavailableException.class);
			assertThat(instance.events.count("refused")).isEqualTo(3);
			assertThat(instance.events.contains("bypassed")).isFalse();
		}
	}

	@Test
	void aClosedCacheInvalidatesLikeAnyOtherAndAnswersAgainAfterwards() {
		try (CacheInstance instance = connected(settings(OnFailure.CLOSED, 64, AfterWait.LOAD))) {
			instance.cache(Product.class).get(1, (id) -> new Product(1, "old"));
			this.server.freeze();
			instance.cache(Product.class).invalidate(1);
			instance.cache(Product.class).invalidate(2);
			assertThat(instance.events.count("deferred")).isEqualTo(2);
			assertThatExceptionOfType(CacheUnavailableException.class)
				.isThrownBy(() -> instance.cache(Product.class).get(1, CacheWithoutRedisTests::unexpected));
			this.server.thaw();
			await().until(() -> instance.events.contains("caught-up"));
			assertThat(instance.cache(Product.class).get(1, (id) -> new Product(1, "new")))
				.isEqualTo(new Product(1, "new"));
		}
	}

	@Test
	void aClosedCacheReturnsWhatItLoadedBeforeRedisWentAway() {
		try (CacheInstance instance = connected(settings(OnFailure.CLOSED, 64, AfterWait.LOAD))) {
			assertThat(instance.cache(Product.class).get(1, (id) -> {
				this.server.kill();
				return new Product(1, "lamp");
			})).isEqualTo(new Product(1, "lamp"));
		}
	}

	@Test
	void notMoreThanTheAllowedLoadsRunAtOnceWithoutRedis() throws Exception {
		try (CacheInstance instance = connected(settings(OnFailure.OPEN, 3, AfterWait.FAIL))) {
			this.server.kill();
			assertThat(mostLoadsOf(instance, 40, false)).isBetween(1, 3);
			assertThat(mostLoadsOf(instance, 40, true)).isBetween(1, 3);
		}
	}

	@Test
	void zeroIsNoLimit() throws Exception {
		try (CacheInstance instance = connected(settings(OnFailure.OPEN, 0, AfterWait.FAIL))) {
			this.server.kill();
			CountDownLatch everybody = new CountDownLatch(40);
			List<Future<Product>> calls = new ArrayList<>();
			for (int i = 0; i < 40; i++) {
				long id = i;
				calls.add(this.threads.submit(() -> instance.cache(Product.class).get(id, (key) -> {
					everybody.countDown();
					await().until(() -> everybody.getCount() == 0);
					return new Product(id, "lamp");
				})));
			}
			for (Future<Product> call : calls) {
				call.get(20, TimeUnit.SECONDS);
			}
		}
	}

	@Test
	void whoHasWaitedTooLongForAPlaceFailsOrLoadsAsTheCacheIsSet() throws Exception {
		try (CacheInstance fails = connected(settings(OnFailure.OPEN, 1, AfterWait.FAIL));
				CacheInstance loads = connected(settings(OnFailure.OPEN, 1, AfterWait.LOAD))) {
			this.server.kill();
			CountDownLatch release = new CountDownLatch(1);
			List<Future<Product>> slow = List.of(hold(fails, release), hold(loads, release));
			assertThatExceptionOfType(CacheWaitException.class)
				.isThrownBy(() -> fails.cache(Product.class).get(2, CacheWithoutRedisTests::unexpected))
				.withMessageContaining("1 loads of the cache 'products'")
				.withMessageContaining("300 ms");
			assertThat(loads.cache(Product.class).get(2, (id) -> new Product(2, "own")))
				.isEqualTo(new Product(2, "own"));
			release.countDown();
			for (Future<Product> each : slow) {
				assertThat(each.get(10, TimeUnit.SECONDS)).isEqualTo(new Product(1, "slow"));
			}
			product(fails, 3);
		}
	}

	@Test
	void aLoadThatFailsMakesRoom() {
		try (CacheInstance instance = connected(settings(OnFailure.OPEN, 1, AfterWait.FAIL))) {
			this.server.kill();
			for (int i = 0; i < 3; i++) {
				assertThatExceptionOfType(IllegalArgumentException.class)
					.isThrownBy(() -> instance.cache(Product.class).get(1, (id) -> {
						throw new IllegalArgumentException("no database");
					}));
			}
			product(instance, 1);
		}
	}

	private Future<Product> hold(CacheInstance instance, CountDownLatch release) throws InterruptedException {
		CountDownLatch loading = new CountDownLatch(1);
		Future<Product> result = this.threads.submit(() -> instance.cache(Product.class).get(1, (id) -> {
			loading.countDown();
			await().until(() -> release.getCount() == 0);
			return new Product(1, "slow");
		}));
		assertThat(loading.await(10, TimeUnit.SECONDS)).isTrue();
		return result;
	}

	private int mostLoadsOf(CacheInstance instance, int keys, boolean async) throws Exception {
		AtomicInteger running = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		List<Future<Product>> calls = new ArrayList<>();
		for (int i = 0; i < keys; i++) {
			long id = i;
			calls.add(async
					? instance.cache(Product.class)
						.getAsync(id,
								(key) -> CompletableFuture.supplyAsync(() -> load(id, running, most), this.threads))
						.toCompletableFuture()
					: this.threads
						.submit(() -> instance.cache(Product.class).get(id, (key) -> load(id, running, most))));
		}
		for (int i = 0; i < keys; i++) {
			assertThat(calls.get(i).get(20, TimeUnit.SECONDS)).isEqualTo(new Product(i, "loaded"));
		}
		return most.get();
	}

	private static Product load(long id, AtomicInteger running, AtomicInteger most) {
		most.accumulateAndGet(running.incrementAndGet(), Math::max);
		Thread.yield();
		running.decrementAndGet();
		return new Product(id, "loaded");
	}

	private CacheInstance connected(CacheSettings settings) {
		CacheInstance instance = new CacheInstance(this.server.uri(), settings);
		product(instance, "warm");
		instance.events.take();
		return instance;
	}

	private static CacheSettings settings(OnFailure onFailure, int maxLoads, AfterWait afterWait) {
		return TestSettings.with((settings) -> {
			settings.nullTtl = Duration.ZERO;
			settings.waitTimeout = Duration.ofMillis(300);
			settings.afterWait = afterWait;
			settings.onFailure = onFailure;
			settings.maxLoadsWithoutRedis = maxLoads;
		});
	}

	private static void product(CacheInstance instance, Object key) {
		assertThat(instance.cache(Product.class).get(key, (id) -> new Product(0, "any")).name()).isNotNull();
	}

	private static Product unexpected(Object id) {
		throw new AssertionError("loaded " + id);
	}

	private static Duration since(long start) {
		return Duration.ofNanos(System.nanoTime() - start);
	}

}
