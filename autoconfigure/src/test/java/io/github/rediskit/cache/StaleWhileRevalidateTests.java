package io.github.rediskit.cache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Entries that answer calls after their time, while one instance loads them again.
 */
@RedisTest
@Timeout(60)
class StaleWhileRevalidateTests {

	private static final Duration WINDOW = Duration.ofMinutes(10);

	private static final Duration STALE = Duration.ofMinutes(11);

	private static final CacheSettings SETTINGS = TestSettings
		.with((settings) -> settings.staleWhileRevalidate = WINDOW);

	private static final ThreadLocal<String> TENANT = new ThreadLocal<>();

	private final RedisTestServer server = RedisTestServer.shared();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final CacheInstance one = instance();

	private final CacheInstance two = instance();

	private final StoredEntry entry = StoredEntry.of(this.server, 1);

	private CacheInstance instance() {
		return new CacheInstance(this.server.uri(), SETTINGS, UnaryOperator.identity(),
				StaleWhileRevalidateTests::withTenant, CacheInstance.SOURCES);
	}

	private static Runnable withTenant(Runnable task) {
		String tenant = TENANT.get();
		return () -> {
			TENANT.set(tenant);
			try {
				task.run();
			}
			finally {
				TENANT.remove();
			}
		};
	}

	@AfterEach
	void stop() {
		TENANT.remove();
		this.threads.shutdownNow();
		this.one.close();
		this.two.close();
	}

	private void loadOld() {
		this.one.cache(String.class).get(1, (id) -> "old");
	}

	@Test
	void allCallersGetTheOldValueAtOnceAndOneLoadsInTheBackground() throws Exception {
		loadOld();
		this.entry.agedBy(STALE);
		AtomicInteger loads = new AtomicInteger();
		CountDownLatch release = new CountDownLatch(1);
		List<Future<String>> calls = new ArrayList<>();
		for (int i = 0; i < 32; i++) {
			CacheInstance instance = (i % 2 == 0) ? this.one : this.two;
			calls.add(this.threads.submit(() -> instance.cache(String.class).get(1, (id) -> {
				loads.incrementAndGet();
				reach(release);
				return "new";
			})));
		}
		for (Future<String> call : calls) {
			assertThat(call.get(10, TimeUnit.SECONDS)).isEqualTo("old");
		}
		await().until(() -> loads.get() == 1);
		release.countDown();
		await().until(() -> this.two.cache(String.class).getIfPresent(1).equals(Optional.of("new")));
		assertThat(this.one.cache(String.class).get(1, StaleWhileRevalidateTests::unexpected)).isEqualTo("new");
		assertThat(loads).hasValue(1);
		assertThat(this.one.events.count("refreshing:STALE") + this.two.events.count("refreshing:STALE")).isEqualTo(1);
		assertThat(this.one.events.count("stale:REVALIDATING")).isEqualTo(16);
	}

	@Test
	void theNewValueIsAsFreshAsAnyOther() {
		loadOld();
		this.entry.agedBy(STALE);
		this.one.cache(String.class).get(1, (id) -> "new");
		awaitValue(this.one, "new");
		this.one.events.take();
		this.one.cache(String.class).get(1, StaleWhileRevalidateTests::unexpected);
		assertThat(this.one.events.take()).containsExactly("hit");
		assertThat(this.server.commands().pttl(this.entry.key())).isBetween(1_190_000L, 1_200_000L);
	}

	@Test
	void theAsynchronousDoorDoesTheSame() throws Exception {
		loadOld();
		this.entry.agedBy(STALE);
		CompletableFuture<String> load = new CompletableFuture<>();
		assertThat(
				this.one.cache(String.class).getAsync(1, (id) -> load).toCompletableFuture().get(10, TimeUnit.SECONDS))
			.isEqualTo("old");
		load.complete("new");
		awaitValue(this.two, "new");
	}

	@Test
	void theLoadInTheBackgroundHasWhatIsBoundToTheCallersThread() {
		loadOld();
		this.entry.agedBy(STALE);
		AtomicReference<String> seen = new AtomicReference<>();
		TENANT.set("acme");
		this.one.cache(String.class).get(1, (id) -> {
			seen.set(TENANT.get() + " in " + Thread.currentThread().getName());
			return "new";
		});
		awaitValue(this.one, "new");
		assertThat(seen.get()).startsWith("acme in rediskit-cache-background");
	}

