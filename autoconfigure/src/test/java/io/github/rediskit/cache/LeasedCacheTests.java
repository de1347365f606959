package io.github.rediskit.cache;

import java.io.IOException;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import io.github.rediskit.key.KeyId;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * The protocol of {@link LeasedCache} with a real Redis and two instances.
 */
@RedisTest
@Timeout(60)
class LeasedCacheTests {

	private final RedisTestServer server = RedisTestServer.shared();

	private final ExecutorService threads = Executors.newCachedThreadPool();

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

	@Test
	void whatOneInstanceLoadedAnswersTheOther() {
		assertThat(this.one.cache(Product.class).get(42, (id) -> new Product(42, "lamp")))
			.isEqualTo(new Product(42, "lamp"));
		assertThat(this.two.cache(Product.class).get(42L, LeasedCacheTests::unexpected))
			.isEqualTo(new Product(42, "lamp"));
		assertThat(this.one.events.take()).containsExactly("miss:ABSENT", "loaded");
		assertThat(this.two.events.take()).containsExactly("hit");
	}

	@Test
	void aHitIsOneReadAndAMissIsTwoScripts() {
		ReadThroughCache<Object, Product> cache = this.one.cache(Product.class);
		cache.get(1, (id) -> new Product(1, "first")); // connects and makes the
														// generation
		this.server.resetStats();
		cache.get(2, (id) -> new Product(2, "second"));
		Map<String, Long> miss = this.server.commandStats();
		this.server.resetStats();
		cache.get(2, LeasedCacheTests::unexpected);
		Map<String, Long> hit = this.server.commandStats();
		assertThat(scripts(miss)).isEqualTo(2);
		assertThat(miss).containsEntry("mget", 1L);
		assertThat(hit).containsEntry("mget", 1L);
		assertThat(hit.keySet()).isSubsetOf("mget", "config", "config|resetstat", "info");
	}

	private static long scripts(Map<String, Long> calls) {
		return calls.getOrDefault("evalsha", 0L);
	}

	@Test
	void everyKeyHasATimeToLive() {
		this.one.cache(Product.class).get(1, (id) -> new Product(1, "lamp"));
		this.one.cache(Product.class).get(2, (id) -> null);
		List<String> keys = this.server.commands().keys("*");
		assertThat(keys).containsExactlyInAnyOrder("shop:cache:products:{1}", "shop:cache:products:{2}",
				"shop:cache-generation:products");
		assertThat(keys).allSatisfy((key) -> assertThat(this.server.commands().pttl(key)).isPositive());
		assertThat(this.server.commands().pttl("shop:cache:products:{1}")).isBetween(539_000L, 600_000L);
		assertThat(this.server.commands().pttl("shop:cache:products:{2}")).isBetween(26_000L, 30_000L);
	}

	@Test
	void absenceIsRememberedForItsOwnTime() {
		AtomicInteger loads = new AtomicInteger();
		for (int i = 0; i < 3; i++) {
			assertThat(this.one.cache(Product.class).get(7, (id) -> {
				loads.incrementAndGet();
				return null;
			})).isNull();
		}
		assertThat(loads).hasValue(1);
		assertThat(this.two.cache(Product.class).getIfPresent(7)).isEmpty();
	}

	@Test
	void oneOfAllCallersOfAllInstancesLoads() throws Exception {
		AtomicInteger loads = new AtomicInteger();
		CountDownLatch release = new CountDownLatch(1);
		List<Future<Product>> calls = new ArrayList<>();
		CyclicBarrier together = new CyclicBarrier(32);
		for (int i = 0; i < 32; i++) {
			CacheInstance instance = (i % 2 == 0) ? this.one : this.two;
			calls.add(this.threads.submit(() -> {
				together.await();
				return instance.cache(Product.class).get(1, (id) -> {
					loads.incrementAndGet();
					reach(release);
					return new Product(1, "lamp");
				});
			}));
		}
		await().until(() -> loads.get() == 1);
		release.countDown();
		for (Future<Product> call : calls) {
			assertThat(call.get()).isEqualTo(new Product(1, "lamp"));
		}
		assertThat(loads).hasValue(1);
	}

