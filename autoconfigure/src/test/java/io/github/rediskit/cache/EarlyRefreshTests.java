package io.github.rediskit.cache;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

/**
 * Who loads an entry again before its time, and what the others see.
 */
@RedisTest
@Timeout(60)
class EarlyRefreshTests {

	private static final double SIGMAS = 4.5;

	private final RedisTestServer server = RedisTestServer.shared();

	private CacheInstance instance = with(1);

	private Thread waiter;

	private CacheInstance with(double beta) {
		return new CacheInstance(this.server.uri(), TestSettings.with((settings) -> settings.earlyRefresh = beta));
	}

	@AfterEach
	void stop() {
		this.instance.close();
	}

	@ParameterizedTest
	@CsvSource({ "1000, 1000, 1", "1000, 500, 1", "1000, 100, 2", "50, 1000, 0.5", "3000, 1000, 1.5", "1, 1, 1",
			"60000, 5000, 4", "5000, 1000, 1" })
	void theShareOfDrawsIsThatOfXFetch(long remaining, long loadTime, double beta) {
		Random random = new Random(42);
		int draws = 400_000;
		long due = IntStream.range(0, draws)
			.filter((i) -> EarlyRefresh.isDue(remaining, loadTime, beta, random))
			.count();
		double expected = Math.exp(-remaining / (beta * loadTime));
		assertThat(due / (double) draws).isCloseTo(expected, within(deviation(expected, draws)));
	}

	private static double deviation(double share, int draws) {
		return SIGMAS * Math.sqrt(share * (1 - share) / draws);
	}

	@Test
	void betaOfZeroAndLoadsThatTakeNoTimeAreNeverDue() {
		RandomGenerator largest = () -> -1L;
		assertThat(EarlyRefresh.isDue(1, 1_000_000, 0, largest)).isFalse();
		assertThat(EarlyRefresh.isDue(1, 0, 1, largest)).isFalse();
	}

	@Test
	void whatIsFarFromItsEndCostsNoRandomNumber() {
		RandomGenerator none = () -> {
			throw new AssertionError("A random number was drawn");
		};
		assertThat(EarlyRefresh.isDue(600_000, 100, 1, none)).isFalse();
	}

	@Test
	void asManyCallersAskForTheLeaseAsXFetchDraws() {
		load("old");
		StoredEntry.of(this.server, 1)
			.loadedIn(Duration.ofSeconds(100))
			.agedBy(Duration.ofMinutes(10).minusSeconds(150))
			.leasedByAnother();
		int reads = 3000;
		this.server.resetStats();
		for (int i = 0; i < reads; i++) {
			assertThat(this.instance.cache(String.class).get(1, EarlyRefreshTests::unexpected)).isEqualTo("old");
		}
		long claims = this.server.commandStats().getOrDefault("evalsha", 0L);
		double expected = Math.exp(-1.5);
		// some seconds of 150 pass meanwhile
		assertThat(claims / (double) reads).isCloseTo(expected, within(deviation(expected, reads) + 0.01));
		assertThat(this.instance.events.count("hit")).isEqualTo(reads);
	}

	@Test
	void withBetaOfZeroNobodyAsks() {
		this.instance.close();
		this.instance = with(0);
		load("old");
		StoredEntry.of(this.server, 1).loadedIn(Duration.ofDays(1)).agedBy(Duration.ofMinutes(10).minusSeconds(30));
		this.server.resetStats();
		for (int i = 0; i < 200; i++) {
			assertThat(this.instance.cache(String.class).get(1, EarlyRefreshTests::unexpected)).isEqualTo("old");
		}
		assertThat(this.server.commandStats()).doesNotContainKey("evalsha");
	}

	@Test
	void whoIsDrawnLoadsInItsOwnThreadWhileOthersGetTheOldValue() {
		load("old");
		due();
		Thread caller = Thread.currentThread();
		try (CacheInstance other = with(1)) {
			String mine = this.instance.cache(String.class).get(1, (id) -> {
				assertThat(Thread.currentThread()).isSameAs(caller);
				assertThat(other.cache(String.class).get(1, EarlyRefreshTests::unexpected)).isEqualTo("old");
				return "new";
			});
			assertThat(mine).isEqualTo("new");
			assertThat(other.cache(String.class).getIfPresent(1)).contains("new");
		}
		assertThat(this.instance.events.count("refreshing:EARLY")).isEqualTo(1);
	}

	@Test
	void whoIsDrawnInTheSameInstanceDoesNotWaitEither() {
		load("old");
		due();
		String mine = this.instance.cache(String.class).get(1, (id) -> {
			assertThat(concurrently(() -> this.instance.cache(String.class).get(1, EarlyRefreshTests::unexpected)))
				.isEqualTo("old");
			return "new";
		});
		assertThat(mine).isEqualTo("new");
	}

	@Test
	void whenAnEarlyLoadFailsTheValueIsStillFresh() {
		load("old");
		due();
		AtomicInteger loads = new AtomicInteger();
		for (int i = 0; i < 20; i++) {
			assertThat(this.instance.cache(String.class).get(1, (id) -> {
				loads.incrementAndGet();
				throw new IllegalStateException("no database");
			})).isEqualTo("old");
			StoredEntry.of(this.server, 1).keepPause();
		}
		assertThat(loads).hasValue(1);
		assertThat(this.instance.events.count("load-failed")).isEqualTo(1);
	}

	@Test
	void anErrorOfAnEarlyLoadIsNotGlossedOver() {
		load("old");
		due();
		assertThatExceptionOfType(StackOverflowError.class)
			.isThrownBy(() -> this.instance.cache(String.class).get(1, (id) -> {
				throw new StackOverflowError();
			}));
	}

	/** Else a slow load would be followed by as many as there are callers. */
	@Test
	void whoHasWaitedForAnotherInstanceTakesItsValueAlthoughItIsDue() throws Exception {
		AtomicInteger loads = new AtomicInteger();
		StoredEntry entry = StoredEntry.of(this.server, 1);
		try (CacheInstance other = with(1e12)) {
			other.cache(String.class).get("warm", (id) -> "warm");
			String first = this.instance.cache(String.class).get(1, (id) -> {
				Thread waiter = new Thread(() -> other.cache(String.class).get(1, (again) -> {
					loads.incrementAndGet();
					return "by the waiter";
				}));
				waiter.start();
				await().until(() -> this.server.commands().get(entry.leaseKey()).endsWith("w"));
				this.waiter = waiter;
				return "first";
			});
			this.waiter.join(10_000);
			assertThat(first).isEqualTo("first");
			assertThat(this.waiter.isAlive()).isFalse();
		}
		assertThat(loads).hasValue(0);
	}

	private void load(String value) {
		this.instance.cache(String.class).get(1, (id) -> value);
	}

	/** Every draw but one in 10^5 is due. */
	private void due() {
		StoredEntry.of(this.server, 1).loadedIn(Duration.ofDays(20)).agedBy(Duration.ofMinutes(10).minusMillis(15_000));
	}

	private static <T> T concurrently(Callable<T> call) {
		FutureTask<T> task = new FutureTask<>(call);
		new Thread(task).start();
		try {
			return task.get(10, TimeUnit.SECONDS);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String unexpected(Object id) {
		throw new AssertionError("No load was expected of " + id);
	}

}
