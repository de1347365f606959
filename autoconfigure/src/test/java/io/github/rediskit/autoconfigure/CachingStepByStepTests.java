package io.github.rediskit.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.LongStream;

import io.github.rediskit.cache.CacheInvalidate;
import io.github.rediskit.cache.CacheListener;
import io.github.rediskit.cache.CacheUpdate;
import io.github.rediskit.cache.Cached;
import io.github.rediskit.cache.MissReason;
import io.github.rediskit.testing.MeasuresTime;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * A product page of a shop that runs on two instances, before a slow database. Each step
 * adds one option and counts how often the database is asked. The figures are those of
 * the documentation.
 */
@RedisTest
@Timeout(60)
@MeasuresTime
class CachingStepByStepTests {

	private static final String ENTRY = "shop:cache:products:{1}";

	/** What each step starts with. */
	private static final String CACHED = """
			rediskit.cache.defaults:
			  ttl: 10m
			  null-ttl: 30s
			  early-refresh: 0
			""";

	private static final String NULLS_ARE_NOT_CACHED = """
			rediskit.cache.defaults:
			  null-ttl: 0
			""";

	private static final String STALE_WHILE_REVALIDATE = """
			rediskit.cache.defaults:
			  stale-while-revalidate: 1m
			""";

	private static final String STALE_IF_ERROR = """
			rediskit.cache.defaults:
			  stale-if-error: 1h
			""";

	private static final String SOFT_TIMEOUT = """
			rediskit.cache.defaults:
			  stale-if-error: 1h
			  soft-timeout: 100ms
			""";

	private static final String EARLY_REFRESH = """
			rediskit.cache.defaults:
			  early-refresh: 1.0
			""";

	private static final String REFRESH_AHEAD = """
			rediskit.cache.defaults:
			  refresh-ahead: 100
			""";

	private static final String FOUR_LOADS_WITHOUT_REDIS = """
			rediskit.cache.defaults:
			  max-loads-without-redis: 4
			""";

	private static final String ANY_LOADS_WITHOUT_REDIS = """
			rediskit.cache.defaults:
			  max-loads-without-redis: 0
			""";

	private final RedisTestServer server = RedisTestServer.shared();

	private final Database database = new Database();

	private final Misses misses = new Misses();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	@AfterEach
	void stop() {
		this.database.open();
		this.threads.shutdownNow();
	}

	@Test
	void withoutACacheEachCallIsAQuery() {
		List<Future<Product>> callers = atOnce(200, (caller) -> this.database.product(1));
		assertThat(callers).allSatisfy((caller) -> assertThat(answer(caller).name()).isEqualTo("first"));
		assertThat(this.database.queries()).isEqualTo(200);
	}

	@Test
	void cached() {
		withTwoInstances(CACHED, (one, two) -> {
			this.database.close();
			List<Future<Product>> callers = atOnce(200, (caller) -> eitherOf(one, two, caller).product(1));
			await().until(() -> this.database.running() == 1);
			assertThat(callers).noneMatch(Future::isDone);
			this.database.open();
			assertThat(callers).allSatisfy((caller) -> assertThat(answer(caller).name()).isEqualTo("first"));
			assertThat(this.database.queries()).isEqualTo(1);
		});
	}

	@Test
	void unknownNumbersWithoutNullTtl() {
		withTwoInstances(CACHED + NULLS_ARE_NOT_CACHED, (one, two) -> {
			askInTurn(20, one, two, -1);
			assertThat(this.database.queries()).isEqualTo(20);
		});
	}

	@Test
	void unknownNumbersWithNullTtl() {
		withTwoInstances(CACHED, (one, two) -> {
			askInTurn(20, one, two, -1);
			assertThat(this.database.queries()).isEqualTo(1);
		});
	}

