package io.github.rediskit.cache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Calls that do not wait for a load to the end.
 */
@RedisTest
@Timeout(60)
class LoadTimeoutTests {

	private static final Duration STALE = Duration.ofMinutes(11);

	private static final int ROOM_IN_BACKGROUND = 16 + 256;

	private final RedisTestServer server = RedisTestServer.shared();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final CacheInstance soft = new CacheInstance(this.server.uri(), TestSettings.with((settings) -> {
		settings.staleIfError = Duration.ofMinutes(10);
		settings.softTimeout = Duration.ofMillis(100);
	}));

	private final CacheInstance hard = new CacheInstance(this.server.uri(), TestSettings.with((settings) -> {
		settings.staleIfError = Duration.ofMinutes(10);
		settings.hardTimeout = Duration.ofMillis(200);
		settings.loadTimeout = Duration.ofSeconds(2);
	}));

	private final CountDownLatch release = new CountDownLatch(1);

	private final AtomicInteger loads = new AtomicInteger();

	@AfterEach
	void stop() {
		this.release.countDown();
		this.threads.shutdownNow();
		this.soft.close();
		this.hard.close();
	}

	private String slow(Object id) {
		this.loads.incrementAndGet();
		reach(this.release);
		return "new";
	}

	private void oldEntry() {
		this.soft.cache(String.class).get(1, (id) -> "old");
		StoredEntry.of(this.server, 1).agedBy(STALE);
	}

	@Test
	void aQuickLoadIsAnswered() {
		oldEntry();
		assertThat(this.soft.cache(String.class).get(1, (id) -> "new")).isEqualTo("new");
		assertThat(this.hard.cache(String.class).get(2, (id) -> "two")).isEqualTo("two");
		assertThat(this.soft.events.contains("stale:LOAD_SLOW")).isFalse();
	}

	@Test
	void anExceptionOfTheLoaderArrivesAsItWas() {
		assertThatExceptionOfType(IllegalStateException.class)
			.isThrownBy(() -> this.hard.cache(String.class).get(1, (id) -> {
				throw new IllegalStateException("no database");
			}))
			.withMessage("no database");
	}

	@Test
	void afterTheSoftTimeoutTheOldValueAnswersAndTheLoadGoesOn() {
		oldEntry();
		assertThat(this.soft.cache(String.class).get(1, this::slow)).isEqualTo("old");
		assertThat(this.soft.cache(String.class).get(1, this::slow)).isEqualTo("old");
		assertThat(this.soft.events.count("stale:LOAD_SLOW")).isEqualTo(2);
		this.release.countDown();
		awaitNew(this.soft);
		assertThat(this.loads).hasValue(1);
	}

	@Test
	void withoutAnOldValueTheSoftTimeoutIsNone() throws Exception {
		Future<String> call = this.threads.submit(() -> this.soft.cache(String.class).get(1, this::slow));
		await().during(Duration.ofMillis(300)).until(() -> !call.isDone());
		this.release.countDown();
		assertThat(call.get(10, TimeUnit.SECONDS)).isEqualTo("new");
	}

	@Test
	void afterTheHardTimeoutTheCallFailsAndTheLoadGoesOn() {
		assertThatExceptionOfType(CacheLoadTimeoutException.class)
			.isThrownBy(() -> this.hard.cache(String.class).get(1, this::slow))
			.withMessageContaining("'products'")
			.withMessageContaining("200 ms");
		assertThat(this.hard.events.contains("timed-out")).isTrue();
		this.release.countDown();
		awaitNew(this.hard);
		assertThat(this.loads).hasValue(1);
	}

	@Test
	void withAnOldValueTheHardTimeoutIsNoFailure() {
		oldEntry();
		assertThat(this.hard.cache(String.class).get(1, this::slow)).isEqualTo("old");
	}

