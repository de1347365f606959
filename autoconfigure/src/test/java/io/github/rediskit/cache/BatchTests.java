package io.github.rediskit.cache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.LongStream;

import io.github.rediskit.cache.LeasedCacheTests.Product;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Calls for several keys at once.
 */
@RedisTest
@Timeout(60)
class BatchTests {

	private final RedisTestServer server = RedisTestServer.shared();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final List<Collection<Long>> loads = new CopyOnWriteArrayList<>();

	private CacheInstance one;

	private CacheInstance two;

	@BeforeEach
	void start() {
		this.one = new CacheInstance(this.server.uri());
		this.two = new CacheInstance(this.server.uri());
	}

	@AfterEach
	void stop() {
		this.threads.shutdownNow();
		this.one.close();
		this.two.close();
	}

	private static ReadThroughCache<Long, Product> cache(CacheInstance instance) {
		return instance.caches().cache("products", Product.class);
	}

	private Map<Long, Product> load(Collection<Long> keys) {
		this.loads.add(List.copyOf(keys));
		Map<Long, Product> result = new HashMap<>();
		keys.forEach((key) -> result.put(key, new Product(key, "loaded")));
		return result;
	}

	private static <K, V> Map<K, V> unexpected(Collection<K> keys) {
		throw new AssertionError("loaded " + keys);
	}

	private static List<Long> keys(long from, long to) {
		return LongStream.range(from, to).boxed().toList();
	}

	@Test
	void whatIsMissingIsLoadedAtOnceAndInOrder() {
		cache(this.one).put(2L, new Product(2, "cached"));
		Map<Long, Product> found = cache(this.one).getAll(List.of(3L, 2L, 1L, 3L), this::load);
		assertThat(found).containsExactly(Map.entry(3L, new Product(3, "loaded")),
				Map.entry(2L, new Product(2, "cached")), Map.entry(1L, new Product(1, "loaded")));
		assertThat(this.loads).containsExactly(List.of(3L, 1L));
		assertThat(cache(this.two).getAll(List.of(1L, 2L, 3L), BatchTests::unexpected)).hasSize(3);
	}

	@Test
	void theEntriesAreThoseOfSingleCalls() {
		cache(this.one).getAll(List.of(1L, 2L), this::load);
		assertThat(cache(this.two).get(1L, (id) -> new Product(id, "single"))).isEqualTo(new Product(1, "loaded"));
		cache(this.two).get(3L, (id) -> new Product(id, "single"));
		assertThat(cache(this.one).getAll(List.of(3L), BatchTests::unexpected)).containsEntry(3L,
				new Product(3, "single"));
	}

	@Test
	void nothingIsAskedForNothing() {
		assertThat(cache(this.one).getAll(List.of(), BatchTests::unexpected)).isEmpty();
	}

	@Test
	void whatTheLoaderLeavesOutIsRememberedAsAbsent() {
		assertThat(cache(this.one).getAll(List.of(1L, 2L), (keys) -> Map.of(1L, new Product(1, "loaded"))))
			.containsOnlyKeys(1L);
		assertThat(cache(this.two).getAll(List.of(1L, 2L), BatchTests::unexpected)).containsOnlyKeys(1L);
		assertThat(cache(this.two).get(2L, (id) -> new Product(id, "unexpected"))).isNull();
	}

	@Test
	void whatWasNotAskedForIsNotTaken() {
		Map<Long, Product> found = cache(this.one).getAll(List.of(1L),
				(keys) -> Map.of(1L, new Product(1, "loaded"), 9L, new Product(9, "more")));
		assertThat(found).containsOnlyKeys(1L);
		assertThat(cache(this.one).getIfPresent(9L)).isEmpty();
	}