	@Test
	void whenTheTimeIsOverCallersWait() {
		withTwoInstances(CACHED, (one, two) -> {
			growOld(one);
			this.database.close();
			List<Future<Product>> callers = atOnce(50, (caller) -> eitherOf(one, two, caller).product(1));
			await().until(() -> this.database.running() == 1);
			assertThat(callers).noneMatch(Future::isDone);
			this.database.open();
			assertThat(callers).allSatisfy((caller) -> assertThat(answer(caller).name()).isEqualTo("second"));
			assertThat(this.database.queries()).isEqualTo(1);
		});
	}

	@Test
	void staleWhileRevalidate() {
		withTwoInstances(CACHED + STALE_WHILE_REVALIDATE, (one, two) -> {
			growOld(one);
			this.database.close();
			List<Future<Product>> callers = atOnce(50, (caller) -> eitherOf(one, two, caller).product(1));
			assertThat(callers).allSatisfy((caller) -> assertThat(answer(caller).name()).isEqualTo("first"));
			this.database.open();
			await().until(() -> one.product(1).name().equals("second") && two.product(1).name().equals("second"));
			assertThat(this.database.queries()).isEqualTo(1);
		});
	}

	@Test
	void whenTheDatabaseIsDownCallersFail() {
		withTwoInstances(CACHED, (one, two) -> {
			growOld(one);
			this.database.breakDown();
			for (int call = 0; call < 20; call++) {
				Shop shop = eitherOf(one, two, call);
				assertThatIllegalStateException().isThrownBy(() -> shop.product(1));
			}
			assertThat(this.database.queries()).isEqualTo(20);
		});
	}

	@Test
	void staleIfError() {
		withTwoInstances(CACHED + STALE_IF_ERROR, (one, two) -> {
			growOld(one);
			this.database.breakDown();
			long start = System.nanoTime();
			for (int call = 0; call < 100; call++) {
				assertThat(eitherOf(one, two, call).product(1).name()).isEqualTo("first");
			}
			long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
			assertThat(this.database.queries()).isBetween(1, 1 + (int) seconds);
			this.database.repair();
			await().until(() -> one.product(1).name().equals("second"));
		});
	}

	@Test
	void whenTheDatabaseIsSlowCallersWait() {
		withTwoInstances(CACHED + STALE_IF_ERROR, (one, two) -> {
			growOld(one);
			this.database.close();
			List<Future<Product>> callers = atOnce(50, (caller) -> eitherOf(one, two, caller).product(1));
			await().until(() -> this.database.running() == 1);
			assertThat(callers).noneMatch(Future::isDone);
			this.database.open();
			assertThat(callers).allSatisfy((caller) -> assertThat(answer(caller).name()).isEqualTo("second"));
			assertThat(this.database.queries()).isEqualTo(1);
		});
	}

	@Test
	void softTimeout() {
		withTwoInstances(CACHED + SOFT_TIMEOUT, (one, two) -> {
			growOld(one);
			this.database.close();
			List<Future<Product>> callers = atOnce(50, (caller) -> eitherOf(one, two, caller).product(1));
			assertThat(callers).allSatisfy((caller) -> assertThat(answer(caller).name()).isEqualTo("first"));
			this.database.open();
			await().until(() -> one.product(1).name().equals("second") && two.product(1).name().equals("second"));
			assertThat(this.database.queries()).isEqualTo(1);
		});
	}

	@Test
	void earlyRefresh() {
		withTwoInstances(CACHED + EARLY_REFRESH, (one, two) -> {
			this.database.takes(Duration.ofMillis(500));
			one.productForFourSeconds(1);
			this.database.takes(Duration.ZERO);
			this.database.rename(1, "second");
			this.database.forgetQueries();
			this.misses.forget();
			List<Future<Product>> callers = atOnce(4, (caller) -> {
				Shop shop = eitherOf(one, two, caller);
				Product product = shop.product(1);
				while (product.name().equals("first")) {
					product = shop.product(1);
				}
				return product;
			});
			callers.forEach(this::answer);
			assertThat(this.misses.count()).isZero();
			assertThat(this.database.queries()).isEqualTo(1);
		});
	}