	@Test
	void theLoaderRunsInItsCallersThread() {
		Thread[] seen = new Thread[1];
		this.one.cache(Product.class).get(1, (id) -> {
			seen[0] = Thread.currentThread();
			return new Product(1, "lamp");
		});
		assertThat(seen[0]).isSameAs(Thread.currentThread());
	}

	@Test
	void aLoadThatBeganBeforeAnEvictionIsNeverStored() throws Exception {
		HeldLoad old = hold(this.one, new Product(1, "old"));
		this.two.cache(Product.class).invalidate(1);
		old.release();
		assertThat(old.value()).isEqualTo(new Product(1, "old"));
		assertThat(this.one.events.contains("rejected")).isTrue();
		assertThat(this.two.cache(Product.class).getIfPresent(1)).isEmpty();
		assertThat(this.one.cache(Product.class).get(1, (id) -> new Product(1, "new")))
			.isEqualTo(new Product(1, "new"));
	}

	@Test
	void aLoadThatBeganBeforeEverythingWasInvalidatedIsNeverRead() throws Exception {
		this.one.cache(Product.class).get(2, (id) -> new Product(2, "other"));
		HeldLoad old = hold(this.one, new Product(1, "old"));
		this.two.cache(Product.class).invalidateAll();
		old.release();
		old.value();
		assertThat(this.two.cache(Product.class).getIfPresent(1)).isEmpty();
		assertThat(this.two.cache(Product.class).getIfPresent(2)).isEmpty();
	}

	@Test
	void whoComesAfterALocalEvictionDoesNotJoinTheLoadBeforeIt() throws Exception {
		HeldLoad old = hold(this.one, new Product(1, "old"));
		this.one.cache(Product.class).invalidate(1);
		assertThat(this.one.cache(Product.class).get(1, (id) -> new Product(1, "new")))
			.isEqualTo(new Product(1, "new"));
		old.release();
		old.value();
		assertThat(this.one.cache(Product.class).getIfPresent(1)).contains(new Product(1, "new"));
	}

	@Test
	void whoJoinedALoadThatAnEvictionElsewhereOutdatedAsksAgain() throws Exception {
		HeldLoad leader = hold(this.one, new Product(1, "old"));
		this.two.cache(Product.class).invalidate(1);
		Future<Product> joined = join(() -> new Product(1, "new"));
		leader.release();
		assertThat(leader.value()).isEqualTo(new Product(1, "old"));
		assertThat(joined.get()).isEqualTo(new Product(1, "new"));
	}

	@Test
	void whoJoinedALoadThatAnInvalidationOfEverythingOutdatedAsksAgain() throws Exception {
		HeldLoad leader = hold(this.one, new Product(1, "old"));
		this.two.cache(Product.class).invalidateAll();
		Future<Product> joined = join(() -> new Product(1, "new"));
		leader.release();
		assertThat(leader.value()).isEqualTo(new Product(1, "old"));
		assertThat(joined.get()).isEqualTo(new Product(1, "new"));
	}

	@Test
	void whoJoinedALoadOfNothingThatAnEvictionOutdatedAsksAgain() throws Exception {
		HeldLoad leader = hold(this.one, (Product) null);
		this.two.cache(Product.class).invalidate(1);
		Future<Product> joined = join(() -> new Product(1, "new"));
		leader.release();
		assertThat(leader.value()).isNull();
		assertThat(joined.get()).isEqualTo(new Product(1, "new"));
	}

	@Test
	void whoJoinedALoadThatFailedAfterAnEvictionAsksAgain() throws Exception {
		HeldLoad leader = hold(this.one, () -> {
			throw new IllegalArgumentException("no such row");
		});
		this.two.cache(Product.class).invalidate(1);
		Future<Product> joined = join(() -> new Product(1, "new"));
		leader.release();
		assertThat(leader.call()).failsWithin(Duration.ofSeconds(10));
		assertThat(joined.get()).isEqualTo(new Product(1, "new"));
	}