	@Test
	void theSameGoesForTheAsynchronousDoor() throws Exception {
		loadOld();
		this.entry.agedBy(STALE);
		AtomicReference<String> seen = new AtomicReference<>();
		TENANT.set("acme");
		this.one.cache(String.class).getAsync(1, (id) -> {
			seen.set(TENANT.get());
			return CompletableFuture.completedStage("new");
		}).toCompletableFuture().get(10, TimeUnit.SECONDS);
		awaitValue(this.one, "new");
		assertThat(seen.get()).isEqualTo("acme");
	}

	@Test
	void aFailureInTheBackgroundIsNobodysExceptionAndNotRepeatedByAll() {
		loadOld();
		this.entry.agedBy(STALE);
		AtomicInteger loads = new AtomicInteger();
		call(this.one, loads);
		await().until(() -> "1x".equals(this.server.commands().get(this.entry.leaseKey())));
		assertThat(this.server.commands().pttl(this.entry.leaseKey())).isBetween(1L, 1000L);
		this.entry.keepPause();
		for (int i = 0; i < 50; i++) {
			call(this.one, loads);
			call(this.two, loads);
		}
		// the last calls' attempts are over when another key has made its way
		assertThat(this.one.cache(String.class).get(2, (id) -> "other")).isEqualTo("other");
		assertThat(loads).hasValue(1);
		this.server.commands().del(this.entry.leaseKey());
		call(this.two, loads);
		await().until(() -> loads.get() == 2);
	}

	private static void call(CacheInstance instance, AtomicInteger loads) {
		assertThat(instance.cache(String.class).get(1, (id) -> {
			loads.incrementAndGet();
			throw new IllegalStateException("no database");
		})).isEqualTo("old");
	}

	@Test
	void afterTheWindowItIsAMissLikeAnyOther() {
		loadOld();
		this.entry.agedBy(STALE.plus(WINDOW));
		this.one.events.take();
		assertThat(this.one.cache(String.class).get(1, (id) -> "new")).isEqualTo("new");
		assertThat(this.one.events.take()).containsExactly("miss:EXPIRED", "loaded");
	}

	@Test
	void anInstanceThatAllowsNoStaleValuesGetsNone() {
		loadOld();
		this.entry.agedBy(STALE);
		try (CacheInstance strict = new CacheInstance(this.server.uri(), TestSettings.with((settings) -> {
		}))) {
			assertThat(strict.cache(String.class).get(1, (id) -> "new")).isEqualTo("new");
		}
	}

	@Test
	void anInvalidationDuringTheLoadInTheBackgroundWins() {
		loadOld();
		this.entry.agedBy(STALE);
		CountDownLatch loading = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		this.one.cache(String.class).get(1, (id) -> {
			loading.countDown();
			reach(release);
			return "outdated";
		});
		reach(loading);
		this.two.cache(String.class).invalidate(1);
		release.countDown();
		await().until(() -> this.one.events.contains("rejected"));
		assertThat(this.one.cache(String.class).get(1, (id) -> "new")).isEqualTo("new");
	}

	@Test
	void callsAreAnsweredWhenAllThreadsOfTheBackgroundAreBusy() {
		int room = 16 + 256;
		for (int i = 1; i <= room + 1; i++) {
			int value = i;
			this.one.cache(Integer.class).get(i, (id) -> value);
			StoredEntry.of(this.server, i).agedBy(STALE);
		}
		CountDownLatch release = new CountDownLatch(1);
		for (int i = 1; i <= room; i++) {
			assertThat(this.one.cache(Integer.class).get(i, (id) -> {
				reach(release);
				return -1;
			})).isEqualTo(i);
		}
		assertThat(this.one.events.contains("refresh-skipped")).isFalse();
		assertThat(this.one.cache(Integer.class).get(room + 1, StaleWhileRevalidateTests::unexpected))
			.isEqualTo(room + 1);
		assertThat(this.one.events.count("refresh-skipped")).isEqualTo(1);
		release.countDown();
		await().until(() -> this.one.events.count("refreshing:STALE") == room);
		await().until(() -> this.one.cache(Integer.class).get(room + 1, (id) -> -1) == -1);
	}

	private void awaitValue(CacheInstance instance, String value) {
		await().until(() -> instance.cache(String.class).getIfPresent(1).orElse("").equals(value));
	}

	private static <T> T unexpected(Object id) {
		throw new AssertionError("No load was expected of " + id);
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
