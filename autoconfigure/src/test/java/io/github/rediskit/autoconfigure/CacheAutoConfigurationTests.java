package io.github.rediskit.autoconfigure;

import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import io.github.rediskit.autoconfigure.devservices.EmbeddedRedisAutoConfiguration;
import io.github.rediskit.cache.CacheInvalidate;
import io.github.rediskit.cache.CacheListener;
import io.github.rediskit.cache.CacheUnavailableException;
import io.github.rediskit.cache.Cached;
import io.github.rediskit.cache.Caches;
import io.github.rediskit.cache.MissReason;
import io.github.rediskit.script.RedisGatewayListener;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestCluster;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * Caching as an application sees it: annotations, properties, a real Redis.
 */
@RedisTest
@Timeout(60)
class CacheAutoConfigurationTests {

	private final RedisTestServer server = RedisTestServer.shared();

	private final ApplicationContextRunner unconfigured = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, JacksonAutoConfiguration.class,
				DataRedisAutoConfiguration.class, EmbeddedRedisAutoConfiguration.class, RediskitAutoConfiguration.class,
				RedisConnectionsAutoConfiguration.class, CacheAutoConfiguration.class))
		.withPropertyValues("spring.application.name=shop")
		.withBean(Shop.class);

	private final ApplicationContextRunner runner = this.unconfigured
		.withPropertyValues("spring.data.redis.url=" + this.server.uri());

	@Test
	void aMethodRunsOnceAndItsEntryIsRemoved() {
		this.runner.run((context) -> {
			Shop shop = context.getBean(Shop.class);
			assertThat(shop.product(42)).isEqualTo(shop.product(42));
			assertThat(shop.calls()).isEqualTo(1);
			assertThat(this.server.commands().exists("shop:cache:products:{42}")).isOne();
			shop.change(42);
			assertThat(this.server.commands().exists("shop:cache:products:{42}")).isZero();
			shop.product(42);
			assertThat(shop.calls()).isEqualTo(2);
		});
	}

	@Test
	void twoContextsAndTheCachesBeanSeeTheSameEntries() {
		this.runner.run((one) -> this.runner.run((two) -> {
			Product loaded = one.getBean(Shop.class).product(42);
			assertThat(two.getBean(Shop.class).product(42)).isEqualTo(loaded);
			assertThat(two.getBean(Shop.class).calls()).isZero();
			assertThat(two.getBean(Caches.class).<Long, Product>cache("products", Product.class).getIfPresent(42L))
				.contains(loaded);
			two.getBean(Caches.class).<Long, Product>cache("products", Product.class).invalidate(42L);
			one.getBean(Shop.class).product(42);
			assertThat(one.getBean(Shop.class).calls()).isEqualTo(2);
		}));
	}

	@Test
	void whatWasReturnedIsReadBackAsWhatItWas() {
		this.runner.run((context) -> {
			Shop shop = context.getBean(Shop.class);
			List<Supplier<Object>> calls = List.of(() -> shop.product(1), () -> shop.grouped("a", 2),
					() -> shop.found(1), () -> shop.found(-1), () -> shop.price(1), () -> shop.nothing(1),
					() -> shop.payment(0), () -> shop.payment(1), () -> shop.payments(), () -> shop.color(1),
					() -> shop.number(1), () -> shop.page(1), () -> shop.ids());
			for (Supplier<Object> call : calls) {
				int before = shop.calls();
				Object loaded = call.get();
				assertThat(call.get()).isEqualTo(loaded);
				assertThat(shop.calls()).as("calls for %s", loaded).isEqualTo(before + 1);
			}
			assertThat(shop.bytes()).isEqualTo(shop.bytes());
		});
	}

	@Test
	void attributesOfTheAnnotationAreHonoured() {
		this.runner.withPropertyValues("shop.ttl=5s").run((context) -> {
			Shop shop = context.getBean(Shop.class);
			shop.withTtl(1);
			assertThat(this.server.commands().pttl("shop:cache:short:{1}")).isBetween(1L, 5_000L);
			shop.withComputedTtl(1);
			assertThat(this.server.commands().pttl("shop:cache:computed:{1}")).isBetween(1L, 60_000L);
			shop.conditional(-1);
			assertThat(this.server.commands().exists("shop:cache:conditional:{-1}")).isZero();
			shop.conditional(1);
			assertThat(this.server.commands().exists("shop:cache:conditional:{1}")).isZero();
			shop.conditional(2);
			assertThat(this.server.commands().exists("shop:cache:conditional:{2}")).isOne();
		});
	}

	@Test
	void allEntriesAreRemovedAtOnce() {
		this.runner.run((context) -> {
			Shop shop = context.getBean(Shop.class);
			shop.product(1);
			shop.product(2);
			shop.reload();
			shop.product(1);
			shop.product(2);
			assertThat(shop.calls()).isEqualTo(4);
		});
	}

	@Test
	void aMethodThatFailsRemovesNothingAndItsExceptionIsTheCallers() {
		this.runner.run((context) -> {
			Shop shop = context.getBean(Shop.class);
			shop.product(1);
			assertThatIllegalArgumentException().isThrownBy(() -> shop.failToChange(1)).withMessage("no");
			assertThat(this.server.commands().exists("shop:cache:products:{1}")).isOne();
			assertThatIllegalArgumentException().isThrownBy(() -> shop.failing(1)).withMessage("no database");
		});
	}

	@Test
	void argumentsNeverCollide() {
		this.runner.run((context) -> {
			Shop shop = context.getBean(Shop.class);
			List<Object> arguments = new ArrayList<>(
					List.of(1L, "1", "a, b", List.of("a", "b"), "null", true, "true", ' ', 1.0, Set.of("a", "b"),
							new String[] { "a", "b" }, new int[] { 1 }, new long[] { 1 }, new Point(1, 2), "Point(1,2)",
							"a:b{c} d\n", "a:b{c} d", "x".repeat(5000), "x".repeat(5001), "", "{}", "}:other:{1"));
			arguments.add(null);
			arguments.forEach((argument) -> shop.any(argument));
			assertThat(shop.calls()).isEqualTo(arguments.size());
			arguments.forEach((argument) -> shop.any(argument));
			assertThat(shop.calls()).isEqualTo(arguments.size());
			shop.two("a, b", null);
			shop.two("a", "b");
			assertThat(shop.calls()).isEqualTo(arguments.size() + 2);
			List<String> keys = this.server.commands().keys("*");
			assertThat(keys).hasSize(arguments.size() + 2 + 1).allSatisfy((key) -> {
				assertThat(key).startsWith("shop:cache").hasSizeLessThanOrEqualTo(512).matches("[\\x21-\\x7e]+");
				assertThat(this.server.commands().pttl(key)).isPositive();
			});
		});
	}

	@Test
	void settingsOfACacheAreMergedOverTheDefaults() {
		this.runner
			.withPropertyValues("rediskit.cache.defaults.ttl=1m", "rediskit.cache.defaults.jitter=0",
					"rediskit.cache.caches.products.ttl=1h", "rediskit.cache.caches.absent.null-ttl=0",
					"rediskit.environment=test", "rediskit.namespace=store")
			.run((context) -> {
				Shop shop = context.getBean(Shop.class);
				shop.product(1);
				shop.price(1);
				shop.nothing(1);
				assertThat(this.server.commands().pttl("test:store:cache:products:{1}")).isBetween(3_590_000L,
						3_600_000L);
				assertThat(this.server.commands().pttl("test:store:cache:prices:{1}")).isBetween(50_000L, 60_000L);
				assertThat(this.server.commands().exists("test:store:cache:absent:{1}")).isZero();
			});
	}

	@Test
	void listenersAreTold() {
		Misses misses = new Misses();
		this.runner.withBean(CacheListener.class, () -> misses).run((context) -> {
			context.getBean(Shop.class).product(1);
			assertThat(misses.reasons).containsExactly(MissReason.ABSENT);
		});
	}

	@Test
	void itRunsOnACluster() {
		try (RedisTestCluster cluster = RedisTestCluster.start()) {
			cluster.restrictedUser("app", "secret");
			if (cluster.nodes().get(0).version().startsWith("6.")) {
				// it counts every CLUSTER command as dangerous, and no client can do
				// without
				cluster.nodes()
					.forEach((node) -> node.user("app", "secret", "~*", "&*", "+@all", "-@dangerous", "+cluster"));
			}
			this.unconfigured
				.withPropertyValues("spring.data.redis.username=app", "spring.data.redis.password=secret",
						"spring.data.redis.cluster.nodes=" + String.join(",", cluster.addresses()))
				.run((context) -> {
					Shop shop = context.getBean(Shop.class);
					await().until(() -> answersFromEveryNode(shop));
					int before = shop.calls();
					for (int i = 0; i < 50; i++) {
						assertThat(shop.product(i)).isEqualTo(shop.product(i));
					}
					assertThat(shop.calls()).isEqualTo(before + 50);
					shop.change(7);
					shop.product(7);
					assertThat(shop.calls()).isEqualTo(before + 51);
					shop.reload();
					shop.product(8);
					assertThat(shop.calls()).isEqualTo(before + 52);
					assertThat(cluster.nodes())
						.allSatisfy((node) -> assertThat(node.commands().dbsize()).isGreaterThan(5));
				});
		}
	}

	/** The connection to each node is opened when it is first needed. */
	private static boolean answersFromEveryNode(Shop shop) {
		int before = shop.calls();
		for (int i = 100; i < 130; i++) {
			shop.product(i);
		}
		return shop.calls() == before;
	}

	@Test
	void itRunsAsAUserWithoutDangerousCommands() {
		String uri = this.server.restrictedUser("app", "secret");
		this.runner.withPropertyValues("spring.data.redis.url=" + uri).run((context) -> {
			Shop shop = context.getBean(Shop.class);
			shop.product(1);
			shop.product(1);
			shop.change(1);
			shop.reload();
			shop.product(1);
			assertThat(shop.calls()).isEqualTo(2);
		});
	}

	@Test
	void itRunsWithVirtualThreadsAsked() {
		this.runner.withPropertyValues("spring.threads.virtual.enabled=true").run((context) -> {
			context.getBean(Shop.class).product(1);
			context.getBean(Shop.class).product(1);
			assertThat(context.getBean(Shop.class).calls()).isEqualTo(1);
		});
	}

	@Test
	void itStartsAndWorksWithoutRedis() {
		this.runner.withPropertyValues("spring.data.redis.url=redis://127.0.0.1:1").run((context) -> {
			assertThat(context.getBean(Shop.class).product(1))
				.isEqualTo(new Product(1, "product 1", new BigDecimal("9.90")));
			context.getBean(Shop.class).change(1);
		});
	}

	@Test
	void aClosedCacheFailsWithoutRedisAndTheOthersGoOn() {
		this.runner
			.withPropertyValues("spring.data.redis.url=redis://127.0.0.1:1",
					"rediskit.cache.caches.products.on-failure=closed")
			.run((context) -> {
				Shop shop = context.getBean(Shop.class);
				assertThatExceptionOfType(CacheUnavailableException.class).isThrownBy(() -> shop.product(1));
				shop.change(1);
				assertThat(shop.calls()).isZero();
				shop.price(1);
				assertThat(shop.calls()).isEqualTo(1);
			});
	}

	@Test
	void theCircuitOfTheCachesConnectionOpensAndCloses() {
		Circuits circuits = new Circuits();
		try (RedisTestServer own = RedisTestServer.start()) {
			this.runner.withBean(RedisGatewayListener.class, () -> circuits)
				.withPropertyValues("rediskit.connections.entries.url=" + own.uri(),
						"rediskit.cache.connection=entries")
				.run((context) -> {
					Shop shop = context.getBean(Shop.class);
					shop.product(1);
					own.freeze();
					shop.product(1);
					shop.product(1);
					assertThat(circuits.words).containsExactly("opened entries");
					own.thaw();
					await().atMost(Duration.ofSeconds(1)).until(() -> circuits.words.contains("closed entries"));
				});
		}
	}

	@Test
	void annotatedBeansAreProxiedEvenWhereAopIsOff() {
		this.runner.withPropertyValues("spring.aop.auto=false").run((context) -> {
			context.getBean(Shop.class).product(1);
			context.getBean(Shop.class).product(1);
			assertThat(context.getBean(Shop.class).calls()).isEqualTo(1);
		});
	}

	@Test
	void aBeanThatIsAProxyAlreadyIsCachedByItsInterface() {
		AtomicInteger calls = new AtomicInteger();
		this.runner
			.withBean("rates", Rates.class,
					() -> (Rates) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { Rates.class },
							(proxy, method, args) -> method.getName().equals("rate")
									? Optional.of(calls.incrementAndGet()) : method.invoke(calls, args)))
			.run((context) -> {
				Rates rates = context.getBean(Rates.class);
				assertThat(rates.rate("EUR")).contains(1);
				assertThat(rates.rate("EUR")).contains(1);
				assertThat(calls).hasValue(1);
			});
	}

	@Test
	void wrongSettingsStopTheStartWithASentence() {
		refused("rediskit.cache.defaults.ttl=0", "rediskit.cache.defaults.ttl is not positive");
		refused("rediskit.cache.caches.products.ttl=-1s", "rediskit.cache.caches.products.ttl is not positive");
		refused("rediskit.cache.defaults.ttl=forever", "forever");
		refused("rediskit.cache.defaults.ttl=9223372036854775807ms", "Write at most 3650d");
		refused("rediskit.cache.defaults.null-ttl=3651d", "Write at most 3650d");
		refused("rediskit.cache.caches.products.load-timeout=3651d", "Write at most 3650d");
		refused("rediskit.cache.defaults.null-ttl=-1s", "rediskit.cache.defaults.null-ttl is negative");
		refused("rediskit.cache.defaults.jitter=2", "rediskit.cache.defaults.jitter is 2.0");
		refused("rediskit.cache.defaults.lease=1ms", "rediskit.cache.defaults.lease is shorter");
		refused("rediskit.cache.defaults.wait.then=maybe", "maybe");
		refused("rediskit.cache.defaults.on-failure=maybe", "maybe");
		refused("rediskit.cache.caches.products.max-loads-without-redis=-1",
				"rediskit.cache.caches.products.max-loads-without-redis is negative");
		refused("rediskit.cache.connection=nowhere", "nowhere");
		refused("rediskit.namespace=my shop", "rediskit.namespace is 'my shop'");
		refused("rediskit.cache.caches.[my cache].ttl=1m", "names the cache 'my cache'");
	}

	@Test
	void aMethodThatCanNotBeCachedStopsTheStart() {
		this.runner.withBean(Unreadable.class)
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining("java.lang.Runnable"));
		this.runner.withBean(BadInvalidation.class)
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining("'my products'"));
		this.runner.withBean(BadName.class)
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining("'my products'"));
	}

	private void refused(String property, String words) {
		this.runner.withPropertyValues(property).run((context) -> {
			assertThat(context).as(property).hasFailed();
			assertThat(messages(context.getStartupFailure())).as(property).contains(words);
		});
	}

	private static String messages(Throwable failure) {
		StringBuilder result = new StringBuilder();
		for (Throwable each = failure; each != null; each = each.getCause()) {
			result.append(each.getMessage()).append('\n');
		}
		return result.toString();
	}

	static class Shop {

		private final AtomicInteger calls = new AtomicInteger();

		int calls() {
			return this.calls.get();
		}

		private <T> T called(T value) {
			this.calls.incrementAndGet();
			return value;
		}

		@Cached(value = "products", key = "#id")
		public Product product(long id) {
			return called(new Product(id, "product " + id, new BigDecimal("9.90")));
		}

		@CacheInvalidate(value = "products", key = "#id")
		public void change(long id) {
		}

		@CacheInvalidate(value = "products", key = "#id")
		public void failToChange(long id) {
			throw new IllegalArgumentException("no");
		}

		@CacheInvalidate(value = "products", all = true)
		public void reload() {
		}

		@Cached("failing")
		public String failing(long id) {
			throw new IllegalArgumentException("no database");
		}

		@Cached("grouped")
		public Map<String, List<Product>> grouped(String name, int count) {
			Map<String, List<Product>> result = new LinkedHashMap<>();
			result.put(name, List.of(new Product(count, "x", BigDecimal.ONE)));
			return called(result);
		}

		@Cached("found")
		public Optional<Product> found(long id) {
			return called((id < 0) ? Optional.empty() : Optional.of(new Product(id, "found", BigDecimal.TEN)));
		}

		@Cached("prices")
		public BigDecimal price(long id) {
			return called(new BigDecimal("12.50"));
		}

		@Cached("absent")
		public String nothing(long id) {
			return called(null);
		}

		@Cached("payment")
		public Payment payment(int kind) {
			return called((kind == 0) ? new Card("1234", Instant.EPOCH) : new Cash(new BigDecimal("5.00")));
		}

		@Cached("payments")
		public List<Payment> payments() {
			return called(List.of(new Card("1234", Instant.EPOCH), new Cash(new BigDecimal("5.00"))));
		}

		@Cached("colors")
		public Color color(int id) {
			return called(Color.RED);
		}

		@Cached("numbers")
		public long number(int id) {
			return called(5L);
		}

		@Cached("pages")
		public Page<Product> page(int number) {
			return called(new Page<>(List.of(new Product(1, "x", BigDecimal.ONE)), Duration.ofSeconds(5)));
		}

		@Cached("ids")
		public Set<UUID> ids() {
			return called(Set.of(new UUID(1, 2), new UUID(3, 4)));
		}

		@Cached("bytes")
		public byte[] bytes() {
			return called(new byte[] { 1, 2, 3 });
		}

		@Cached(value = "short", ttl = "${shop.ttl:10s}")
		public String withTtl(long id) {
			return called("x");
		}

		@Cached(value = "computed", ttl = "#result.length() > 1 ? 'PT1M' : 'PT1H'")
		public String withComputedTtl(long id) {
			return called("xx");
		}

		@Cached(value = "conditional", condition = "#id > 0", unless = "#result == 'odd'")
		public String conditional(long id) {
			return called((id % 2 == 0) ? "even" : "odd");
		}

		@Cached("any")
		public String any(Object argument) {
			return called("x");
		}

		@Cached("any")
		public String two(String first, String second) {
			return called("x");
		}

	}

	interface Rates {

		@Cached("rates")
		Optional<Integer> rate(String currency);

	}

	static class BadInvalidation {

		@CacheInvalidate("my products")
		public void change(long id) {
		}

	}

	static class Unreadable {

		@Cached("unreadable")
		public Runnable value() {
			return () -> {
			};
		}

	}

	static class BadName {

		@Cached("my products")
		public String value() {
			return "";
		}

	}

	static final class Circuits implements RedisGatewayListener {

		private final List<String> words = new CopyOnWriteArrayList<>();

		@Override
		public void circuitOpened(String connection, Throwable failure) {
			this.words.add("opened " + connection);
		}

		@Override
		public void circuitClosed(String connection) {
			this.words.add("closed " + connection);
		}

	}

	static final class Misses implements CacheListener {

		private final List<MissReason> reasons = new ArrayList<>();

		@Override
		public void miss(String cache, MissReason reason) {
			this.reasons.add(reason);
		}

	}

	record Product(long id, String name, BigDecimal price) {
	}

	record Page<T>(List<T> content, Duration age) {
	}

	record Point(int x, int y) {
	}

	sealed interface Payment {

	}

	record Card(String number, Instant valid) implements Payment {
	}

	record Cash(BigDecimal amount) implements Payment {
	}

	enum Color {

		RED, GREEN

	}

}
