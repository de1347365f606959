package io.github.rediskit.autoconfigure;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.github.rediskit.cache.CacheInvalidate;
import io.github.rediskit.cache.Cached;
import io.github.rediskit.cache.Caches;
import io.github.rediskit.cache.ReadThroughCache;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Two instances of an application, one database and one Redis: what the cache holds while
 * transactions are open, committed and rolled back.
 */
@RedisTest
@Timeout(60)
class CacheTransactionTests {

	private static final String ENTRY = "shop:cache:products:{1}";

	private final RedisTestServer server = RedisTestServer.shared();

	private final ExecutorService others = Executors.newCachedThreadPool();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class, DataRedisAutoConfiguration.class,
				RediskitAutoConfiguration.class, RedisConnectionsAutoConfiguration.class, CacheAutoConfiguration.class,
				CacheManagerAutoConfiguration.class))
		.withUserConfiguration(Application.class)
		.withPropertyValues("spring.application.name=shop", "spring.data.redis.url=" + this.server.uri(),
				"database=" + UUID.randomUUID());

	@BeforeEach
	void emptyCache() {
		this.server.flushAll();
	}

	@AfterEach
	void stop() {
		this.others.shutdownNow();
	}

	private void withTwo(TwoInstances test) {
		this.runner.run((one) -> this.runner.run((two) -> {
			one.getBean(JdbcTemplate.class).execute("create table product (id bigint primary key, name varchar(50))");
			one.getBean(JdbcTemplate.class).execute("insert into product values (1, 'old'), (2, 'other')");
			test.run(one.getBean(Shop.class), two.getBean(Shop.class));
		}));
	}

	@ParameterizedTest
	@EnumSource(Change.class)
	void anInvalidationWaitsForTheCommitAndTheTransactionSeesItsOwnWrite(Change change) {
		withTwo((one, two) -> {
			one.product(1);
			one.inTransaction(() -> {
				one.update(1, "new");
				change.make(one);
				assertThat(this.server.commands().exists(ENTRY)).isOne();
				int loads = one.loads();
				assertThat(one.product(1)).isEqualTo("new");
				assertThat(one.cacheable(1)).isEqualTo("new");
				assertThat(one.synchronous(1)).isEqualTo("new");
				assertThat(one.cache().get(1L, (id) -> one.load(id))).isEqualTo("new");
				assertThat(one.cache()
					.getAsync(1L, (id) -> CompletableFuture.completedFuture(one.load(id)))
					.toCompletableFuture()).isCompletedWithValue("new");
				assertThat(one.loads()).isEqualTo(loads + 5);
				assertThat(one.cache().getIfPresent(1L)).isEmpty();
				assertThat(one.spring().get(1L)).isNull();
				assertThat(elsewhere(() -> two.product(1))).isEqualTo("old");
				assertThat(elsewhere(() -> one.product(1))).isEqualTo("old");
			});
			assertThat(this.server.commands().exists(ENTRY)).isZero();
			assertThat(two.product(1)).isEqualTo("new");
			assertThat(one.product(1)).isEqualTo("new");
		});
	}

	@ParameterizedTest
	@EnumSource(Change.class)
	void aRollbackInvalidatesNothingAndNothingOfTheTransactionIsCached(Change change) {
		withTwo((one, two) -> {
			one.product(1);
			String entry = this.server.commands().get(ENTRY);
			assertThatIllegalStateException().isThrownBy(() -> one.inTransaction(() -> {
				one.update(1, "new");
				change.make(one);
				assertThat(one.product(1)).isEqualTo("new");
				throw new IllegalStateException("no");
			}));
			assertThat(this.server.commands().get(ENTRY)).isEqualTo(entry);
			int loads = one.loads();
			assertThat(one.product(1)).isEqualTo("old");
			assertThat(one.loads()).isEqualTo(loads);
		});
	}

	@Test
	void whatOthersLoadWhileTheTransactionIsOpenIsGoneAfterTheCommit() {
		withTwo((one, two) -> {
			one.inTransaction(() -> {
				one.update(1, "new");
				one.changed(1);
				assertThat(elsewhere(() -> two.product(1))).isEqualTo("old");
				assertThat(elsewhere(() -> one.product(1))).isEqualTo("old");
				assertThat(this.server.commands().exists(ENTRY)).isOne();
			});
			assertThat(two.product(1)).isEqualTo("new");
			assertThat(one.product(1)).isEqualTo("new");
		});
	}

	@ParameterizedTest
	@EnumSource(Reading.class)
	void whatOthersReadBeforeTheCommitIsNotStoredAfterIt(Reading reading) {
		withTwo((one, two) -> {
			CountDownLatch read = new CountDownLatch(1);
			CountDownLatch committed = new CountDownLatch(1);
			two.afterLoad((id) -> {
				read.countDown();
				awaitLatch(committed);
			});
			Future<String> slow = this.others.submit(() -> reading.read(two));
			awaitLatch(read);
			one.inTransaction(() -> {
				one.update(1, "new");
				one.changed(1);
			});
			committed.countDown();
			slow.get();
			two.afterLoad((id) -> {
			});
			assertThat(reading.read(two)).isEqualTo("new");
			assertThat(reading.read(one)).isEqualTo("new");
		});
	}

	@Test
	void allEntriesWaitForTheCommit() {
		withTwo((one, two) -> {
			for (Runnable all : new Runnable[] { one::reload, one::cleared, one.cache()::invalidateAll }) {
				one.update(1, "old");
				one.cache().invalidateAll();
				one.product(1);
				assertThatIllegalStateException().isThrownBy(() -> one.inTransaction(() -> {
					one.update(1, "new");
					all.run();
					assertThat(one.product(1)).isEqualTo("new");
					throw new IllegalStateException("no");
				}));
				assertThat(one.cache().getIfPresent(1L)).contains("old");
				one.inTransaction(() -> {
					one.update(1, "new");
					all.run();
					assertThat(one.product(1)).isEqualTo("new");
					assertThat(elsewhere(() -> two.product(1))).isEqualTo("old");
				});
				assertThat(two.product(1)).isEqualTo("new");
			}
		});
	}

	@Test
	void aJoinedTransactionInvalidatesWhenTheOuterOneCommits() {
		withTwo((one, two) -> {
			one.product(1);
			one.inTransaction(() -> {
				one.rename(1, "new");
				assertThat(this.server.commands().exists(ENTRY)).isOne();
			});
			assertThat(this.server.commands().exists(ENTRY)).isZero();
			one.product(1);
			one.rename(1, "newer");
			assertThat(two.product(1)).isEqualTo("newer");
		});
	}

	@Test
	void aTransactionOfItsOwnInvalidatesAtItsOwnCommit() {
		withTwo((one, two) -> {
			one.product(1);
			one.product(2);
			one.inTransaction(() -> {
				one.update(1, "new");
				one.changed(1);
				one.inTransaction(TransactionDefinition.PROPAGATION_REQUIRES_NEW, () -> {
					assertThat(one.product(1)).isEqualTo("old");
					one.update(2, "new other");
					one.changed(2);
					assertThat(one.product(2)).isEqualTo("new other");
				});
				assertThat(two.product(2)).isEqualTo("new other");
				assertThat(this.server.commands().exists(ENTRY)).isOne();
				assertThat(one.product(1)).isEqualTo("new");
			});
			assertThat(this.server.commands().exists(ENTRY)).isZero();
		});
	}

	@Test
	void whatASuspendedTransactionHasChangedStaysPendingIfTheInnerOneFails() {
		withTwo((one, two) -> {
			one.product(1);
			one.product(2);
			one.inTransaction(() -> {
				one.update(1, "new");
				one.changed(1);
				assertThatIllegalStateException()
					.isThrownBy(() -> one.inTransaction(TransactionDefinition.PROPAGATION_REQUIRES_NEW, () -> {
						one.changed(2);
						throw new IllegalStateException("no");
					}));
				one.inTransaction(TransactionDefinition.PROPAGATION_NOT_SUPPORTED,
						() -> assertThat(one.product(1)).isEqualTo("old"));
				assertThat(one.product(1)).isEqualTo("new");
			});
			assertThat(this.server.commands().exists(ENTRY)).isZero();
			assertThat(this.server.commands().exists("shop:cache:products:{2}")).isOne();
		});
	}

	@Test
	void aRollbackToASavepointForgetsWhatCameAfterIt() {
		withTwo((one, two) -> {
			one.product(1);
			one.product(2);
			one.inTransaction(() -> {
				one.update(1, "new");
				one.changed(1);
				assertThatIllegalStateException()
					.isThrownBy(() -> one.inTransaction(TransactionDefinition.PROPAGATION_NESTED, () -> {
						one.update(2, "new other");
						one.changed(2);
						one.changed(1);
						assertThat(one.product(2)).isEqualTo("new other");
						throw new IllegalStateException("no");
					}));
				assertThat(one.product(2)).isEqualTo("other");
				assertThat(one.product(1)).isEqualTo("new");
			});
			assertThat(this.server.commands().exists(ENTRY)).isZero();
			assertThat(this.server.commands().exists("shop:cache:products:{2}")).isOne();
			one.inTransaction(() -> {
				assertThatIllegalStateException()
					.isThrownBy(() -> one.inTransaction(TransactionDefinition.PROPAGATION_NESTED, () -> {
						one.changed(2);
						throw new IllegalStateException("no");
					}));
				one.inTransaction(TransactionDefinition.PROPAGATION_NESTED, () -> one.update(1, "newest"));
				one.inTransaction(TransactionDefinition.PROPAGATION_NESTED, () -> one.changed(1));
			});
			assertThat(this.server.commands().exists("shop:cache:products:{2}")).isOne();
			assertThat(two.product(1)).isEqualTo("newest");
		});
	}

	@Test
	void itIsDoneBeforeAnythingElseThatHappensAfterTheCommit() {
		withTwo((one, two) -> {
			one.product(1);
			assertThatIllegalStateException().isThrownBy(() -> one.inTransaction(() -> {
				TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

					@Override
					public void afterCommit() {
						assertThat(server.commands().exists(ENTRY)).isZero();
						assertThat(one.product(1)).isEqualTo("new");
						one.changed(1);
						throw new IllegalStateException("of somebody else");
					}

				});
				one.update(1, "new");
				one.changed(1);
			})).withMessage("of somebody else");
			assertThat(this.server.commands().exists(ENTRY)).isZero();
		});
	}

	@Test
	void redisBeingAwayIsNoConcernOfTheCommitAndWhatIsMissedIsMadeUpFor() {
		try (RedisTestServer own = RedisTestServer.start()) {
			this.runner.withPropertyValues("spring.data.redis.url=" + own.uri()).run((context) -> {
				Shop shop = context.getBean(Shop.class);
				context.getBean(JdbcTemplate.class)
					.execute("create table product (id bigint primary key, name varchar(50))");
				context.getBean(JdbcTemplate.class).execute("insert into product values (1, 'old')");
				shop.product(1);
				own.freeze();
				shop.inTransaction(() -> {
					shop.update(1, "new");
					shop.changed(1);
				});
				assertThat(shop.product(1)).isEqualTo("new");
				own.thaw();
				assertThat(shop.product(1)).isEqualTo("new");
				await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
					assertThat(shop.product(1)).isEqualTo("new");
					assertThat(shop.cache().getIfPresent(1L)).contains("new");
				});
			});
		}
	}

	@Test
	void whatIsPendingIsNotTakenForAnOutage() {
		this.runner.withPropertyValues("rediskit.cache.defaults.on-failure=closed").run((context) -> {
			Shop shop = context.getBean(Shop.class);
			context.getBean(JdbcTemplate.class)
				.execute("create table product (id bigint primary key, name varchar(50))");
			context.getBean(JdbcTemplate.class).execute("insert into product values (1, 'old')");
			shop.inTransaction(() -> {
				shop.changed(1);
				assertThat(shop.product(1)).isEqualTo("old");
				assertThat(shop.cacheable(1)).isEqualTo("old");
				assertThat(shop.cache().getIfPresent(1L)).isEmpty();
			});
		});
	}

	private <T> T elsewhere(Callable<T> call) {
		try {
			return this.others.submit(call).get();
		}
		catch (Exception ex) {
			throw new AssertionError(ex);
		}
	}

	private static void awaitLatch(CountDownLatch latch) {
		try {
			assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	interface TwoInstances {

		void run(Shop one, Shop two) throws Exception;

	}

	enum Change {

		INVALIDATE((shop) -> shop.changed(1)), BEFORE((shop) -> shop.changedBefore(1)),
		EVICT((shop) -> shop.evicted(1)), EVICT_BEFORE((shop) -> shop.evictedBefore(1)),
		PUT((shop) -> shop.replaced(1, "new")), BEAN((shop) -> shop.cache().invalidate(1L)),
		BEAN_MATCHING((shop) -> shop.cache().invalidateMatching("?")), BEAN_PUT((shop) -> shop.cache().put(1L, "new")),
		MANAGER((shop) -> shop.spring().put(1L, "new"));

		private final Consumer<Shop> change;

		Change(Consumer<Shop> change) {
			this.change = change;
		}

		void make(Shop shop) {
			this.change.accept(shop);
		}

	}

	enum Reading {

		OURS, SPRINGS, SYNC;

		String read(Shop shop) {
			return switch (this) {
				case OURS -> shop.product(1);
				case SPRINGS -> shop.cacheable(1);
				case SYNC -> shop.synchronous(1);
			};
		}

	}

	@EnableCaching
	@EnableTransactionManagement
	@Configuration(proxyBeanMethods = false)
	static class Application {

		@Bean
		DataSource dataSource(Environment environment) {
			return new DriverManagerDataSource(
					"jdbc:h2:mem:" + environment.getProperty("database") + ";DB_CLOSE_DELAY=-1");
		}

		@Bean
		DataSourceTransactionManager transactionManager(DataSource dataSource) {
			return new DataSourceTransactionManager(dataSource);
		}

		@Bean
		JdbcTemplate jdbcTemplate(DataSource dataSource) {
			return new JdbcTemplate(dataSource);
		}

		@Bean
		Shop shop(JdbcTemplate database, PlatformTransactionManager transactions, ApplicationContext context) {
			return new Shop(database, transactions, context);
		}

	}

	static class Shop {

		private final AtomicInteger loads = new AtomicInteger();

		private final JdbcTemplate database;

		private final PlatformTransactionManager transactions;

		private final ApplicationContext context;

		private volatile Consumer<Long> afterLoad = (id) -> {
		};

		Shop(JdbcTemplate database, PlatformTransactionManager transactions, ApplicationContext context) {
			this.database = database;
			this.transactions = transactions;
			this.context = context;
		}

		public int loads() {
			return this.loads.get();
		}

		public void afterLoad(Consumer<Long> afterLoad) {
			this.afterLoad = afterLoad;
		}

		public ReadThroughCache<Long, String> cache() {
			return this.context.getBean(Caches.class).cache("products", String.class);
		}

		public Cache spring() {
			return this.context.getBean(CacheManager.class).getCache("products");
		}

		public void inTransaction(Runnable action) {
			inTransaction(TransactionDefinition.PROPAGATION_REQUIRED, action);
		}

		public void inTransaction(int propagation, Runnable action) {
			TransactionTemplate template = new TransactionTemplate(this.transactions);
			template.setPropagationBehavior(propagation);
			template.executeWithoutResult((status) -> action.run());
		}

		public void update(long id, String name) {
			assertThat(this.database.update("update product set name = ? where id = ?", name, id)).isOne();
		}

		public String load(long id) {
			this.loads.incrementAndGet();
			String name = this.database.queryForObject("select name from product where id = ?", String.class, id);
			this.afterLoad.accept(id);
			return name;
		}

		@Cached("products")
		public String product(long id) {
			return load(id);
		}

		@Cacheable("products")
		public String cacheable(long id) {
			return load(id);
		}

		@Cacheable(cacheNames = "products", sync = true)
		public String synchronous(long id) {
			return load(id);
		}

		@CacheInvalidate("products")
		public void changed(long id) {
		}

		@CacheInvalidate(value = "products", beforeInvocation = true)
		public void changedBefore(long id) {
		}

		@Transactional
		@CacheInvalidate(value = "products", key = "#id")
		public void rename(long id, String name) {
			update(id, name);
		}

		@CacheEvict("products")
		public void evicted(long id) {
		}

		@CacheEvict(cacheNames = "products", beforeInvocation = true)
		public void evictedBefore(long id) {
		}

		@CachePut(cacheNames = "products", key = "#id")
		public String replaced(long id, String name) {
			return name;
		}

		@CacheInvalidate(value = "products", all = true)
		public void reload() {
		}

		@CacheEvict(cacheNames = "products", allEntries = true)
		public void cleared() {
		}

	}

}
