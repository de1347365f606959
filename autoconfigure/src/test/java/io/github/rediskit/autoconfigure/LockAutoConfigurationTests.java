package io.github.rediskit.autoconfigure;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import io.github.rediskit.jdbc.FencedUpdates;
import io.github.rediskit.lock.AsyncDistributedLocks;
import io.github.rediskit.lock.BlockingDistributedLocks;
import io.github.rediskit.lock.DistributedLock;
import io.github.rediskit.lock.DistributedLocks;
import io.github.rediskit.lock.FencedValues;
import io.github.rediskit.lock.HeldLock;
import io.github.rediskit.lock.IfHeld;
import io.github.rediskit.lock.LeaderElection;
import io.github.rediskit.lock.LeaderListener;
import io.github.rediskit.lock.LockContext;
import io.github.rediskit.lock.LockListener;
import io.github.rediskit.lock.LockNotAcquiredException;
import io.github.rediskit.lock.LockNotAcquiredException.Reason;
import io.github.rediskit.lock.LockRequest;
import io.github.rediskit.setting.InvalidSettingException;
import io.github.rediskit.spring.InvalidAnnotationException;
import io.github.rediskit.redis.ConnectionRole;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestCluster;
import io.github.rediskit.testing.RedisTestServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Locks as an application has them: properties, beans, its start and its end.
 */
@RedisTest
@Timeout(60)
class LockAutoConfigurationTests {

	private final RedisTestServer server = RedisTestServer.shared();