	@Test
	void theAsynchronousDoorTimesOutToo() throws Exception {
		oldEntry();
		CompletableFuture<String> load = new CompletableFuture<>();
		assertThat(async(this.soft, 1, load).get(10, TimeUnit.SECONDS)).isEqualTo("old");
		assertThatExceptionOfType(ExecutionException.class)
			.isThrownBy(() -> async(this.hard, 2, load).get(10, TimeUnit.SECONDS))
			.withCauseInstanceOf(CacheLoadTimeoutException.class);
		load.complete("new");
		awaitNew(this.soft);
		await().until(() -> this.hard.cache(String.class).getIfPresent(2).isPresent());
		assertThat(this.loads).hasValue(2);
	}

	private CompletableFuture<String> async(CacheInstance instance, int key, CompletableFuture<String> load) {
		return instance.cache(String.class).getAsync(key, (id) -> {
			this.loads.incrementAndGet();
			return load;
		}).toCompletableFuture();
	}

	/** All timeouts of the JVM run in one thread of the JDK, which nobody may block. */
	@Test
	void whatFollowsATimeoutDoesNotRunInTheThreadOfTheTimeouts() throws Exception {
		AtomicReference<String> thread = new AtomicReference<>();
		CountDownLatch done = new CountDownLatch(1);
		async(this.hard, 1, new CompletableFuture<>()).whenComplete((value, failure) -> {
			thread.set(Thread.currentThread().getName());
			done.countDown();
		});
		reach(done);
		assertThat(thread.get()).startsWith("rediskit-cache-async");
	}

	@Test
	void thoseWhoJoinTimeOutTooAndTakeNoThreadsFromOthers() throws Exception {
		List<Future<String>> calls = new ArrayList<>();
		for (int i = 0; i < 64; i++) {
			calls.add(this.threads.submit(() -> this.hard.cache(String.class).get(1, this::slow)));
		}
		await().until(() -> this.hard.events.count("miss:ABSENT") == 64);
		assertThat(this.hard.cache(String.class).get(2, (id) -> "other")).isEqualTo("other");
		for (Future<String> call : calls) {
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> call.get(10, TimeUnit.SECONDS))
				.withCauseInstanceOf(CacheLoadTimeoutException.class);
		}
		this.release.countDown();
		awaitNew(this.hard);
		assertThat(this.loads).hasValue(1);
	}

	@Test
	void aLoaderThatAsksForWhatItLoadsGetsIt() {
		assertThat(this.hard.cache(String.class)
			.get(1, (id) -> this.hard.cache(String.class).get(1, (again) -> "inner") + " and outer"))
			.isEqualTo("inner and outer");
	}

	/** Else one lost answer of a database would block a key for ever. */
	@Test
	void aLoadThatHangsIsNotJoinedForEver() {
		this.threads.submit(() -> this.hard.cache(String.class).get(1, this::slow));
		await().until(() -> this.loads.get() == 1);
		await().ignoreExceptionsInstanceOf(CacheLoadTimeoutException.class)
			.until(() -> this.hard.cache(String.class).get(1, (id) -> "another").equals("another"));
	}

	@Test
	void whenTheBackgroundIsFullTheCallerLoadsInItsOwnThread() {
		for (int i = 1; i <= ROOM_IN_BACKGROUND; i++) {
			int key = i;
			this.threads.submit(() -> this.hard.cache(String.class).get(key, this::slow));
		}
		await().until(() -> this.hard.events.count("timed-out") == ROOM_IN_BACKGROUND);
		assertThat(this.hard.events.contains("refresh-skipped")).isFalse();
		Thread caller = Thread.currentThread();
		assertThat(this.hard.cache(String.class).get("another", (id) -> {
			assertThat(Thread.currentThread()).isSameAs(caller);
			return "value";
		})).isEqualTo("value");
		assertThat(this.hard.events.count("refresh-skipped")).isEqualTo(1);
	}

	private void awaitNew(CacheInstance instance) {
		await().until(() -> instance.cache(String.class).getIfPresent(1).orElse("").equals("new"));
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
