package io.github.rediskit.autoconfigure;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import io.github.rediskit.cache.CacheUnavailableException;
import io.github.rediskit.cache.Cached;
import io.github.rediskit.spring.ReadThroughCacheManager;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.cache.autoconfigure.CacheManagerCustomizer;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.CachingConfigurer;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.cache.interceptor.KeyGenerator;
import org.springframework.cache.interceptor.SimpleKeyGenerator;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Spring's own annotations as an application sees them, on a real Redis.
 */
@RedisTest
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class CacheManagerAutoConfigurationTests {

	private final RedisTestServer server = RedisTestServer.shared();

	private final ApplicationContextRunner withoutBootsModule = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class, DataRedisAutoConfiguration.class,
				RediskitAutoConfiguration.class, RedisConnectionsAutoConfiguration.class, CacheAutoConfiguration.class,
				CacheManagerAutoConfiguration.class))
		.withPropertyValues("spring.application.name=shop", "spring.data.redis.url=" + this.server.uri());

	private final ApplicationContextRunner withoutCaching = this.withoutBootsModule.withConfiguration(
			AutoConfigurations.of(org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration.class));

	private final ApplicationContextRunner runner = this.withoutCaching.withUserConfiguration(Caching.class)
		.withBean(Shop.class);

	@Test
	void allAnnotationsSeeTheSameEntries() {
		this.runner.run((context) -> {
			Shop shop = context.getBean(Shop.class);
			Product loaded = shop.product(42);
			assertThat(shop.cached(42)).isEqualTo(loaded);
			assertThat(shop.synchronous(42)).isEqualTo(loaded);
			assertThat(shop.future(42).join()).isEqualTo(loaded);
			assertThat(shop.mono(42).block()).isEqualTo(loaded);
			assertThat(shop.optional(42)).contains(loaded);
			assertThat(shop.futureOptional(42).join()).contains(loaded);
			assertThat(manager(context).getCache("products").get(42L, Product.class)).isEqualTo(loaded);
			assertThat(shop.calls()).isOne();
			shop.save(new Product(42, "saved"));
			assertThat(shop.cached(42).name()).isEqualTo("saved");
			shop.delete(42);
			assertThat(this.server.commands().exists("shop:cache:products:{42}")).isZero();
			shop.cached(42);
			shop.product(42);
			shop.reload();
			shop.product(42);
			assertThat(shop.calls()).isEqualTo(3);
		});
	}

	@Test
	void springsKeyOfSeveralArgumentsIsThatOfAllArguments() {
		this.runner.run((context) -> {
			Shop shop = context.getBean(Shop.class);
			assertThat(shop.pageBySpring("a", 1)).isEqualTo(shop.page("a", 1));
			assertThat(shop.allBySpring()).isEqualTo(shop.all());
			assertThat(shop.calls()).isEqualTo(2);
		});
	}

	@ParameterizedTest
	@EnumSource(Door.class)
	void everyDoorLoadsOnceAndRemembersWhatIsAbsent(Door door) {
		this.runner.run((one) -> this.runner.run((two) -> {
			Shop shop = one.getBean(Shop.class);
			Shop other = two.getBean(Shop.class);
			assertThat(door.ask(shop, 1)).isEqualTo("product 1");
			assertThat(door.ask(shop, 1)).isEqualTo("product 1");
			assertThat(door.ask(other, 1)).isEqualTo("product 1");
			assertThat(shop.calls()).isOne();
			assertThat(door.ask(shop, -1)).isEqualTo("none");
			assertThat(door.ask(other, -1)).isEqualTo("none");
			assertThat(shop.calls()).isEqualTo(2);
			assertThat(other.calls()).isZero();
		}));
	}

	@ParameterizedTest
	@EnumSource(Door.class)
	void whatWasReadBeforeAnEvictionIsNotStoredAfterIt(Door door) {
		this.runner.run((one) -> this.runner.run((two) -> {
			Shop slow = one.getBean(Shop.class);
			Shop other = two.getBean(Shop.class);
			CountDownLatch loading = new CountDownLatch(1);
			CountDownLatch evicted = new CountDownLatch(1);
			slow.onLoad((id) -> {
				loading.countDown();
				await(evicted);
				return new Product(id, "old");
			});
			Future<String> old = slow.executor().submit(() -> door.ask(slow, 1));
			await(loading);
			other.delete(1);
			other.deleteFlux(1);
			evicted.countDown();
			old.get();
			slow.onLoad((id) -> new Product(id, "new"));
			assertThat(door.ask(slow, 1)).isEqualTo("new");
			assertThat(door.ask(other, 1)).isEqualTo("new");
		}));
	}

	@ParameterizedTest
	@EnumSource(Door.class)
	void theMethodsOwnExceptionIsTheCallersAndItRunsOnce(Door door) {
		this.runner.run((context) -> {
			Shop shop = context.getBean(Shop.class);
			shop.onLoad((id) -> {
				throw new IllegalArgumentException("no database");
			});
			assertThatExceptionOfType(Throwable.class).isThrownBy(() -> door.ask(shop, 1))
				.satisfies((ex) -> assertThat((ex.getCause() != null) ? ex.getCause() : ex)
					.isInstanceOf(IllegalArgumentException.class)
					.hasMessage("no database"));
			assertThat(shop.calls()).isOne();
		});
	}

	@Test
	void aCheckedExceptionIsNotWrapped() {
		this.runner.run((context) -> {
			Shop shop = context.getBean(Shop.class);
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> shop.failing(1)).withMessage("no file");
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> shop.failingSynchronously(1))
				.withMessage("no file");
		});
	}

	@ParameterizedTest
	@EnumSource(Door.class)
	void withoutRedisEveryDoorLoadsOncePerCall(Door door) {
		this.runner.withPropertyValues("spring.data.redis.url=redis://127.0.0.1:1").run((context) -> {
			Shop shop = context.getBean(Shop.class);
			assertThat(door.ask(shop, 1)).isEqualTo("product 1");
			assertThat(shop.calls()).isOne();
			shop.delete(1);
			shop.save(new Product(1, "saved"));
			shop.reload();
		});
	}

	@ParameterizedTest
	@EnumSource(Door.class)
	void aCacheThatFailsWithoutRedisDoesSoAtEveryDoorAndLoadsNothing(Door door) {
		this.runner
			.withPropertyValues("spring.data.redis.url=redis://127.0.0.1:1",
					"rediskit.cache.defaults.on-failure=closed")
			.run((context) -> {
				Shop shop = context.getBean(Shop.class);
				assertThatExceptionOfType(Throwable.class).isThrownBy(() -> door.ask(shop, 1))
					.satisfies((
							ex) -> assertThat((ex.getCause() instanceof CacheUnavailableException) ? ex.getCause() : ex)
								.isInstanceOf(CacheUnavailableException.class));
				assertThat(shop.calls()).isZero();
				assertThatExceptionOfType(CacheUnavailableException.class)
					.isThrownBy(() -> manager(context).getCache("products").get(1L, () -> new Product(1, "x")));
			});
	}

	@Test
	void whatIsNotToBeKeptKeepsNobodyWaiting() {
		this.runner.withPropertyValues("rediskit.cache.defaults.wait.timeout=30s").run((context) -> {
			Shop shop = context.getBean(Shop.class);
			assertThat(shop.unless(1).name()).isEqualTo("product 1");
			assertThat(this.server.commands().exists("shop:cache:products:{1}")).isZero();
			long start = System.nanoTime();
			shop.cached(1);
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
			assertThat(this.server.commands().exists("shop:cache:products:{1}")).isOne();
			assertThat(this.server.commands().pttl("shop:cache-lease:products:{1}")).isNegative();
		});
	}

	@Test
	void callersOfSeveralThreadsShareATicketAndTheFirstStores() {
		this.runner.run((context) -> {
			Shop shop = context.getBean(Shop.class);
			CountDownLatch both = new CountDownLatch(2);
			shop.onLoad((id) -> {
				both.countDown();
				await(both);
				return new Product(id, "product " + id);
			});
			Future<Product> first = shop.executor().submit(() -> shop.product(1));
			Future<Product> second = shop.executor().submit(() -> shop.product(1));
			assertThat(first.get()).isEqualTo(second.get());
			assertThat(this.server.commands().exists("shop:cache:products:{1}")).isOne();
			shop.product(1);
			assertThat(shop.calls()).isEqualTo(2);
		});
	}

	@Test
	void aCacheWithoutAnnotatedMethodsNeedsATypeToBeReadButNotToBeCleared() {
		this.runner.run((context) -> {
			Cache cache = manager(context).getCache("manual");
			cache.evict("a");
			cache.clear();
			assertThat(cache.evictIfPresent("a")).isFalse();
			assertThatIllegalStateException().isThrownBy(() -> cache.get("a"))
				.withMessageContaining("rediskit.cache.caches.manual.type");
		});
		this.runner.withPropertyValues("rediskit.cache.caches.manual.type=" + Product.class.getName())
			.run((context) -> {
				Cache cache = manager(context).getCache("manual");
				cache.put("a", new Product(1, "one"));
				assertThat(cache.get("a", Product.class)).isEqualTo(new Product(1, "one"));
			});
	}

	@Test
	void aTypeThatIsNoClassStopsTheStartWithASentence() {
		this.runner.withPropertyValues("rediskit.cache.caches.manual.type=com.example.Nothing")
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining("com.example.Nothing"));
	}

	@Test
	void typesOfLazyBeansAndOfOurOwnAnnotationAreKnown() {
		this.runner.withUserConfiguration(LazyBeans.class).run((context) -> {
			Cache cache = manager(context).getCache("lazy");
			cache.put("a", List.of(new Product(1, "one")));
			assertThat((Object) cache.get("a", List.class)).isEqualTo(List.of(new Product(1, "one")));
			context.getBean(Shop.class).own(1);
			assertThat(manager(context).getCache("own").get(1, Product.class)).isNotNull();
		});
	}

	@Test
	void knownCachesHaveNames() {
		this.runner
			.withPropertyValues("rediskit.cache.caches.configured.ttl=1m", "spring.cache.cache-names=first,second")
			.run((context) -> {
				manager(context).getCache("dynamic");
				assertThat(manager(context).getCacheNames()).contains("products", "own", "configured", "first",
						"second", "dynamic");
				assertThat(manager(context).getCache("dynamic")).isSameAs(manager(context).getCache("dynamic"));
			});
	}

	@Test
	void methodsThatDisagreeAboutTheTypeStopTheStart() {
		this.runner.withBean(Disagreeing.class)
			.run((context) -> assertThat(context).getFailure()
				.hasMessageContaining("Disagreeing.text(long)")
				.hasMessageContaining("the cache 'products' holds values of")
				.hasMessageContaining("rediskit.cache.caches.products.type"));
	}

	@Test
	void aTypeThatCanNotBeReadBackStopsTheStart() {
		this.runner.withBean(Unreadable.class)
			.run((context) -> assertThat(context).getFailure()
				.hasMessageContaining("@Cacheable on")
				.hasMessageContaining("Object"));
		this.runner.withBean(Unreadable.class)
			.withPropertyValues("rediskit.cache.caches.unreadable.type=" + Product.class.getName())
			.run((context) -> assertThat(context.getBean(Unreadable.class).value())
				.isEqualTo(context.getBean(Unreadable.class).value()));
		this.runner.withBean(BadName.class)
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining("'my products'"));
	}

	@Test
	void anOperationThatNamesTheManagerStopsTheStart() {
		this.runner.withBean(NamesTheManager.class)
			.run((context) -> assertThat(context).getFailure().hasMessageContaining("leave it out"));
	}

	@Test
	void aConfigurersKeysAndErrorsStay() {
		this.runner.withUserConfiguration(Configurer.class).run((context) -> {
			context.getBean(Shop.class).product(1);
			assertThat(this.server.commands().keys("shop:cache:products:*")).hasSize(1)
				.first()
				.asString()
				.contains("custom");
		});
	}

	@Test
	void itStaysAwayWhereItIsNotAskedFor() {
		this.withoutCaching.run((context) -> assertThat(context).doesNotHaveBean(CacheManager.class));
		this.runner.withBean("mine", CacheManager.class, ConcurrentMapCacheManager::new).run((context) -> {
			assertThat(context).doesNotHaveBean(ReadThroughCacheManager.class);
			context.getBean(Shop.class).product(1);
			assertThat(this.server.commands().exists("shop:cache:products:{1}")).isZero();
		});
		this.runner.withPropertyValues("spring.cache.type=simple")
			.run((context) -> assertThat(context).getBean(CacheManager.class)
				.isInstanceOf(ConcurrentMapCacheManager.class));
		this.runner.withPropertyValues("spring.cache.type=redis")
			.run((context) -> assertThat(context).hasSingleBean(ReadThroughCacheManager.class));
	}

	@Test
	void bootsCustomizersAreAskedAndItsModuleIsNotNeeded() {
		this.runner
			.withBean("customizer", CacheManagerCustomizer.class,
					() -> (CacheManagerCustomizer<ReadThroughCacheManager>) (manager) -> manager.getCache("customized"))
			.run((context) -> assertThat(manager(context).getCacheNames()).contains("customized"));
		this.withoutBootsModule.withUserConfiguration(Caching.class)
			.withClassLoader(new FilteredClassLoader("org.springframework.boot.cache"))
			.run((context) -> assertThat(context).hasSingleBean(ReadThroughCacheManager.class));
	}

	@Test
	void settingsOfAnotherManagerAreNotIgnoredSilently(CapturedOutput output) {
		this.runner.withPropertyValues("spring.cache.redis.time-to-live=5m").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(output).contains("spring.cache.redis.time-to-live has no effect");
		});
	}

	private static CacheManager manager(ApplicationContext context) {
		return context.getBean(CacheManager.class);
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	enum Door {

		PLAIN((shop, id) -> shop.product(id)), SYNC((shop, id) -> shop.synchronous(id)),
		OPTIONAL((shop, id) -> shop.optional(id).orElse(null)), FUTURE((shop, id) -> shop.future(id).join()),
		SYNC_FUTURE((shop, id) -> shop.synchronousFuture(id).join()),
		FUTURE_OPTIONAL((shop, id) -> shop.futureOptional(id).join().orElse(null)),
		MONO((shop, id) -> shop.mono(id).block()), SYNC_MONO((shop, id) -> shop.synchronousMono(id).block()),
		FLUX((shop, id) -> first(shop.flux(id))), SYNC_FLUX((shop, id) -> first(shop.synchronousFlux(id))),
		OURS((shop, id) -> shop.cached(id));

		private final Asking asking;

		Door(Asking asking) {
			this.asking = asking;
		}

		String ask(Shop shop, long id) {
			Product product = this.asking.ask(shop, id);
			return (product != null) ? product.name() : "none";
		}

		private static Product first(Flux<Product> products) {
			List<Product> all = products.collectList().block();
			return all.isEmpty() ? null : all.get(0);
		}

		interface Asking {

			Product ask(Shop shop, long id);

		}

	}

	@EnableCaching
	@Configuration(proxyBeanMethods = false)
	static class Caching {

	}

	@Configuration(proxyBeanMethods = false)
	static class LazyBeans {

		@Bean
		@Lazy
		LazyShop lazyShop() {
			throw new IllegalStateException("It must not be made to know its types");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Configurer implements CachingConfigurer {

		@Override
		public KeyGenerator keyGenerator() {
			return (target, method, arguments) -> "custom" + SimpleKeyGenerator.generateKey(arguments);
		}

	}

	static class Shop {

		private final ExecutorService executor = Executors.newCachedThreadPool();

		private final AtomicInteger calls = new AtomicInteger();

		private volatile Function<Long, Product> load = (id) -> (id < 0) ? null : new Product(id, "product " + id);

		int calls() {
			return this.calls.get();
		}

		ExecutorService executor() {
			return this.executor;
		}

		void onLoad(Function<Long, Product> load) {
			this.load = load;
		}

		private Product load(long id) {
			this.calls.incrementAndGet();
			return this.load.apply(id);
		}

		private CompletableFuture<Product> loadAsync(long id) {
			return CompletableFuture.supplyAsync(() -> load(id), this.executor);
		}

		private Mono<Product> loadMono(long id) {
			return Mono.fromFuture(() -> loadAsync(id));
		}

		@Cacheable("products")
		public Product product(long id) {
			return load(id);
		}

		@Cacheable(cacheNames = "products", sync = true)
		public Product synchronous(long id) {
			return load(id);
		}

		@Cacheable("products")
		public Optional<Product> optional(long id) {
			return Optional.ofNullable(load(id));
		}

		@Cacheable("products")
		public CompletableFuture<Product> future(long id) {
			return loadAsync(id);
		}

		@Cacheable(cacheNames = "products", sync = true)
		public CompletableFuture<Product> synchronousFuture(long id) {
			return loadAsync(id);
		}

		@Cacheable("products")
		public CompletableFuture<Optional<Product>> futureOptional(long id) {
			return loadAsync(id).thenApply(Optional::ofNullable);
		}

		@Cacheable("products")
		public Mono<Product> mono(long id) {
			return loadMono(id);
		}

		@Cacheable(cacheNames = "products", sync = true)
		public Mono<Product> synchronousMono(long id) {
			return loadMono(id);
		}

		@Cacheable("lists")
		public Flux<Product> flux(long id) {
			return loadMono(id).flux();
		}

		@Cacheable(cacheNames = "lists", sync = true)
		public Flux<Product> synchronousFlux(long id) {
			return loadMono(id).flux();
		}

		@Cached("products")
		public Product cached(long id) {
			return load(id);
		}

		@Cached("own")
		public Product own(long id) {
			return load(id);
		}

		@Cacheable(cacheNames = "products", unless = "#result.id == 1")
		public Product unless(long id) {
			return load(id);
		}

		@CachePut(cacheNames = "products", key = "#product.id")
		public Product save(Product product) {
			return product;
		}

		@CacheEvict("products")
		public void delete(long id) {
		}

		@CacheEvict("lists")
		public void deleteFlux(long id) {
		}

		@CacheEvict(cacheNames = "products", allEntries = true)
		public void reload() {
		}

		@Cacheable("failing")
		public Product failing(long id) throws IOException {
			throw new IOException("no file");
		}

		@Cacheable(cacheNames = "failing", sync = true)
		public Product failingSynchronously(long id) throws IOException {
			throw new IOException("no file");
		}

		@Cacheable("pages")
		public List<Product> pageBySpring(String name, int number) {
			return List.of(load(number));
		}

		@Cached("pages")
		public List<Product> page(String name, int number) {
			return List.of(load(number));
		}

		@Cacheable("pages")
		public List<Product> allBySpring() {
			return List.of(load(0));
		}

		@Cached("pages")
		public List<Product> all() {
			return List.of(load(0));
		}

	}

	static class LazyShop {

		@Cacheable("lazy")
		public List<Product> products(long id) {
			return List.of();
		}

	}

	static class Disagreeing {

		@Cacheable("products")
		public String text(long id) {
			return "";
		}

	}

	static class Unreadable {

		@Cacheable("unreadable")
		public Object value() {
			return new Product(1, "x");
		}

	}

	static class BadName {

		@Cacheable("my products")
		public String value() {
			return "";
		}

	}

	static class NamesTheManager {

		@Cacheable(cacheNames = "products", cacheManager = "cacheManager")
		public Product product(long id) {
			return new Product(id, "x");
		}

	}

	record Product(long id, String name) {
	}

}
