package io.github.rediskit.autoconfigure;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.github.rediskit.cache.CacheInvalidate;
import io.github.rediskit.cache.Cached;
import io.github.rediskit.cache.Caches;
import io.github.rediskit.cache.MissReason;
import io.github.rediskit.cache.ReadThroughCache;
import io.github.rediskit.metrics.CacheMeters;
import io.github.rediskit.metrics.CircuitMeters;
import io.github.rediskit.ratelimit.RateLimiter;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.cache.autoconfigure.metrics.CacheMetricsAutoConfiguration;
import org.springframework.boot.cache.metrics.CacheMetricsRegistrar;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MeterRegistryCustomizer;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * Meters as an application has them, of caches in a real Redis.
 */
@RedisTest
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class RediskitMetricsAutoConfigurationTests {

	private final RedisTestServer server = RedisTestServer.shared();

	private final ApplicationContextRunner withoutBootsModule = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class, DataRedisAutoConfiguration.class,
				RediskitAutoConfiguration.class, RedisConnectionsAutoConfiguration.class, CacheAutoConfiguration.class,
				CacheManagerAutoConfiguration.class, RediskitMetricsAutoConfiguration.class))
		.withPropertyValues("spring.application.name=shop", "spring.data.redis.url=" + this.server.uri());

	private final ApplicationContextRunner withoutMetrics = this.withoutBootsModule.withConfiguration(
			AutoConfigurations.of(org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration.class,
					CacheMetricsAutoConfiguration.class))
		.withBean(Shop.class);

	private final ApplicationContextRunner runner = this.withoutMetrics
		.withConfiguration(AutoConfigurations.of(MetricsAutoConfiguration.class,
				CompositeMeterRegistryAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class));

	private final ApplicationContextRunner caching = this.runner.withUserConfiguration(Caching.class);

	@Test
	void everyDoorIsCounted(CapturedOutput output) {
		this.caching.run((context) -> {
			Shop shop = context.getBean(Shop.class);
			shop.cached(1);
			shop.cached(1);
			shop.cacheable(1);
			shop.cacheable(1);
			shop.cacheable(2);
			ReadThroughCache<Long, String> plain = context.getBean(Caches.class).cache("plain", String.class);
			plain.get(1L, (id) -> "one");
			plain.get(1L, (id) -> "one");
			plain.getIfPresent(2L);
			Cache dynamic = context.getBean(CacheManager.class).getCache("cached");
			dynamic.get(1L);
			assertThat(gets(context, "cached", "miss")).isOne();
			assertThat(gets(context, "cached", "hit")).isEqualTo(2);
			assertThat(gets(context, "cacheable", "miss")).isEqualTo(2);
			assertThat(gets(context, "cacheable", "hit")).isOne();
			assertThat(gets(context, "plain", "miss")).isEqualTo(2);
			assertThat(gets(context, "plain", "hit")).isOne();
			assertThat(loads(context, "cached", "success")).isOne();
			assertThat(loads(context, "cacheable", "success")).isEqualTo(2);
			assertThat(count(context, "rediskit.cache.leases", "cached")).isOne();
		});
		assertThat(output).doesNotContain("been already registered")
			.doesNotContain("not eligible for getting processed");
	}

	@Test
	void aWholeApplicationIsScrapedByPrometheus(CapturedOutput output) {
		new ApplicationContextRunner().withUserConfiguration(WholeApplication.class)
			.withBean(Shop.class)
			.withPropertyValues("spring.application.name=shop", "spring.data.redis.url=" + this.server.uri())
			.run((context) -> {
				context.getBean(Shop.class).cached(1);
				context.getBean(Shop.class).cacheable(1);
				assertThat(context.getBean(PrometheusMeterRegistry.class).scrape()).contains(
						"cache_gets_total{cache=\"cached\",cache_manager=\"cacheManager\",name=\"cached\",result=\"miss\"} 1.0",
						"cache_gets_total{cache=\"cacheable\",cache_manager=\"cacheManager\",name=\"cacheable\",result=\"miss\"} 1.0",
						"rediskit_cache_load_seconds_count{cache=\"cached\",result=\"success\"} 1",
						"rediskit_circuit_open{connection=\"default\"} 0.0");
			});
		assertThat(output).doesNotContain("been already registered")
			.doesNotContain("registration has failed")
			.doesNotContain("not eligible for getting processed");
	}

	@Test
	void putsAndRemovalsAreCounted() {
		this.caching.run((context) -> {
			ReadThroughCache<Long, String> cache = context.getBean(Caches.class).cache("counted", String.class);
			cache.put(1L, "put");
			cache.get(2L, (id) -> "loaded");
			cache.invalidate(1L);
			cache.invalidateTag("any");
			assertThat(count(context, "cache.puts", "counted")).isEqualTo(2);
			assertThat(count(context, "cache.removals", "counted")).isEqualTo(2);
			assertThat(context.getBean(MeterRegistry.class)
				.get("rediskit.cache.entry.size")
				.tag("cache", "counted")
				.summary()
				.count()).isEqualTo(2);
		});
	}

	@Test
	void decisionsOfRateLimitsAreCounted() {
		this.runner.withConfiguration(AutoConfigurations.of(RateLimitAutoConfiguration.class))
			.withPropertyValues("rediskit.rate-limit.policies.search.limits[0].limit=1",
					"rediskit.rate-limit.policies.search.limits[0].period=1h")
			.run((context) -> {
				RateLimiter limiter = context.getBean(RateLimiter.class);
				limiter.tryAcquire("search", "alice", 1);
				limiter.tryAcquire("search", "alice", 1);
				limiter.tryAcquire("search", "alice", 1);
				assertThat(decisions(context, "allowed")).isOne();
				assertThat(decisions(context, "refused")).isOne();
				assertThat(decisions(context, "remembered")).isOne();
			});
	}

	private static double decisions(ApplicationContext context, String result) {
		return context.getBean(MeterRegistry.class)
			.get("rediskit.ratelimit.decisions")
			.tag("policy", "search")
			.tag("result", result)
			.functionCounter()
			.count();
	}

	@Test
	void annotatedMethodsHaveTheirMetersBeforeTheFirstCall() {
		this.caching.run((context) -> {
			assertThat(gets(context, "cached", "miss")).isZero();
			assertThat(gets(context, "cacheable", "miss")).isZero();
			assertThat(count(context, "cache.removals", "removed")).isZero();
		});
	}

	@Test
	void aCacheThatIsMadeLaterHasTheSameTagsAsOneFromTheStart(CapturedOutput output) {
		this.caching.withPropertyValues("rediskit.cache.caches.later.type=java.lang.String").run((context) -> {
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			assertThat(registry.find("cache.gets").tag("cache", "dynamic").meters()).isEmpty();
			context.getBean(CacheManager.class).getCache("dynamic").evict("x");
			context.getBean(Caches.class).cache("dynamic", String.class).getIfPresent("x");
			assertThat(gets(context, "dynamic", "miss")).isOne();
			for (String cache : Set.of("dynamic", "later", "cached", "cacheable")) {
				Meter.Id id = registry.get("cache.puts").tag("cache", cache).meter().getId();
				assertThat(id.getTags()).containsExactlyInAnyOrderElementsOf(
						Tags.of("cache", cache, "name", cache, "cache.manager", "cacheManager"));
			}
			assertThat(registry.find("cache.puts").tag("cache", "cacheable").meters()).hasSize(1);
			context.getBean(CacheMetricsRegistrar.class)
				.bindCacheToRegistry(context.getBean(CacheManager.class).getCache("dynamic"), Tag.of("by", "me"));
			assertThat(registry.find("cache.puts").tag("cache", "dynamic").meters()).hasSize(1);
		});
		assertThat(output).doesNotContain("been already registered");
	}

	@Test
	void withoutSpringsCachingTheTagKeysAreTheSame() {
		this.runner.run((context) -> {
			context.getBean(Shop.class).cached(1);
			assertThat(gets(context, "cached", "miss")).isOne();
			assertThat(context.getBean(MeterRegistry.class).get("cache.puts").meter().getId().getTags())
				.contains(Tag.of("cache.manager", "rediskit"), Tag.of("name", "cached"));
		});
	}

	@Test
	void nextToAnotherManagerTheTagKeysAreTheSame() {
		this.caching.withBean("otherCacheManager", CacheManager.class, () -> new ConcurrentMapCacheManager("other"))
			.run((context) -> {
				context.getBean(Shop.class).cached(1);
				assertThat(context.getBean(MeterRegistry.class).get("cache.puts").meter().getId().getTags())
					.contains(Tag.of("cache.manager", "rediskit"), Tag.of("name", "cached"));
			});
	}

	@Test
	void everyMeterNameHasOneSetOfTagKeysAndNoTagHoldsAKey() {
		this.caching.run((context) -> {
			Shop shop = context.getBean(Shop.class);
			shop.greeting("alice@example.com");
			shop.greeting("alice@example.com");
			shop.remove("alice@example.com");
			shop.evict(4711);
			assertThatIllegalArgumentException().isThrownBy(() -> shop.failing("alice@example.com"));
			context.getBean(Caches.class).cache("dynamic", String.class).getIfPresent("alice@example.com");
			Map<String, Set<String>> keys = context.getBean(MeterRegistry.class)
				.getMeters()
				.stream()
				.collect(Collectors.groupingBy((meter) -> meter.getId().getName(),
						Collectors.mapping((meter) -> tagKeys(meter).toString(), Collectors.toSet())));
			assertThat(keys).containsKeys("cache.gets", "rediskit.cache.load", "rediskit.circuit.open");
			assertThat(keys).allSatisfy((name, sets) -> assertThat(sets).as(name).hasSize(1));
			assertThat(context.getBean(MeterRegistry.class).getMeters())
				.flatExtracting((meter) -> meter.getId().getTags())
				.extracting(Tag::getValue)
				.noneMatch((value) -> value.contains("alice") || value.contains("4711"));
			assertThat(loads(context, "failing", "failure")).isOne();
		});
	}

	@Test
	void whoJoinsALoadIsAMissAndLoadsNothing() throws Exception {
		ExecutorService callers = Executors.newFixedThreadPool(2);
		try {
			this.runner.run((context) -> {
				ReadThroughCache<Long, String> cache = context.getBean(Caches.class).cache("shared", String.class);
				CountDownLatch loaded = new CountDownLatch(1);
				Callable<String> call = () -> cache.get(1L, (id) -> awaited(loaded));
				Future<String> first = callers.submit(call);
				Future<String> second = callers.submit(call);
				await().until(() -> gets(context, "shared", "miss") == 2);
				loaded.countDown();
				assertThat(first.get()).isEqualTo(second.get()).isEqualTo("loaded");
				assertThat(gets(context, "shared", "miss")).isEqualTo(2);
				assertThat(gets(context, "shared", "hit")).isZero();
				assertThat(loads(context, "shared", "success")).isOne();
				assertThat(count(context, "rediskit.cache.leases", "shared")).isOne();
			});
		}
		finally {
			callers.shutdownNow();
		}
	}

	private static String awaited(CountDownLatch latch) {
		try {
			assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
			return "loaded";
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void anUnreadableEntryIsSeen() {
		this.runner.run((context) -> {
			context.getBean(Shop.class).cached(1);
			this.server.commands().set("shop:cache:cached:{1}", "nonsense");
			context.getBean(Shop.class).cached(1);
			assertThat(context.getBean(MeterRegistry.class)
				.get("rediskit.cache.misses")
				.tags("cache", "cached", "reason", "format")
				.functionCounter()
				.count()).isOne();
		});
	}

	@Test
	void theMeterOfTheCircuitFlipsWhenRedisIsFrozen() {
		try (RedisTestServer own = RedisTestServer.start()) {
			this.runner
				.withPropertyValues("rediskit.connections.entries.url=" + own.uri(),
						"rediskit.cache.connection=entries")
				.run((context) -> {
					Shop shop = context.getBean(Shop.class);
					shop.cached(1);
					assertThat(circuitOpen(context)).isZero();
					own.freeze();
					shop.cached(1);
					shop.cached(1);
					assertThat(circuitOpen(context)).isOne();
					assertThat(context.getBean(MeterRegistry.class)
						.get("rediskit.circuit.openings")
						.tag("connection", "entries")
						.functionCounter()
						.count()).isOne();
					assertThat(context.getBean(MeterRegistry.class)
						.get("rediskit.cache.unavailable")
						.tags("cache", "cached", "result", "bypassed")
						.functionCounter()
						.count()).isEqualTo(2);
					own.thaw();
					await().atMost(Duration.ofSeconds(2)).until(() -> circuitOpen(context) == 0);
				});
		}
	}

	private static double circuitOpen(ApplicationContext context) {
		return context.getBean(MeterRegistry.class)
			.get("rediskit.circuit.open")
			.tag("connection", "entries")
			.gauge()
			.value();
	}

	@Test
	void withoutARegistryThereIsNothing() {
		this.withoutMetrics.run((context) -> {
			assertThat(context).doesNotHaveBean(CacheMeters.class).doesNotHaveBean(CircuitMeters.class);
			assertThat(context.getBean(Shop.class).cached(1)).isEqualTo("1");
		});
	}

	@Test
	void withoutMicrometerAnApplicationStarts() {
		this.withoutBootsModule.withClassLoader(new FilteredClassLoader("io.micrometer.core")).run((context) -> {
			assertThat(context).hasNotFailed().doesNotHaveBean("rediskitCacheMeters");
			assertThat(context.getBean(Caches.class).cache("plain", String.class).get(1L, (id) -> "one"))
				.isEqualTo("one");
		});
	}

	@Test
	void withoutBootsCacheModuleSpringsCachesAreCountedAllTheSame() {
		this.withoutBootsModule.withBean(SimpleMeterRegistry.class)
			.withUserConfiguration(Caching.class)
			.withPropertyValues("rediskit.cache.caches.plain.type=java.lang.String")
			.withClassLoader(new FilteredClassLoader("org.springframework.boot.cache"))
			.run((context) -> {
				assertThat(context).hasNotFailed().doesNotHaveBean("rediskitCacheMeterBinderProvider");
				context.getBean(CacheManager.class).getCache("plain").get(1L);
				assertThat(gets(context, "plain", "miss")).isOne();
			});
	}

	@Test
	void aRegistryOfTheApplicationsOwnIsEnough() {
		this.withoutMetrics.withBean(SimpleMeterRegistry.class).run((context) -> {
			context.getBean(Shop.class).cached(1);
			assertThat(gets(context, "cached", "miss")).isOne();
		});
	}

	@Test
	void beansThatAreMadeLazilyAreMeasured() {
		this.caching
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> {
				context.getBean(Shop.class).cached(1);
				context.getBean(Shop.class).cacheable(1);
				assertThat(gets(context, "cached", "miss")).isOne();
				assertThat(gets(context, "cacheable", "miss")).isOne();
			});
	}

	@Test
	void cachesThatAreUsedWhileBeansAreProcessedDoNotMakeTheRegistryTooEarly(CapturedOutput output) {
		this.caching.withUserConfiguration(EarlyCaller.class, Customized.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(gets(context, "early", "miss")).isOne();
			assertThat(gets(context, "customizing", "miss")).isOne();
			assertThat(context.getBean(MeterRegistry.class).get("cache.puts").meters())
				.allSatisfy((meter) -> assertThat(meter.getId().getTag("region")).isEqualTo("north"));
		});
		assertThat(output.toString().lines().filter((line) -> line.contains("not eligible for getting processed")))
			.noneMatch((line) -> line.contains("MeterRegistry") || line.contains("SimpleConfig"));
	}

	@Test
	void metersCanBeSwitchedOffAsAnyOthers() {
		this.runner.withPropertyValues("management.metrics.enable.rediskit=false").run((context) -> {
			context.getBean(Shop.class).cached(1);
			assertThat(gets(context, "cached", "miss")).isOne();
			assertThat(context.getBean(MeterRegistry.class).getMeters())
				.noneMatch((meter) -> meter.getId().getName().startsWith("rediskit."));
		});
	}

	@Test
	void aMissCanBeToldFromAnOutage() {
		this.runner.withPropertyValues("spring.data.redis.url=redis://127.0.0.1:1").run((context) -> {
			context.getBean(Shop.class).cached(1);
			assertThat(context.getBean(MeterRegistry.class)
				.get("rediskit.cache.misses")
				.tags("cache", "cached", "reason", MissReason.UNAVAILABLE.name().toLowerCase(Locale.ROOT))
				.functionCounter()
				.count()).isOne();
		});
	}

	private static double gets(ApplicationContext context, String cache, String result) {
		return context.getBean(MeterRegistry.class)
			.get("cache.gets")
			.tags("cache", cache, "result", result)
			.functionCounter()
			.count();
	}

	private static double count(ApplicationContext context, String name, String cache) {
		return context.getBean(MeterRegistry.class).get(name).tag("cache", cache).functionCounter().count();
	}

	private static long loads(ApplicationContext context, String cache, String result) {
		return context.getBean(MeterRegistry.class)
			.get("rediskit.cache.load")
			.tags("cache", cache, "result", result)
			.timer()
			.count();
	}

	private static Set<String> tagKeys(Meter meter) {
		return meter.getId().getTags().stream().map(Tag::getKey).collect(Collectors.toCollection(TreeSet::new));
	}

	static class Shop {

		@Cached("cached")
		public String cached(long id) {
			return "" + id;
		}

		@Cacheable("cacheable")
		public String cacheable(long id) {
			return "" + id;
		}

		@CacheEvict("cacheable")
		public void evict(long id) {
		}

		@Cached("greetings")
		public String greeting(String user) {
			return "Hello " + user;
		}

		@Cached("failing")
		public String failing(String user) {
			throw new IllegalArgumentException("nobody is called " + user);
		}

		@CacheInvalidate("removed")
		public void remove(String user) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableCaching
	static class WholeApplication {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	static class Caching {

	}

	@Configuration(proxyBeanMethods = false)
	static class EarlyCaller {

		@Bean
		static BeanPostProcessor cachingPostProcessor(ObjectProvider<Caches> caches) {
			return new CachingPostProcessor(caches);
		}

	}

	static class CachingPostProcessor implements BeanPostProcessor, InitializingBean {

		private final ObjectProvider<Caches> caches;

		CachingPostProcessor(ObjectProvider<Caches> caches) {
			this.caches = caches;
		}

		@Override
		public void afterPropertiesSet() {
			this.caches.getObject().cache("early", String.class).getIfPresent("x");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Customized {

		@Bean
		MeterRegistryCustomizer<MeterRegistry> region(Caches caches) {
			return (registry) -> {
				caches.cache("customizing", String.class).getIfPresent("x");
				registry.config().commonTags("region", "north");
			};
		}

	}

}