	/** A caller that comes while another of this instance loads. */
	private Future<Product> join(Supplier<Product> own) {
		this.one.events.take();
		Future<Product> joined = this.threads.submit(() -> this.one.cache(Product.class).get(1, (id) -> own.get()));
		await().until(() -> this.one.events.contains("miss:ABSENT"));
		return joined;
	}

	@Test
	void theLoadersExceptionIsTheCallersAsItWas() throws Throwable {
		LeasedCache<Object, Product> cache = this.one.caches().cache("products", (Type) Product.class);
		for (Throwable failure : List.of(new CompletionException(new IOException("no")),
				new ExecutionException(new IOException("no")), new IOException("no"), new AssertionError("no"))) {
			assertThatThrownBy(() -> cache.get(KeyId.of(1), () -> {
				throw failure;
			})).isSameAs(failure);
		}
	}

	@Test
	void manyAsynchronousCallsShareOneLoad() {
		AtomicInteger loads = new AtomicInteger();
		CompletableFuture<Product> loading = new CompletableFuture<>();
		List<CompletableFuture<Product>> calls = new ArrayList<>();
		for (int i = 0; i < 64; i++) {
			calls.add(this.one.cache(Product.class).getAsync(1, (id) -> {
				loads.incrementAndGet();
				return loading;
			}).toCompletableFuture());
		}
		await().until(() -> this.one.events.count("miss:ABSENT") == 64);
		loading.complete(new Product(1, "lamp"));
		assertThat(calls).allSatisfy(
				(call) -> assertThat(call).succeedsWithin(Duration.ofSeconds(5)).isEqualTo(new Product(1, "lamp")));
		assertThat(loads).hasValue(1);
	}

	@Test
	void anAsynchronousCallGoesOnWhereItMayBlock() {
		CompletableFuture<String> thread = this.one.cache(Product.class)
			.getAsync(1, (id) -> CompletableFuture.completedFuture(new Product(1, "lamp")))
			.thenApply((product) -> Thread.currentThread().getName())
			.toCompletableFuture();
		assertThat(thread).succeedsWithin(Duration.ofSeconds(5)).asString().doesNotContain("lettuce");
	}

	@Test
	void aPutCancelsTheLoadInFlight() throws Exception {
		HeldLoad old = hold(this.one, new Product(1, "old"));
		this.two.cache(Product.class).put(1, new Product(1, "put"));
		old.release();
		old.value();
		assertThat(this.one.cache(Product.class).getIfPresent(1)).contains(new Product(1, "put"));
	}

	@Test
	void aFailedLoadIsSharedAndCachesNothing() throws Exception {
		AtomicInteger loads = new AtomicInteger();
		CountDownLatch loading = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		Callable<Product> call = () -> this.one.cache(Product.class).get(1, (id) -> {
			loads.incrementAndGet();
			loading.countDown();
			reach(release);
			throw new IllegalArgumentException("no database");
		});
		Future<Product> first = this.threads.submit(call);
		reach(loading);
		this.one.events.take();
		Future<Product> second = this.threads.submit(call);
		await().until(() -> this.one.events.contains("miss:ABSENT"));
		release.countDown();
		for (Future<Product> each : List.of(first, second)) {
			assertThat(each).failsWithin(Duration.ofSeconds(5))
				.withThrowableThat()
				.havingCause()
				.isInstanceOf(IllegalArgumentException.class)
				.withMessage("no database");
		}
		assertThat(this.two.cache(Product.class).get(1, (id) -> new Product(1, "lamp")))
			.isEqualTo(new Product(1, "lamp"));
	}

	@Test
	void aLoaderMayUseItsOwnCache() {
		ReadThroughCache<Object, Product> cache = this.one.cache(Product.class);
		Product outer = cache.get(1,
				(id) -> cache.get(2, (other) -> cache.get(1, (again) -> new Product(1, "recursive"))));
		assertThat(outer).isEqualTo(new Product(1, "recursive"));
	}

