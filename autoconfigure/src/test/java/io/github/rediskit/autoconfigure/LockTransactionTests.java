package io.github.rediskit.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

import io.github.rediskit.jdbc.FencedUpdates;
import io.github.rediskit.jdbc.StaleFenceException;
import io.github.rediskit.lock.DistributedLock;
import io.github.rediskit.lock.DistributedLocks;
import io.github.rediskit.lock.HeldLock;
import io.github.rediskit.lock.IfHeld;
import io.github.rediskit.lock.LockContext;
import io.github.rediskit.lock.LockLostException;
import io.github.rediskit.lock.LockRequest;
import io.github.rediskit.lock.OnLost;
import io.github.rediskit.spring.InterceptorOrder;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Locks and transactions of two instances over one table. Rows are not locked by what
 * reads them, so without the lock updates get lost.
 */
@RedisTest
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class LockTransactionTests {

	private static final int THREADS = 4;

	private static final int ROUNDS = 20;

	private final RedisTestServer server = RedisTestServer.shared();

	private final DriverManagerDataSource data = new DriverManagerDataSource(
			"jdbc:h2:mem:locks-" + System.nanoTime() + ";DB_CLOSE_DELAY=-1");

	private final JdbcClient jdbc = JdbcClient.create(this.data);

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final ApplicationContextRunner unmanaged = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class, RediskitAutoConfiguration.class,
				RedisConnectionsAutoConfiguration.class, LockAutoConfiguration.class))
		.withPropertyValues("spring.application.name=shop", "spring.data.redis.url=" + this.server.uri())
		.withBean(JdbcClient.class, () -> this.jdbc)
		.withBean(DataSourceTransactionManager.class, () -> new DataSourceTransactionManager(this.data))
		.withBean(Counter.class)
		.withBean(Transactions.class);

	private final ApplicationContextRunner runner = this.unmanaged.withUserConfiguration(Managed.class);

	LockTransactionTests() {
		this.jdbc.sql("create table counter (id int primary key, n int not null, fence bigint not null default 0)")
			.update();
		this.jdbc.sql("insert into counter (id, n) values (1, 0), (2, 0)").update();
	}

	@AfterEach
	void endThreads() {
		this.threads.shutdownNow();
		this.jdbc.sql("shutdown").update();
	}

	@Test
	void theLockIsOutsideOfTheTransactionSoNoUpdateIsLost() {
		assertThat(lostUpdates(this.runner, (counter, transactions, locks) -> counter.incrementInOwn(1))).isZero();
	}

	@Test
	void aTransactionThatBeganBeforeKeepsTheLockUntilItsCommit() {
		assertThat(lostUpdates(this.runner,
				(counter, transactions, locks) -> transactions.around(() -> counter.increment(1, null))))
			.isZero();
	}

	@Test
	void soItDoesIfTheApplicationTurnsTheOrder() {
		assertThat(lostUpdates(this.unmanaged.withUserConfiguration(ManagedOutside.class),
				(counter, transactions, locks) -> counter.incrementInOwn(1)))
			.isZero();
	}

	/** What the tests before are for, shown by a lock that knows no transactions. */
	@Test
	void aLockThatIsReleasedBeforeTheCommitLosesUpdates() {
		assertThat(lostUpdates(this.runner, (counter, transactions, locks) -> transactions.around(() -> {
			try (HeldLock lock = locks.acquire(LockRequest.of("counter", 1))) {
				counter.readModifyWrite(1);
			}
			LockSupport.parkNanos(1_000_000);
		}))).isPositive();
	}

	private int lostUpdates(ApplicationContextRunner instance, Scenario increment) {
		instance.run((one) -> instance.run((two) -> {
			CountDownLatch start = new CountDownLatch(1);
			List<Future<?>> running = new ArrayList<>();
			for (int i = 0; i < THREADS; i++) {
				ApplicationContext context = (i % 2 == 0) ? one : two;
				running.add(this.threads.submit(() -> {
					start.await();
					for (int round = 0; round < ROUNDS; round++) {
						play(increment, context);
					}
					return null;
				}));
			}
			start.countDown();
			for (Future<?> each : running) {
				each.get();
			}
		}));
		return THREADS * ROUNDS - n(1);
	}

	@Test
	void theLockIsReleasedAfterTheOuterTransactionWhateverBecomesOfIt() {
		with((counter, transactions, locks) -> {
			for (boolean fails : new boolean[] { false, true }) {
				try {
					transactions.around(() -> {
						counter.increment(1, null);
						assertThat(inThread(() -> locks.tryAcquire(LockRequest.of("counter", 1)))).isEmpty();
						counter.increment(1, null); // shares it: it would wait for itself
						if (fails) {
							throw new IllegalStateException("rolled back");
						}
					});
				}
				catch (IllegalStateException ex) {
					assertThat(ex).hasMessage("rolled back");
				}
				assertThat(locks.held()).isEmpty();
				assertThat(locks.tryAcquire(LockRequest.of("counter", 1))).hasValueSatisfying(HeldLock::close);
			}
			assertThat(n(1)).isEqualTo(2);
		});
	}

	@Test
	void theLockIsRenewedUntilTheCommit() {
		with((counter, transactions, locks) -> transactions.around(() -> {
			counter.increment(1, null);
			await().during(Duration.ofMillis(900))
				.until(() -> inThread(() -> locks.tryAcquire(LockRequest.of("counter", 1))).isEmpty());
		}), "rediskit.lock.lease=300ms");
	}

	@Test
	void aSuspendedTransactionKeepsItsLockAndAnInnerOneItsOwn() {
		with((counter, transactions, locks) -> transactions.around(() -> {
			counter.increment(1, null);
			transactions.afresh(() -> {
				counter.increment(2, null);
				counter.reads(1); // that of the suspended one
				assertThat(locks.held()).hasSize(2);
			});
			assertThat(locks.held()).hasSize(1);
			assertThat(inThread(() -> locks.tryAcquire(LockRequest.of("counter", 1)))).isEmpty();
			assertThat(inThread(() -> locks.tryAcquire(LockRequest.of("counter", 2))))
				.hasValueSatisfying(HeldLock::close);
		}));
	}

	@Test
	void aSavepointThatIsRolledBackReleasesNothing() {
		with((counter, transactions, locks) -> transactions.around(() -> {
			try {
				transactions.nested(() -> {
					counter.increment(1, null);
					throw new IllegalStateException("to the savepoint");
				});
			}
			catch (IllegalStateException ex) {
				assertThat(ex).hasMessage("to the savepoint");
			}
			assertThat(inThread(() -> locks.tryAcquire(LockRequest.of("counter", 1)))).isEmpty();
		}));
	}

	@Test
	void aLockThatIsLostBeforeTheCommitRollsTheTransactionBack() {
		with((counter, transactions, locks) -> {
			assertThatExceptionOfType(LockLostException.class).isThrownBy(() -> transactions.around(() -> {
				LockContext lock = counter.increment(1, null);
				locks.forceRelease(LockRequest.of("counter", 1));
				await().until(() -> !lock.isHeld());
			}));
			assertThat(n(1)).isZero();
			assertThat(locks.held()).isEmpty();
		});
	}

	@Test
	void alsoATransactionThatBeganUnderTheLock() {
		with((counter, transactions, locks) -> {
			assertThatExceptionOfType(LockLostException.class).isThrownBy(() -> counter.writes(1, null, (lock) -> {
				locks.forceRelease(LockRequest.of("counter", 1));
				while (lock.isHeld()) {
					Thread.onSpinWait();
				}
			}));
			assertThat(n(1)).isZero();
		});
	}

	@Test
	void aFutureInATransactionKeepsTheLockUntilBothHaveEnded() {
		with((counter, transactions, locks) -> {
			CompletableFuture<String> gate = new CompletableFuture<>();
			transactions.around(() -> counter.later(1, gate));
			await().until(() -> locks.held().size() == 1); // nobody waited for it
			transactions.around(() -> {
				assertThat(counter.later(2, CompletableFuture.completedFuture("now")).join()).isEqualTo("now");
				assertThat(locks.held()).hasSize(2);
			});
			assertThat(locks.held()).hasSize(1);
			gate.complete("done");
			await().until(() -> locks.held().isEmpty());
		});
	}

	@Test
	void whoSeesTheDataAsOfTheBeginningOfItsTransactionIsWarnedOnce(CapturedOutput output) {
		with((counter, transactions, locks) -> {
			transactions.repeatable(() -> counter.increment(1, null));
			transactions.repeatable(() -> counter.increment(1, null));
			transactions.around(() -> counter.increment(2, null));
			assertThat(output.getOut().split("is acquired inside a transaction that sees the data as of", -1))
				.hasSize(2);
		});
	}

	@Test
	void aFenceInTheTableRefusesWhoeverHadTheLockBefore() {
		with((counter, transactions, locks) -> {
			FencedUpdates updates = new FencedUpdates(this.jdbc);
			String sql = "update counter set n = :n, fence = :fence where id = :id and fence <= :fence";
			HeldLock paused = locks.acquire(LockRequest.of("counter", 1));
			LockContext unaware = unaware(paused.fence());
			paused.close();
			try (HeldLock next = locks.acquire(LockRequest.of("counter", 1))) {
				assertThat(updates.update(next, sql, Map.of("id", 1, "n", 5))).isOne();
				assertThat(updates.update(next, sql, Map.of("id", 1, "n", 6))).isOne();
			}
			assertThatExceptionOfType(StaleFenceException.class)
				.isThrownBy(() -> updates.update(unaware, sql, Map.of("id", 1, "n", 7)))
				.satisfies((ex) -> assertThat(ex.fence()).isEqualTo(unaware.fence()));
			assertThat(n(1)).isEqualTo(6);
			assertThatExceptionOfType(LockLostException.class)
				.isThrownBy(() -> updates.update(paused, sql, Map.of("id", 2, "n", 7)));
			assertThat(n(2)).isZero();
		});
	}

	private static LockContext unaware(long fence) {
		return new LockContext() {

			@Override
			public long fence() {
				return fence;
			}

			@Override
			public boolean isHeld() {
				return true;
			}

			@Override
			public void onLost(Runnable action) {
			}

			@Override
			public void requireHeld() {
			}

		};
	}

	private int n(int id) {
		return this.jdbc.sql("select n from counter where id = ?").param(id).query(Integer.class).single();
	}

	private <T> T inThread(Callable<T> task) {
		try {
			return this.threads.submit(task).get();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void with(Scenario scenario, String... properties) {
		this.runner.withPropertyValues(properties).run((context) -> {
			context.getBean(DistributedLocks.class).acquire(LockRequest.of("warm")).close();
			play(scenario, context);
		});
	}

	private static void play(Scenario scenario, ApplicationContext context) throws Exception {
		scenario.play(context.getBean(Counter.class), context.getBean(Transactions.class),
				context.getBean(DistributedLocks.class));
	}

	private interface Scenario {

		void play(Counter counter, Transactions transactions, DistributedLocks locks) throws Exception;

	}

	private interface Use {

		void of(LockContext lock);

	}

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement
	static class Managed {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement(order = InterceptorOrder.LOCK - 1)
	static class ManagedOutside {

	}

	static class Transactions {

		@Transactional
		public void around(Runnable task) {
			task.run();
		}

		@Transactional(propagation = Propagation.REQUIRES_NEW)
		public void afresh(Runnable task) {
			task.run();
		}

		@Transactional(propagation = Propagation.NESTED)
		public void nested(Runnable task) {
			task.run();
		}

		@Transactional(isolation = Isolation.REPEATABLE_READ)
		public void repeatable(Runnable task) {
			task.run();
		}

	}

	static class Counter {

		private final JdbcClient jdbc;

		Counter(JdbcClient jdbc) {
			this.jdbc = jdbc;
		}

		void readModifyWrite(int id) {
			int n = this.jdbc.sql("select n from counter where id = ?").param(id).query(Integer.class).single();
			Thread.yield();
			this.jdbc.sql("update counter set n = ? where id = ?").params(n + 1, id).update();
		}

		@DistributedLock(value = "counter", key = "#id")
		@Transactional
		public void incrementInOwn(int id) {
			readModifyWrite(id);
		}

		@DistributedLock(value = "counter", key = "#id")
		public @Nullable LockContext increment(int id, @Nullable LockContext lock) {
			readModifyWrite(id);
			return lock;
		}

		@DistributedLock(value = "counter", key = "#id", onLost = OnLost.INTERRUPT)
		@Transactional
		public void writes(int id, @Nullable LockContext lock, Use use) {
			readModifyWrite(id);
			assertThat(lock).isNotNull();
			use.of(lock);
		}

		@DistributedLock(value = "counter", key = "#id", ifHeld = IfHeld.FAIL)
		public void reads(int id) {
		}

		@DistributedLock(value = "counter", key = "#id")
		public CompletableFuture<String> later(int id, CompletableFuture<String> gate) {
			return gate;
		}

	}

}