	@Test
	void severalKeys() {
		withTwoInstances(CACHED, (one, two) -> {
			List<Long> page = LongStream.rangeClosed(1, 20).boxed().toList();
			page.subList(0, 18).forEach(one::product);
			this.database.forgetQueries();
			assertThat(two.products(page)).hasSize(20);
			assertThat(this.database.asked()).containsExactly(List.of(19L, 20L));
			one.drop(19);
			one.drop(20);
			this.database.forgetQueries();
			assertThat(page.stream().map(two::product)).hasSize(20);
			assertThat(this.database.asked()).containsExactly(List.of(19L), List.of(20L));
		});
	}

	@Test
	void cacheUpdate() {
		withTwoInstances(CACHED, (one, two) -> {
			one.product(1);
			one.rename(1, "renamed");
			this.database.forgetQueries();
			assertThat(two.product(1).name()).isEqualTo("renamed");
			assertThat(this.database.queries()).isEqualTo(1);
			one.save(new Product(1, "saved", "toys"));
			this.database.forgetQueries();
			assertThat(two.product(1).name()).isEqualTo("saved");
			assertThat(this.database.queries()).isZero();
		});
	}

	@Test
	void tags() {
		withTwoInstances(CACHED, (one, two) -> {
			List<Long> products = LongStream.rangeClosed(1, 20).boxed().toList();
			products.forEach(one::taggedProduct);
			one.repriceAndDropAll("toys");
			this.database.forgetQueries();
			products.forEach(two::taggedProduct);
			assertThat(this.database.queries()).isEqualTo(20);
			one.reprice("toys");
			this.database.forgetQueries();
			products.forEach(two::taggedProduct);
			assertThat(this.database.queries()).isEqualTo(5);
		});
	}

	@Test
	void refreshAhead() {
		withTwoInstances(CACHED + REFRESH_AHEAD, (one, two) -> {
			this.database.takes(Duration.ofMillis(500));
			one.productForFourSeconds(1);
			this.database.takes(Duration.ZERO);
			this.database.rename(1, "second");
			this.database.forgetQueries();
			this.misses.forget();
			askInTurn(40, one, two, 1);
			this.database.close();
			await().until(() -> this.database.running() == 1);
			// it is loaded by none of them
			assertThat(one.product(1).name()).isEqualTo("first");
			assertThat(two.product(1).name()).isEqualTo("first");
			this.database.open();
			await().until(() -> one.product(1).name().equals("second") && two.product(1).name().equals("second"));
			assertThat(this.misses.count()).isZero();
			assertThat(this.database.queries()).isEqualTo(1);
		});
	}

	@Test
	void withoutRedisThereIsOneLoadPerKeyAndInstance() {
		withoutRedis(CACHED, (one, two) -> {
			this.database.close();
			List<Future<Product>> callers = atOnce(100, (caller) -> eitherOf(one, two, caller).product(1));
			await().until(() -> this.database.running() == 2 && this.misses.count() == 100);
			this.database.open();
			assertThat(callers).allSatisfy((caller) -> assertThat(answer(caller).name()).isEqualTo("first"));
			assertThat(this.database.queries()).isEqualTo(2);
		});
	}

	@Test
	void withoutRedisAllKeysAreLoadedAtOnce() {
		withoutRedis(CACHED + ANY_LOADS_WITHOUT_REDIS, (one, two) -> {
			this.database.close();
			List<Future<Product>> callers = atOnce(20, (caller) -> one.product(1 + caller));
			await().until(() -> this.database.running() == 20);
			this.database.open();
			callers.forEach(this::answer);
		});
	}