	@Test
	void anInterruptedCallerStillGetsItsValueAndStaysInterrupted() {
		Thread.currentThread().interrupt();
		Product product = this.one.cache(Product.class).get(1, (id) -> {
			assertThat(Thread.currentThread().isInterrupted()).isTrue();
			return new Product(1, "lamp");
		});
		assertThat(Thread.interrupted()).isTrue();
		assertThat(product).isEqualTo(new Product(1, "lamp"));
		assertThat(this.two.cache(Product.class).getIfPresent(1)).contains(new Product(1, "lamp"));
	}

	@Test
	void theAsynchronousDoorSharesEntriesAndLoads() {
		CompletableFuture<Product> loading = new CompletableFuture<>();
		CompletableFuture<Product> first = this.one.cache(Product.class)
			.getAsync(1, (id) -> loading)
			.toCompletableFuture();
		CompletableFuture<Product> second = this.one.cache(Product.class)
			.getAsync(1, (id) -> loading)
			.toCompletableFuture();
		loading.complete(new Product(1, "lamp"));
		assertThat(first).succeedsWithin(Duration.ofSeconds(5)).isEqualTo(new Product(1, "lamp"));
		assertThat(second).succeedsWithin(Duration.ofSeconds(5)).isEqualTo(new Product(1, "lamp"));
		assertThat(this.two.cache(Product.class).getIfPresent(1)).contains(new Product(1, "lamp"));
	}

	@Test
	void theAsynchronousDoorShowsTheLoadersException() {
		CompletableFuture<Product> failed = this.one.cache(Product.class)
			.getAsync(1, (id) -> CompletableFuture.failedFuture(new IllegalArgumentException("no database")))
			.toCompletableFuture();
		assertThat(failed).failsWithin(Duration.ofSeconds(5))
			.withThrowableThat()
			.withCauseInstanceOf(IllegalArgumentException.class);
	}

	@Test
	void aCallerWaitsNoLongerThanItIsTold() throws Exception {
		CacheSettings impatient = TestSettings.with((settings) -> {
			settings.waitTimeout = Duration.ofMillis(200);
			settings.afterWait = CacheSettings.AfterWait.LOAD;
		});
		CacheSettings strict = TestSettings.with((settings) -> {
			settings.waitTimeout = Duration.ofMillis(200);
			settings.afterWait = CacheSettings.AfterWait.FAIL;
		});
		HeldLoad slow = hold(this.one, new Product(1, "slow"));
		try (CacheInstance loads = new CacheInstance(this.server.uri(), impatient);
				CacheInstance fails = new CacheInstance(this.server.uri(), strict)) {
			assertThat(loads.cache(Product.class).get(1, (id) -> new Product(1, "own")))
				.isEqualTo(new Product(1, "own"));
			assertThatExceptionOfType(CacheWaitException.class)
				.isThrownBy(() -> fails.cache(Product.class).get(1, LeasedCacheTests::unexpected))
				.withMessageContaining("200 ms");
		}
		slow.release();
		assertThat(slow.value()).isEqualTo(new Product(1, "slow"));
	}

	@Test
	void aLongLoadKeepsItsLease() throws Exception {
		CacheSettings shortLease = TestSettings.with((settings) -> settings.lease = Duration.ofMillis(500));
		try (CacheInstance first = new CacheInstance(this.server.uri(), shortLease);
				CacheInstance second = new CacheInstance(this.server.uri(), shortLease)) {
			CountDownLatch loading = new CountDownLatch(1);
			Future<Product> slow = this.threads.submit(() -> first.cache(Product.class).get(1, (id) -> {
				loading.countDown();
				await().pollDelay(Duration.ofMillis(1500)).until(() -> true);
				return new Product(1, "slow");
			}));
			reach(loading);
			assertThat(second.cache(Product.class).get(1, LeasedCacheTests::unexpected))
				.isEqualTo(new Product(1, "slow"));
			slow.get();
		}
	}