	private final ApplicationContextRunner unconnected = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class, RediskitAutoConfiguration.class,
				RedisConnectionsAutoConfiguration.class, LockAutoConfiguration.class,
				RediskitMetricsAutoConfiguration.class))
		.withPropertyValues("spring.application.name=shop");

	private final ApplicationContextRunner runner = this.unconnected
		.withPropertyValues("spring.data.redis.url=" + this.server.uri());

	@Test
	void instancesExcludeEachOther() {
		this.runner.run((one) -> this.runner.run((two) -> {
			try (HeldLock lock = one.getBean(DistributedLocks.class).acquire(LockRequest.of("order", 42))) {
				assertThat(this.server.commands().keys("*")).contains("shop:lock:order:{42}");
				assertThat(this.server.commands().pttl("shop:lock:order:{42}")).isBetween(20_000L, 30_000L);
				assertThat(two.getBean(DistributedLocks.class).tryAcquire(LockRequest.of("order", 42))).isEmpty();
				assertThat(lock.isHeld()).isTrue();
			}
			assertThat(two.getBean(AsyncDistributedLocks.class)
				.acquire(LockRequest.of("order", 42))
				.thenCompose(HeldLock::release)
				.toCompletableFuture()
				.join()).isTrue();
		}));
	}

	@Test
	void settingsHoldForWhatRequestsDoNotSay() {
		this.runner
			.withPropertyValues("rediskit.lock.lease=5s", "rediskit.lock.max-wait=100ms", "rediskit.lock.max-hold=1h")
			.run((context) -> {
				DistributedLocks locks = context.getBean(DistributedLocks.class);
				try (HeldLock lock = locks.acquire(LockRequest.of("order", 42))) {
					assertThat(this.server.commands().pttl("shop:lock:order:{42}")).isBetween(4_000L, 5_000L);
					assertThatExceptionOfType(LockNotAcquiredException.class)
						.isThrownBy(() -> locks.acquire(LockRequest.of("order", 42)))
						.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.HELD));
					assertThat(lock.isHeld()).isTrue();
				}
			});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			lease=50ms   | rediskit.lock.lease    | less than 100 ms
			lease=400d   | rediskit.lock.lease    | Write a shorter one
			max-wait=-1s | rediskit.lock.max-wait | Write 0s to try once
			max-hold=1ms | rediskit.lock.max-hold | write some seconds
			""")
	void wrongSettingsStopTheStartWithASentence(String property, String named, String advice) {
		this.runner.withPropertyValues("rediskit.lock." + property)
			.run((context) -> assertThat(context.getStartupFailure())
				.hasStackTraceContaining(InvalidSettingException.class.getName() + ": " + named + " ")
				.hasStackTraceContaining(advice));
	}

	@Test
	void anUnknownSettingStopsTheStart() {
		this.runner.withPropertyValues("rediskit.lock.leas=5s")
			.run((context) -> assertThat(context.getStartupFailure()).hasStackTraceContaining("rediskit.lock"));
	}

	@Test
	void aWrongAnnotationStopsTheStart() {
		this.runner.withBean(Wrong.class)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidAnnotationException.class)
				.hasMessageContainingAll("@DistributedLock on " + Wrong.class.getName() + ".count()",
						"a call that is skipped returns nothing, which is no int"));
	}

	@Test
	void anApplicationMayHaveLocksOfItsOwn() {
		AsyncDistributedLocks async = (AsyncDistributedLocks) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { AsyncDistributedLocks.class }, (proxy, method, arguments) -> null);
		DistributedLocks own = new BlockingDistributedLocks(async);
		this.runner.withBean(DistributedLocks.class, () -> own)
			.run((context) -> assertThat(context.getBean(DistributedLocks.class)).isSameAs(own));
		this.runner.withBean("ownLocks", AsyncDistributedLocks.class, () -> async)
			.run((context) -> assertThat(context).getBean(AsyncDistributedLocks.class).isSameAs(async));
	}

	@Test
	void itStartsWithRedisDown() {
		this.unconnected.withPropertyValues("spring.data.redis.url=redis://127.0.0.1:1", "rediskit.lock.max-wait=200ms")
			.withBean(Job.class)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThatExceptionOfType(LockNotAcquiredException.class)
					.isThrownBy(() -> context.getBean(Job.class).once(() -> {
					}))
					.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.UNAVAILABLE));
			});
	}

	@Test
	void nothingIsMadeForAnApplicationWithoutLocks() {
		this.runner.run((context) -> {
			assertThat(context.getBean(AsyncDistributedLocks.class).held()).isEmpty();
			assertThat(context.getBean(RoleGateways.class).isUsed(ConnectionRole.LOCK)).isFalse();
		});
	}

	@Test
	void whoeverWaitsFailsAtOnceWhenTheApplicationStops() {
		this.runner.run((other) -> {
			HeldLock held = other.getBean(DistributedLocks.class).acquire(LockRequest.of("order", 1));
			List<CompletableFuture<HeldLock>> waiting = new ArrayList<>();
			this.runner.run((context) -> waiting.add(context.getBean(AsyncDistributedLocks.class)
				.acquire(LockRequest.of("order", 1))
				.toCompletableFuture()));
			assertThat(waiting.get(0)).failsWithin(Duration.ofSeconds(1))
				.withThrowableOfType(ExecutionException.class)
				.havingCause()
				.isInstanceOfSatisfying(LockNotAcquiredException.class,
						(ex) -> assertThat(ex.reason()).isEqualTo(Reason.STOPPED));
			assertThat(held.isHeld()).isTrue();
			held.close();
		});
	}

	@Test
	void aCallThatIsRunningReleasesItsLockWhileTheApplicationStops() {
		this.runner.withBean(Job.class).run((context) -> {
			CountDownLatch running = new CountDownLatch(1);
			CountDownLatch end = new CountDownLatch(1);
			Thread call = new Thread(() -> context.getBean(Job.class).once(() -> {
				running.countDown();
				try {
					end.await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			}));
			call.start();
			assertThat(running.await(20, TimeUnit.SECONDS)).isTrue();
			ConfigurableApplicationContext application = context.getSourceApplicationContext();
			application.getBean(ManagedLocks.class).stop();
			assertThat(this.server.commands().exists("shop:lock:job:{()}")).isOne();
			end.countDown();
			call.join();
			assertThat(this.server.commands().exists("shop:lock:job:{()}")).isZero();
		});
	}

	@Test
	void aLeaderStepsDownWhenItsApplicationStops() {
		AtomicBoolean revoked = new AtomicBoolean();
		this.runner.run((other) -> {
			CountDownLatch granted = new CountDownLatch(1);
			this.runner.run((context) -> {
				context.getBean(DistributedLocks.class).elect(LockRequest.of("leader"), new LeaderListener() {

					@Override
					public void granted(LockContext leadership) {
						granted.countDown();
					}

					@Override
					public void revoked() {
						revoked.set(true);
					}

				});
				assertThat(granted.await(20, TimeUnit.SECONDS)).isTrue();
			});
			assertThat(revoked).isTrue();
			assertThat(other.getBean(DistributedLocks.class).tryAcquire(LockRequest.of("leader")))
				.hasValueSatisfying(HeldLock::close);
		});
	}

	@Test
	void afterAPauseOfTheContextThereAreLocksAgain() {
		this.runner.run((context) -> {
			DistributedLocks locks = context.getBean(DistributedLocks.class);
			locks.acquire(LockRequest.of("order", 42)).close();
			ConfigurableApplicationContext application = context.getSourceApplicationContext();
			application.stop();
			assertThatExceptionOfType(LockNotAcquiredException.class)
				.isThrownBy(() -> locks.acquire(LockRequest.of("order", 42)))
				.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.STOPPED));
			application.start();
			locks.acquire(LockRequest.of("order", 42)).close();
		});
	}

	@Test
	void afterAPauseOfTheContextCandidatesStandAgain() {
		this.runner.run((context) -> {
			List<String> news = new CopyOnWriteArrayList<>();
			LeaderElection election = context.getBean(DistributedLocks.class)
				.elect(LockRequest.of("leader"), new LeaderListener() {

					@Override
					public void granted(LockContext leadership) {
						news.add("granted");
					}

					@Override
					public void revoked() {
						news.add("revoked");
					}

				});
			ConfigurableApplicationContext application = context.getSourceApplicationContext();
			await().until(election::isLeader);
			application.stop();
			assertThat(election.isLeader()).isFalse();
			application.start();
			await().until(election::isLeader);
			election.close();
			assertThat(news).containsExactly("granted", "revoked", "granted", "revoked");
			application.stop();
			application.start();
			assertThat(election.isLeader()).isFalse();
		});
	}

	@Test
	void aJobThatEachInstanceHasRunsOncePerTick() {
		Ticks ticks = new Ticks();
		AtomicInteger skipped = new AtomicInteger();
		LockListener listener = new LockListener() {

			@Override
			public void skipped(String lock) {
				skipped.incrementAndGet();
			}

		};
		ApplicationContextRunner instance = this.runner.withUserConfiguration(Scheduling.class)
			.withBean(Ticks.class, () -> ticks)
			.withBean(LockListener.class, () -> listener);
		instance.run((one) -> instance.run((two) -> await().atMost(Duration.ofSeconds(30))
			.until(() -> ticks.runs.size() >= 3 && skipped.get() >= 3)));
		assertThat(ticks.runs).allSatisfy((second, runs) -> assertThat(runs).as("runs in second %d", second).isOne());
	}

	@Test
	void metersHaveTheNameOfALockAndNeverItsKey() {
		this.runner.withBean(MeterRegistry.class, SimpleMeterRegistry::new).withBean(Job.class).run((context) -> {
			DistributedLocks locks = context.getBean(DistributedLocks.class);
			Job job = context.getBean(Job.class);
			job.once(() -> assertThat(inThread(job::skipped)).isNull());
			locks.acquire(LockRequest.of("job", "secret-42")).close();
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			assertThat(registry.get("rediskit.lock.wait").tag("lock", "job").tag("outcome", "acquired").timer().count())
				.isEqualTo(2);
			assertThat(registry.get("rediskit.lock.wait").tag("lock", "job").tag("outcome", "held").timer().count())
				.isOne();
			assertThat(registry.get("rediskit.lock.hold").tag("lock", "job").timer().count()).isEqualTo(2);
			assertThat(registry.get("rediskit.lock.skipped").tag("lock", "job").functionCounter().count()).isOne();
			assertThat(registry.getMeters().stream().map((meter) -> meter.getId().toString()))
				.noneMatch((id) -> id.contains("secret"));
		});
	}

	@Test
	void listenersAreTold() {
		CompletableFuture<String> told = new CompletableFuture<>();
		this.runner.withBean(LockListener.class, () -> new LockListener() {

			@Override
			public void released(String lock, Duration held) {
				told.complete(lock);
			}

		}).run((context) -> {
			context.getBean(DistributedLocks.class).acquire(LockRequest.of("order", 42)).close();
			assertThat(told).isCompletedWithValue("order");
		});
	}

	@Test
	void aUserWithoutDangerousCommandsIsEnough() {
		this.runner.withPropertyValues("spring.data.redis.url=" + this.server.restrictedUser("app", "secret"))
			.withBean(Job.class)
			.run((context) -> {
				Job job = context.getBean(Job.class);
				DistributedLocks locks = context.getBean(DistributedLocks.class);
				CompletableFuture<HeldLock> next = new CompletableFuture<>();
				job.once(() -> context.getBean(AsyncDistributedLocks.class)
					.acquire(LockRequest.of("job"))
					.whenComplete((lock, failure) -> next.complete(lock)));
				next.get(20, TimeUnit.SECONDS).close();
				assertThat(locks.held()).isEmpty();
			});
	}

	@Test
	void itRunsOnACluster() {
		try (RedisTestCluster cluster = RedisTestCluster.start()) {
			cluster.awaitOk();
			this.unconnected
				.withPropertyValues("spring.data.redis.cluster.nodes=" + String.join(",", cluster.addresses()))
				.withBean(Job.class)
				.run((context) -> {
					DistributedLocks locks = context.getBean(DistributedLocks.class);
					for (int i = 0; i < 20; i++) {
						try (HeldLock lock = locks.acquire(LockRequest.of("order", i))) {
							assertThat(locks.tryAcquire(LockRequest.of("order", i))).isEmpty();
							assertThat(lock.fence()).isPositive();
						}
					}
					context.getBean(Job.class).once(() -> assertThat(locks.held()).hasSize(1));
				});
		}
	}

	@Test
	void guardsAreThereForRedisAndForTables() {
		this.runner
			.withBean(JdbcClient.class, () -> JdbcClient.create(new DriverManagerDataSource("jdbc:h2:mem:guards")))
			.run((context) -> assertThat(context).hasSingleBean(FencedUpdates.class).hasSingleBean(FencedValues.class));
		this.runner.run((context) -> assertThat(context).doesNotHaveBean(FencedUpdates.class));
		this.runner.withClassLoader(new FilteredClassLoader("org.springframework.jdbc"))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(FencedValues.class));
	}

	private static <T> @Nullable T inThread(Supplier<@Nullable T> task) {
		return CompletableFuture.supplyAsync(task).join();
	}

	static class Job {

		@DistributedLock("job")
		void once(Runnable task) {
			task.run();
		}

		@DistributedLock(value = "job", ifHeld = IfHeld.SKIP)
		@Nullable String skipped() {
			return "ran";
		}

	}

	static class Wrong {

		@DistributedLock(value = "job", ifHeld = IfHeld.SKIP)
		int count() {
			return 1;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableScheduling
	static class Scheduling {

	}

	/**
	 * A job that is quicker than clocks are exact.
	 */
	static class Ticks {

		private final Map<Long, Integer> runs = new ConcurrentSkipListMap<>();

		@DistributedLock(value = "tick", ifHeld = IfHeld.SKIP, atLeast = "850ms")
		@Scheduled(cron = "* * * * * *")
		public void tick() {
			this.runs.merge(System.currentTimeMillis() / 1000, 1, Integer::sum);
		}

	}

}