	@Test
	void maxLoadsWithoutRedis() {
		withoutRedis(CACHED + FOUR_LOADS_WITHOUT_REDIS, (one, two) -> {
			this.database.close();
			List<Future<Product>> callers = atOnce(20, (caller) -> one.product(1 + caller));
			await().until(() -> this.database.running() == 4 && this.misses.count() == 20);
			this.database.open();
			callers.forEach(this::answer);
			assertThat(this.database.queries()).isEqualTo(20);
			assertThat(this.database.mostAtOnce()).isEqualTo(4);
		});
	}

	/** Makes an entry whose time is over, and which the database knows better. */
	private void growOld(Shop shop) {
		shop.productForMoments(1);
		this.database.rename(1, "second");
		this.database.forgetQueries();
		List<Long> windows = List.of(0L, Duration.ofMinutes(1).toMillis(), Duration.ofHours(1).toMillis());
		long left = this.server.commands().pttl(ENTRY);
		long window = windows.stream().filter((each) -> left > each).mapToLong(Long::longValue).max().orElse(0);
		await().pollInterval(Duration.ofMillis(10)).until(() -> this.server.commands().pttl(ENTRY) <= window);
	}

	private static Shop eitherOf(Shop one, Shop two, int number) {
		return (number % 2 == 0) ? one : two;
	}

	private void askInTurn(int calls, Shop one, Shop two, long id) {
		for (int call = 0; call < calls; call++) {
			eitherOf(one, two, call).product(id);
		}
	}

	private List<Future<Product>> atOnce(int callers, Function<Integer, Product> call) {
		CountDownLatch allThere = new CountDownLatch(callers);
		List<Future<Product>> answers = new ArrayList<>();
		for (int i = 0; i < callers; i++) {
			int caller = i;
			answers.add(this.threads.submit(() -> {
				allThere.countDown();
				allThere.await();
				return call.apply(caller);
			}));
		}
		return answers;
	}

	private Product answer(Future<Product> caller) {
		try {
			return caller.get(30, TimeUnit.SECONDS);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void withTwoInstances(String yaml, TwoInstances test) {
		withTwoInstances(this.server, yaml, test);
	}

	private void withoutRedis(String yaml, TwoInstances test) {
		try (RedisTestServer own = RedisTestServer.start()) {
			withTwoInstances(own, yaml, (one, two) -> {
				one.product(1);
				two.product(1);
				own.kill();
				// so that all have joined a load before it ends
				this.database.takes(Duration.ofMillis(100));
				this.database.forgetQueries();
				this.misses.forget();
				test.run(one, two);
			});
		}
	}

	private void withTwoInstances(RedisTestServer server, String yaml, TwoInstances test) {
		ApplicationContextRunner instance = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class, DataRedisAutoConfiguration.class,
					RediskitAutoConfiguration.class, RedisConnectionsAutoConfiguration.class,
					CacheAutoConfiguration.class))
			.withInitializer((context) -> configure(context, yaml))
			.withPropertyValues("spring.application.name=shop", "spring.data.redis.url=" + server.uri())
			.withBean(CacheListener.class, () -> this.misses)
			.withBean(Shop.class, () -> new Shop(this.database));
		instance.run((one) -> instance.run((two) -> test.run(one.getBean(Shop.class), two.getBean(Shop.class))));
	}