	@Test
	void aLoadThatHangsLosesItsLeaseAfterItsTime() throws Exception {
		CacheSettings hasty = TestSettings.with((settings) -> {
			settings.lease = Duration.ofMillis(150);
			settings.loadTimeout = Duration.ofMillis(300);
		});
		try (CacheInstance first = new CacheInstance(this.server.uri(), hasty);
				CacheInstance second = new CacheInstance(this.server.uri(), hasty)) {
			CountDownLatch loading = new CountDownLatch(1);
			CountDownLatch release = new CountDownLatch(1);
			Future<Product> hanging = this.threads.submit(() -> first.cache(Product.class).get(1, (id) -> {
				loading.countDown();
				reach(release);
				return new Product(1, "late");
			}));
			reach(loading);
			assertThat(second.cache(Product.class).get(1, (id) -> new Product(1, "second")))
				.isEqualTo(new Product(1, "second"));
			release.countDown();
			hanging.get();
			assertThat(second.cache(Product.class).getIfPresent(1)).contains(new Product(1, "second"));
		}
	}

	@Test
	void garbageIsAMiss() {
		this.one.cache(Product.class).get(1, (id) -> new Product(1, "lamp"));
		byte[] key = "shop:cache:products:{1}".getBytes(StandardCharsets.US_ASCII);
		byte[] good = this.server.bytes().get(key);
		List<byte[]> garbage = List.of(new byte[0], new byte[] { 1 }, new byte[100],
				"hello".getBytes(StandardCharsets.US_ASCII), Arrays.copyOf(good, good.length - 3),
				Arrays.copyOf(good, 20));
		for (byte[] bytes : garbage) {
			this.server.bytes().psetex(key, 60_000, bytes);
			assertThat(this.one.cache(Product.class).get(1, (id) -> new Product(1, "again")))
				.isEqualTo(new Product(1, "again"));
			assertThat(this.two.cache(Product.class).get(1, LeasedCacheTests::unexpected))
				.isEqualTo(new Product(1, "again"));
		}
		this.server.commands().del("shop:cache:products:{1}");
		this.server.commands().lpush("shop:cache:products:{1}", "a", "list");
		this.server.commands().lpush("shop:cache-lease:products:{1}", "a", "list");
		this.server.commands().del("shop:cache-generation:products");
		this.server.commands().sadd("shop:cache-generation:products", "a set");
		assertThat(this.one.cache(Product.class).get(1, (id) -> new Product(1, "again")))
			.isEqualTo(new Product(1, "again"));
		assertThat(this.two.cache(Product.class).get(1, LeasedCacheTests::unexpected))
			.isEqualTo(new Product(1, "again"));
	}

	@Test
	void anEntryOfAnotherShapeIsAMiss() {
		this.one.cache(Product.class).get(1, (id) -> new Product(1, "lamp"));
		assertThat(this.two.cache(PricedProduct.class).get(1, (id) -> new PricedProduct(1, "lamp", 5)))
			.isEqualTo(new PricedProduct(1, "lamp", 5));
		assertThat(this.two.events.take()).containsExactly("miss:SCHEMA", "loaded");
		assertThat(this.one.cache(Product.class).get(1, (id) -> new Product(1, "lamp")))
			.isEqualTo(new Product(1, "lamp"));
		this.two.cache(PricedProduct.class).invalidate(1);
		assertThat(this.one.cache(Product.class).getIfPresent(1)).isEmpty();
	}

	@Test
	void aLostGenerationMeansMissesAndNoOldEntries() {
		this.one.cache(Product.class).get(1, (id) -> new Product(1, "old"));
		this.server.commands().del("shop:cache-generation:products");
		assertThat(this.two.cache(Product.class).getIfPresent(1)).isEmpty();
		assertThat(this.two.cache(Product.class).get(2, (id) -> new Product(2, "new")))
			.isEqualTo(new Product(2, "new"));
		assertThat(this.two.cache(Product.class).getIfPresent(1)).isEmpty();
		assertThat(this.one.cache(Product.class).getIfPresent(2)).contains(new Product(2, "new"));
	}

