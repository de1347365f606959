package io.github.rediskit.cache;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.github.rediskit.key.KeyId;
import io.github.rediskit.testing.MeasuresTime;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Which threads do what, and what a call waits for at most.
 */
@RedisTest
@Timeout(40)
@MeasuresTime
class LateAnswersTests {

	private static final Set<String> THREADS = ConcurrentHashMap.newKeySet();

	private final RedisTestServer server = RedisTestServer.shared();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final CountDownLatch release = new CountDownLatch(1);

	private final CacheInstance plain = new CacheInstance(this.server.uri(), TestSettings.with((settings) -> {
	}));

	private final CacheInstance hard = new CacheInstance(this.server.uri(), TestSettings.with((settings) -> {
		settings.earlyRefresh = 1000;
		settings.hardTimeout = Duration.ofMillis(200);
	}));

	@AfterEach
	void stop() {
		this.release.countDown();
		this.threads.shutdownNow();
		this.plain.close();
		this.hard.close();
	}

	record Traced(String name) {

		Traced {
			THREADS.add("decode " + Thread.currentThread().getName());
		}

		public String name() {
			THREADS.add("encode " + Thread.currentThread().getName());
			return this.name;
		}
	}

	static class Written {

		@JsonProperty
		public String getName() {
			THREADS.add("encode " + Thread.currentThread().getName());
			return "name";
		}

		@JsonProperty
		public void setName(String name) {
			THREADS.add("decode " + Thread.currentThread().getName());
		}

	}

	private <V> V held(V value) {
		return held(this.release, value);
	}

	@Test
	void valuesAreNotDecodedInTheClientsThread() {
		ReadThroughCache<Object, Traced> cache = this.plain.cache(Traced.class);
		cache.get(1, (id) -> new Traced("a"));
		THREADS.clear();
		cache.get(1, (id) -> new Traced("a"));
		cache.getAll(List.of(1), (ids) -> Map.of());
		cache.getAsync(1, (id) -> CompletableFuture.completedStage(null)).toCompletableFuture().join();
		cache.getIfPresent(1);
		assertThat(THREADS).isNotEmpty().noneMatch((thread) -> thread.contains("lettuce"));
	}

	@Test
	void valuesAreNotEncodedInTheClientsThread() {
		LeasedCache<Object, Written> cache = this.plain.caches().cache("products", (Type) Written.class);
		cache.expectTags();
		THREADS.clear();
		cache.put(1, new Written());
		cache
			.getAsync(KeyId.of(2),
					() -> CompletableFuture.completedStage(new Loaded<>(new Written(), null, Set.of("tag"), null)))
			.toCompletableFuture()
			.join();
		assertThat(THREADS).isNotEmpty().noneMatch((thread) -> thread.contains("lettuce"));
		assertThat(cache.getIfPresent(2)).isPresent();
	}

	@Test
	void aBatchThatJoinsALoadTimesOutToo() throws Exception {
		Future<?> leader = this.threads.submit(() -> this.hard.cache(String.class).get(1, (id) -> held("one")));
		await().until(() -> leader.isDone());
		long start = System.nanoTime();
		Future<Map<Object, String>> call = this.threads
			.submit(() -> this.hard.cache(String.class).getAll(List.of(1, 2), (ids) -> Map.of(2, "two")));
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> call.get(3, TimeUnit.SECONDS))
			.withCauseInstanceOf(CacheLoadTimeoutException.class);
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
	}

	@Test
	void anEarlyRefreshTimesOutToo() throws Exception {
		this.hard.cache(String.class).get(1, (id) -> "old");
		StoredEntry.of(this.server, 1).loadedIn(Duration.ofDays(1)).agedBy(Duration.ofMinutes(9));
		Future<String> call = this.threads.submit(() -> this.hard.cache(String.class).get(1, (id) -> held("new")));
		assertThat(call.get(3, TimeUnit.SECONDS)).isEqualTo("old");
	}

	@Test
	void asynchronousLoadersThatWaitForEachOtherGoOn() throws Exception {
		ReadThroughCache<Object, String> cache = this.plain.cache(String.class);
		CompletableFuture<?>[] calls = new CompletableFuture<?>[200];
		for (int i = 0; i < calls.length; i++) {
			int number = i;
			calls[i] = cache.getAsync("outer" + i,
					(id) -> CompletableFuture.completedFuture(
							cache.getAsync("inner" + number, (inner) -> CompletableFuture.completedFuture("value"))
								.toCompletableFuture()
								.join()))
				.toCompletableFuture();
		}
		CompletableFuture.allOf(calls).get(10, TimeUnit.SECONDS);
	}

	@Test
	void slowAsynchronousLoadersDoNotHoldUpHits() throws Exception {
		ReadThroughCache<Object, String> cache = this.plain.cache(String.class);
		cache.put("hit", "value");
		for (int i = 0; i < 200; i++) {
			cache.getAsync("slow" + i, (id) -> CompletableFuture.completedFuture(held("value")));
		}
		assertThat(cache.getAsync("hit", (id) -> CompletableFuture.completedStage("loaded"))
			.toCompletableFuture()
			.get(3, TimeUnit.SECONDS)).isEqualTo("value");
	}

	@Test
	void whatFollowsABatchThatTimedOutDoesNotRunInTheThreadOfAllTimeouts() throws Exception {
		LeasedCache<Object, String> cache = this.hard.caches().cache("products", (Type) String.class);
		AtomicReference<String> thread = new AtomicReference<>();
		cache.getAllAsync(List.of(KeyId.of(1)), (missing) -> new CompletableFuture<>()).handle((values, failure) -> {
			thread.set(Thread.currentThread().getName());
			return null;
		}).toCompletableFuture().get(5, TimeUnit.SECONDS);
		assertThat(thread.get()).doesNotContain("DelayScheduler");
	}

	@Test
	void whoseCallerHasGoneIsNobodysLeader() throws Exception {
		// it joins a load that an invalidation outdates, looks again, and draws an early
		// refresh
		CountDownLatch inLoad = new CountDownLatch(1);
		CountDownLatch end = new CountDownLatch(1);
		try (CacheInstance patient = new CacheInstance(this.server.uri(), TestSettings.with((settings) -> {
			settings.earlyRefresh = 1000;
			settings.hardTimeout = Duration.ofSeconds(1);
		}))) {
			ReadThroughCache<Object, String> cache = patient.cache(String.class);
			this.threads.submit(() -> cache.get(1, (id) -> {
				inLoad.countDown();
				return held(end, "outdated");
			}));
			inLoad.await();
			CountDownLatch again = new CountDownLatch(1);
			Future<String> joiner = this.threads.submit(() -> cache.get(1, (id) -> {
				again.countDown();
				return held("new");
			}));
			await().during(Duration.ofMillis(100)).until(() -> !joiner.isDone());
			this.plain.cache(String.class).put(1, "put");
			StoredEntry.of(this.server, 1).loadedIn(Duration.ofDays(1)).agedBy(Duration.ofMinutes(9));
			end.countDown();
			assertThat(again.await(5, TimeUnit.SECONDS)).isTrue();
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> joiner.get(5, TimeUnit.SECONDS))
				.withCauseInstanceOf(CacheLoadTimeoutException.class);
			this.release.countDown();
			this.server.commands().del(StoredEntry.of(this.server, 1).key(), StoredEntry.of(this.server, 1).leaseKey());
			assertThat(cache.get(1, (id) -> "third")).isEqualTo("third");
		}
	}

	private static <V> V held(CountDownLatch latch, V value) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return value;
	}

}
