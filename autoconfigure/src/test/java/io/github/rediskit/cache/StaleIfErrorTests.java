package io.github.rediskit.cache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Entries that answer calls after their time, when they can't be loaded again.
 */
@RedisTest
@Timeout(60)
class StaleIfErrorTests {

	private static final Duration WINDOW = Duration.ofMinutes(10);

	private static final Duration STALE = Duration.ofMinutes(11);

	private static final CacheSettings SETTINGS = TestSettings.with((settings) -> settings.staleIfError = WINDOW);

	private final RedisTestServer server = RedisTestServer.shared();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final CacheInstance one = new CacheInstance(this.server.uri(), SETTINGS);

	private final CacheInstance two = new CacheInstance(this.server.uri(), SETTINGS);

	private final StoredEntry entry = StoredEntry.of(this.server, 1);

	private final AtomicInteger loads = new AtomicInteger();

	@AfterEach
	void stop() {
		this.threads.shutdownNow();
		this.one.close();
		this.two.close();
	}

	private void loadOld() {
		this.one.cache(String.class).get(1, (id) -> "old");
	}

	private String failing(CacheInstance instance) {
		return instance.cache(String.class).get(1, (id) -> {
			this.loads.incrementAndGet();
			throw new IllegalStateException("no database");
		});
	}

	@Test
	void anOldValueIsReplacedByTheCallThatFindsIt() {
		loadOld();
		this.entry.agedBy(STALE);
		this.one.events.take();
		assertThat(this.one.cache(String.class).get(1, (id) -> "new")).isEqualTo("new");
		assertThat(this.one.events.take()).containsExactly("miss:EXPIRED", "loaded");
		assertThat(this.two.cache(String.class).getIfPresent(1)).contains("new");
	}

	@Test
	void whenTheLoadFailsTheOldValueAnswers() {
		loadOld();
		this.entry.agedBy(STALE);
		this.one.events.take();
		assertThat(failing(this.one)).isEqualTo("old");
		assertThat(this.one.events.take()).containsExactly("miss:EXPIRED", "load-failed", "stale:LOAD_FAILED");
	}

	@Test
	void anOldValueIsNoAnswerToOneWhoOnlyLooks() {
		loadOld();
		this.entry.agedBy(STALE);
		assertThat(this.one.cache(String.class).getIfPresent(1)).isEmpty();
	}

	@Test
	void theAsynchronousDoorDoesTheSame() throws Exception {
		loadOld();
		this.entry.agedBy(STALE);
		assertThat(this.one.cache(String.class)
			.getAsync(1, (id) -> CompletableFuture.<String>failedStage(new IllegalStateException("no database")))
			.toCompletableFuture()
			.get(10, TimeUnit.SECONDS)).isEqualTo("old");
	}

	@Test
	void ofManyCallsAfterAFailureNoneAsksTheDatabaseForAMoment() {
		loadOld();
		this.entry.agedBy(STALE);
		assertThat(failing(this.one)).isEqualTo("old");
		assertThat(this.server.commands().pttl(this.entry.leaseKey())).isBetween(1L, 1000L);
		this.entry.keepPause();
		for (int i = 0; i < 50; i++) {
			assertThat(failing(this.one)).isEqualTo("old");
			assertThat(failing(this.two)).isEqualTo("old");
		}
		assertThat(this.loads).hasValue(1);
		this.server.commands().del(this.entry.leaseKey());
		assertThat(failing(this.two)).isEqualTo("old");
		assertThat(this.loads).hasValue(2);
	}

	@Test
	void thoseWhoWaitForALoadThatFailsGetTheOldValueToo() throws Exception {
		loadOld();
		this.entry.agedBy(STALE);
		CountDownLatch release = new CountDownLatch(1);
		List<Future<String>> calls = new ArrayList<>();
		for (int i = 0; i < 16; i++) {
			CacheInstance instance = (i % 2 == 0) ? this.one : this.two;
			calls.add(this.threads.submit(() -> instance.cache(String.class).get(1, (id) -> {
				this.loads.incrementAndGet();
				reach(release);
				throw new IllegalStateException("no database");
			})));
		}
		await().until(() -> this.one.events.count("miss:EXPIRED") + this.two.events.count("miss:EXPIRED") == 16);
		release.countDown();
		for (Future<String> call : calls) {
			assertThat(call.get(10, TimeUnit.SECONDS)).isEqualTo("old");
		}
		assertThat(this.loads).hasValue(1);
	}

	@Test
	void afterTheWindowTheFailureIsTheCallers() {
		loadOld();
		this.entry.agedBy(STALE.plus(WINDOW));
		assertThatIllegalStateException().isThrownBy(() -> failing(this.one)).withMessage("no database");
	}

	@Test
	void anErrorIsTheCallersInAnyCase() {
		loadOld();
		this.entry.agedBy(STALE);
		assertThatExceptionOfType(StackOverflowError.class)
			.isThrownBy(() -> this.one.cache(String.class).get(1, (id) -> {
				throw new StackOverflowError();
			}));
	}

	@Test
	void theMarkOfAFailureConcernsNobodyWithoutAnOldValue() {
		loadOld();
		this.entry.agedBy(STALE);
		failing(this.one);
		this.entry.keepPause();
		this.server.commands().del(this.entry.key()); // as a server does that is full
		assertThatIllegalStateException().isThrownBy(() -> failing(this.two));
		assertThatIllegalStateException().isThrownBy(() -> failing(this.one));
		assertThat(this.loads).hasValue(3);
		assertThat(this.one.cache(String.class).get(1, (id) -> "new")).isEqualTo("new");
	}

	@Test
	void aKeyThatNeverHadAValueGetsNoMark() {
		assertThatIllegalStateException().isThrownBy(() -> failing(this.one));
		assertThat(this.server.commands().exists(this.entry.leaseKey())).isZero();
	}

	@Test
	void anInvalidationRemovesTheOldValueAndTheMark() {
		loadOld();
		this.entry.agedBy(STALE);
		failing(this.one);
		this.entry.keepPause();
		this.two.cache(String.class).invalidate(1);
		assertThat(this.server.commands().exists(this.entry.key(), this.entry.leaseKey())).isZero();
		assertThatIllegalStateException().isThrownBy(() -> failing(this.one));
	}

	@Test
	void anInvalidationOfAllLeavesNoOldValueEither() {
		loadOld();
		this.entry.agedBy(STALE);
		failing(this.one);
		this.entry.keepPause();
		this.two.cache(String.class).invalidateAll();
		assertThatIllegalStateException().isThrownBy(() -> failing(this.one));
	}

	@Test
	void absenceIsNeverStale() {
		this.one.cache(String.class).get(1, (id) -> null);
		assertThat(this.server.commands().pttl(this.entry.key())).isLessThanOrEqualTo(30_000);
		this.entry.agedBy(Duration.ofSeconds(31));
		assertThatIllegalStateException().isThrownBy(() -> failing(this.one));
	}

	private static void reach(CountDownLatch latch) {
		try {
			assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