	/** What comes later in the text is on top. */
	private static void configure(ConfigurableApplicationContext context, String yaml) {
		try {
			String documents = yaml.replace("rediskit.cache.defaults:", "---\nrediskit.cache.defaults:");
			new YamlPropertySourceLoader()
				.load("step", new ByteArrayResource(documents.getBytes(StandardCharsets.UTF_8)))
				.forEach(context.getEnvironment().getPropertySources()::addFirst);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private interface TwoInstances {

		void run(Shop one, Shop two);

	}

	static class Shop {

		private final Database database;

		Shop(Database database) {
			this.database = database;
		}

		@Cached(value = "products", key = "#id")
		public Product product(long id) {
			return this.database.product(id);
		}

		@Cached(value = "products", keys = "#ids")
		public Map<Long, Product> products(Collection<Long> ids) {
			return this.database.products(ids);
		}

		@CacheInvalidate(value = "products", key = "#id")
		public void rename(long id, String name) {
			this.database.rename(id, name);
		}

		@CacheInvalidate(value = "products", key = "#id")
		public void drop(long id) {
		}

		@CacheUpdate(value = "products", key = "#product.id")
		public Product save(Product product) {
			this.database.rename(product.id(), product.name());
			return product;
		}

		@Cached(value = "tagged-products", key = "#id", tags = "'category:' + #result.category")
		public Product taggedProduct(long id) {
			return this.database.product(id);
		}

		@CacheInvalidate(value = "tagged-products", tags = "'category:' + #category")
		public void reprice(String category) {
		}

		@CacheInvalidate(value = "tagged-products", all = true)
		public void repriceAndDropAll(String category) {
		}

		/** The same entries, which grow old sooner. */
		@Cached(value = "products", key = "#id", ttl = "50ms")
		public Product productForMoments(long id) {
			return this.database.product(id);
		}

		@Cached(value = "products", key = "#id", ttl = "4s")
		public Product productForFourSeconds(long id) {
			return this.database.product(id);
		}

	}

	/**
	 * It takes its time, counts its queries, and has all products with positive numbers.
	 */
	static final class Database {

		private static final List<String> CATEGORIES = List.of("toys", "books", "garden", "tools");

		private final Map<Long, String> names = new ConcurrentHashMap<>();

		private final List<List<Long>> asked = new CopyOnWriteArrayList<>();

		private final AtomicInteger running = new AtomicInteger();

		private final AtomicInteger mostAtOnce = new AtomicInteger();

		private volatile CountDownLatch gate = new CountDownLatch(0);

		private volatile Duration time = Duration.ofMillis(5);

		private volatile boolean down;

		Product product(long id) {
			return products(List.of(id)).get(id);
		}

		Map<Long, Product> products(Collection<Long> ids) {
			this.asked.add(List.copyOf(ids));
			this.mostAtOnce.accumulateAndGet(this.running.incrementAndGet(), Math::max);
			try {
				if (this.down) {
					throw new IllegalStateException("The database is down");
				}
				Map<Long, Product> result = new LinkedHashMap<>();
				ids.stream().filter((id) -> id > 0).forEach((id) -> result.put(id, productNow(id)));
				this.gate.await();
				LockSupport.parkNanos(this.time.toNanos());
				return result;
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			finally {
				this.running.decrementAndGet();
			}
		}

		private Product productNow(long id) {
			return new Product(id, this.names.getOrDefault(id, "first"), CATEGORIES.get((int) (id % 4)));
		}

		void rename(long id, String name) {
			this.names.put(id, name);
		}

		/** Queries take until it is opened. */
		void close() {
			this.gate = new CountDownLatch(1);
		}

		void open() {
			this.gate.countDown();
		}

		void takes(Duration time) {
			this.time = time;
		}

		void breakDown() {
			this.down = true;
		}

		void repair() {
			this.down = false;
		}

		void forgetQueries() {
			this.asked.clear();
			this.mostAtOnce.set(0);
		}

		int queries() {
			return this.asked.size();
		}

		/** The keys of each query. */
		List<List<Long>> asked() {
			return List.copyOf(this.asked);
		}

		int running() {
			return this.running.get();
		}

		int mostAtOnce() {
			return this.mostAtOnce.get();
		}

	}

	static final class Misses implements CacheListener {

		private final AtomicInteger count = new AtomicInteger();

		@Override
		public void miss(String cache, MissReason reason) {
			this.count.incrementAndGet();
		}

		int count() {
			return this.count.get();
		}

		void forget() {
			this.count.set(0);
		}

	}

	record Product(long id, String name, String category) {
	}

}