	@Test
	void aValueThatCanNotBeWrittenIsReturnedAllTheSame() {
		Object value = new Object() {

		};
		AtomicInteger loads = new AtomicInteger();
		ReadThroughCache<Object, Open> cache = this.one.cache(Open.class);
		Open returned = cache.get(1, (id) -> {
			loads.incrementAndGet();
			return new Open() {

				@Override
				public String toString() {
					return value.toString();
				}

			};
		});
		assertThat(returned).hasToString(value.toString());
		assertThat(loads).hasValue(1);
		assertThat(this.one.events.take()).containsExactly("miss:ABSENT", "loaded", "store-failed");
		assertThat(this.server.commands().exists("shop:cache-lease:products:{1}")).isZero();
	}

	@Test
	void aServerThatForgotTheScriptsIsSentThemAgain() {
		this.one.cache(Product.class).get(1, (id) -> new Product(1, "lamp"));
		this.server.commands().scriptFlush();
		assertThat(this.one.cache(Product.class).get(2, (id) -> new Product(2, "lamp")))
			.isEqualTo(new Product(2, "lamp"));
		assertThat(this.two.cache(Product.class).getIfPresent(2)).contains(new Product(2, "lamp"));
	}

	@Test
	void readersNeverSeeAnOldValueAfterAnInvalidation() throws Exception {
		AtomicInteger database = new AtomicInteger();
		AtomicInteger violations = new AtomicInteger();
		CountDownLatch stop = new CountDownLatch(1);
		List<Future<?>> readers = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			CacheInstance instance = (i % 2 == 0) ? this.one : this.two;
			readers.add(this.threads.submit(() -> {
				while (stop.getCount() > 0) {
					int atLeast = database.get() - 1;
					Counter seen = instance.cache(Counter.class).get(1, (id) -> new Counter(database.get()));
					if (seen.value() < atLeast) {
						violations.incrementAndGet();
					}
				}
			}));
		}
		long end = System.nanoTime()
				+ Duration.ofSeconds(Integer.getInteger("rediskit.test.hammer-seconds", 3)).toNanos();
		int writes = 0;
		while (System.nanoTime() < end) {
			database.incrementAndGet();
			((writes++ % 2 == 0) ? this.one : this.two).cache(Counter.class).invalidate(1);
		}
		stop.countDown();
		for (Future<?> reader : readers) {
			reader.get(10, TimeUnit.SECONDS);
		}
		assertThat(violations).hasValue(0);
		assertThat(writes).isGreaterThan(100);
		assertThat(this.one.cache(Counter.class).get(1, (id) -> new Counter(database.get())).value())
			.isEqualTo(database.get());
	}

	/** A load of the key 1 that has begun and goes on until it is released. */
	private HeldLoad hold(CacheInstance instance, Product product) {
		return hold(instance, () -> product);
	}

	private HeldLoad hold(CacheInstance instance, Supplier<Product> product) {
		CountDownLatch loading = new CountDownLatch(1);
		CountDownLatch released = new CountDownLatch(1);
		Future<Product> call = this.threads.submit(() -> instance.cache(Product.class).get(1, (id) -> {
			loading.countDown();
			reach(released);
			return product.get();
		}));
		reach(loading);
		return new HeldLoad(call, released);
	}

	private record HeldLoad(Future<Product> call, CountDownLatch released) {

		void release() {
			this.released.countDown();
		}

		Product value() throws Exception {
			return this.call.get(10, TimeUnit.SECONDS);
		}

	}

	private static <T> T unexpected(Object id) {
		throw new AssertionError("No load was expected of " + id);
	}

	private static void reach(CountDownLatch latch) {
		try {
			assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	record Product(long id, String name) {
	}

	record PricedProduct(long id, String name, int price) {
	}

	record Counter(int value) {
	}

	static class Open {

	}

}