	@Test
	void twentyOfFiveHundredAreThreeWaves() {
		Waves waves = new Waves();
		try (CacheInstance counting = new CacheInstance(this.server.uri(), CacheInstance.SETTINGS, waves::count)) {
			cache(counting).getAll(keys(0, 480), this::load);
			this.loads.clear();
			this.server.resetStats();
			waves.reset();
			assertThat(cache(counting).getAll(keys(0, 500), this::load)).hasSize(500);
			assertThat(waves.waves()).isEqualTo(3);
			assertThat(this.loads).containsExactly(keys(480, 500));
			assertThat(this.server.commandStats()).containsEntry("mget", 1L).containsEntry("evalsha", 40L);
		}
	}

	@Test
	void aFailedLoadIsTheCallersAndNobodyWaitsAfterIt() {
		assertThatIllegalStateException().isThrownBy(() -> cache(this.one).getAll(List.of(1L, 2L), (keys) -> {
			throw new IllegalStateException("no database");
		})).withMessage("no database");
		long start = System.nanoTime();
		assertThat(cache(this.two).getAll(List.of(1L, 2L), this::load)).hasSize(2);
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(CacheInstance.SETTINGS.loading().lease());
	}

	@Test
	void batchesThatOverlapLoadEachKeyOnce() throws Exception {
		CountDownLatch loading = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		Future<Map<Long, Product>> first = this.threads
			.submit(() -> cache(this.one).getAll(List.of(1L, 2L, 3L), (keys) -> {
				loading.countDown();
				reach(release);
				return load(keys);
			}));
		reach(loading);
		Future<Map<Long, Product>> neighbour = this.threads
			.submit(() -> cache(this.one).getAll(List.of(2L, 3L, 4L), this::load));
		Future<Map<Long, Product>> elsewhere = this.threads
			.submit(() -> cache(this.two).getAll(List.of(3L, 5L), this::load));
		Future<Product> single = this.threads
			.submit(() -> cache(this.two).get(1L, (id) -> new Product(id, "unexpected")));
		org.awaitility.Awaitility.await().until(() -> this.loads.size() == 2);
		release.countDown();
		assertThat(first.get()).hasSize(3);
		assertThat(neighbour.get()).hasSize(3);
		assertThat(elsewhere.get()).hasSize(2);
		assertThat(single.get()).isEqualTo(new Product(1, "loaded"));
		assertThat(this.loads.stream().flatMap(Collection::stream)).containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L);
	}

	@Test
	void aBatchThatBeganBeforeAnInvalidationStoresTheOthers() throws Exception {
		CountDownLatch loading = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		Future<Map<Long, Product>> batch = this.threads.submit(() -> cache(this.one).getAll(List.of(1L, 2L), (keys) -> {
			loading.countDown();
			reach(release);
			return load(keys);
		}));
		reach(loading);
		cache(this.two).invalidate(1L);
		release.countDown();
		assertThat(batch.get()).hasSize(2);
		assertThat(cache(this.two).getIfPresent(1L)).isEmpty();
		assertThat(cache(this.two).getIfPresent(2L)).isPresent();
	}

	@Test
	void aLoaderMayAskForTheKeysItLoads() {
		assertThat(cache(this.one).getAll(List.of(1L, 2L), (keys) -> cache(this.one).getAll(keys, this::load)))
			.hasSize(2);
		assertThat(this.loads).containsExactly(List.of(1L, 2L));
	}

	@Test
	void whoWaitsTooLongForAnotherInstanceLoadsOrFails() throws Exception {
		CountDownLatch loading = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		Future<?> slow = this.threads.submit(() -> cache(this.one).getAll(List.of(1L), (keys) -> {
			loading.countDown();
			reach(release);
			return load(keys);
		}));
		reach(loading);
		try (CacheInstance loads = impatient(CacheSettings.AfterWait.LOAD);
				CacheInstance fails = impatient(CacheSettings.AfterWait.FAIL)) {
			assertThat(cache(loads).getAll(List.of(1L, 2L), this::load)).hasSize(2);
			assertThat(this.loads).containsExactly(List.of(2L), List.of(1L));
			assertThatExceptionOfType(CacheWaitException.class)
				.isThrownBy(() -> cache(fails).getAll(List.of(1L), BatchTests::unexpected));
		}
		release.countDown();
		slow.get();
	}

	private CacheInstance impatient(CacheSettings.AfterWait afterWait) {
		return new CacheInstance(this.server.uri(), TestSettings.with((settings) -> {
			settings.waitTimeout = Duration.ofMillis(150);
			settings.afterWait = afterWait;
		}));
	}

	@Test
	void withoutRedisABatchIsOneLoad() {
		try (RedisTestServer own = RedisTestServer.start(); CacheInstance instance = new CacheInstance(own.uri())) {
			cache(instance).getAll(List.of(1L, 2L), this::load);
			own.kill();
			this.loads.clear();
			assertThat(cache(instance).getAll(List.of(1L, 2L, 3L), this::load)).hasSize(3);
			assertThat(this.loads).containsExactly(List.of(1L, 2L, 3L));
		}
	}

	@Test
	void oldValuesAnswerAndAreLoadedAgainInOneGo() {
		try (CacheInstance instance = new CacheInstance(this.server.uri(), TestSettings.with((settings) -> {
			settings.ttl = Duration.ofMillis(50);
			settings.staleWhileRevalidate = Duration.ofMinutes(1);
		}))) {
			ReadThroughCache<Long, Product> cache = cache(instance);
			cache.getAll(List.of(1L, 2L), (keys) -> byKey(keys, (key) -> new Product(key, "old")));
			org.awaitility.Awaitility.await().until(() -> {
				assertThat(cache.getAll(List.of(1L, 2L), this::load)).hasSize(2);
				return !this.loads.isEmpty();
			});
			assertThat(this.loads.get(0)).containsExactly(1L, 2L);
			assertThat(instance.events.contains("stale:REVALIDATING")).isTrue();
		}
	}

	@Test
	void oldValuesAreWhatIsLeftWhenTheLoadFails() {
		try (CacheInstance instance = new CacheInstance(this.server.uri(), TestSettings.with((settings) -> {
			settings.ttl = Duration.ofMillis(50);
			settings.staleIfError = Duration.ofMinutes(1);
		}))) {
			ReadThroughCache<Long, Product> cache = cache(instance);
			cache.getAll(List.of(1L, 2L), (keys) -> byKey(keys, (key) -> new Product(key, "old")));
			org.awaitility.Awaitility.await().until(() -> {
				assertThat(cache.getAll(List.of(1L, 2L), (keys) -> {
					throw new IllegalStateException("no database");
				})).containsEntry(1L, new Product(1, "old")).hasSize(2);
				return instance.events.contains("stale:LOAD_FAILED");
			});
			assertThatIllegalStateException().isThrownBy(() -> cache.getAll(List.of(1L, 3L), (keys) -> {
				throw new IllegalStateException("no database");
			}));
		}
	}

	@Test
	void aBatchCanBeAskedForWithoutBlocking() throws Exception {
		LeasedCache<Long, Product> cache = this.one.caches().cache("products", (java.lang.reflect.Type) Product.class);
		List<io.github.rediskit.key.KeyId> ids = List.of(io.github.rediskit.key.KeyId.of(1L),
				io.github.rediskit.key.KeyId.of(2L));
		Map<io.github.rediskit.key.KeyId, Product> found = cache
			.getAllAsync(ids,
					(missing) -> CompletableFuture
						.supplyAsync(() -> byKey(missing, (id) -> Loaded.of(new Product(0, "loaded")))))
			.toCompletableFuture()
			.get(5, TimeUnit.SECONDS);
		assertThat(found).containsOnlyKeys(ids);
	}

	private static <K, V> Map<K, V> byKey(Collection<K> keys, Function<K, V> value) {
		Map<K, V> result = new HashMap<>();
		keys.forEach((key) -> result.put(key, value.apply(key)));
		return result;
	}

	private static void reach(CountDownLatch latch) {
		try {
			assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

}
