package io.github.rediskit.cache;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

import io.github.rediskit.key.KeyId;
import io.github.rediskit.testing.MeasuresTime;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The entries that are asked for most are loaded again before anybody misses them.
 */
@RedisTest
@Timeout(60)
@MeasuresTime
class RefreshAheadTests {

	private static final Duration NEARLY_OVER = Duration.ofMinutes(9).plusSeconds(30);

	private final RedisTestServer server = RedisTestServer.shared();

	private final CacheInstance one = instance();

	private final CacheInstance two = instance();

	private final StoredEntry entry = StoredEntry.of(this.server, 1);

	private final AtomicInteger loads = new AtomicInteger();

	private final Set<String> loaders = ConcurrentHashMap.newKeySet();

	private CacheInstance instance() {
		return new CacheInstance(this.server.uri(), TestSettings.with((settings) -> settings.refreshAhead = 10));
	}

	@AfterEach
	void stop() {
		this.one.close();
		this.two.close();
	}

	private String get(CacheInstance instance) {
		return instance.cache(String.class).get(1, (id) -> {
			this.loaders.add(Thread.currentThread().getName().replaceAll("-\\d+$", ""));
			return "version " + this.loads.incrementAndGet();
		});
	}

	@Test
	void noCallerMissesAHotKeyOrWaitsForIt() {
		get(this.one);
		this.one.events.take();
		this.loaders.clear();
		for (int round = 1; round <= 2; round++) {
			String next = "version " + (round + 1);
			this.entry.agedBy(NEARLY_OVER);
			await().pollInterval(Duration.ofMillis(5))
				.until(() -> IntStream.range(0, 10).mapToObj((i) -> get(this.one)).toList().contains(next));
		}
		assertThat(this.loads).hasValue(3);
		assertThat(this.loaders).containsExactly("rediskit-cache-background");
		assertThat(this.one.events.take()).containsOnly("hit", "loaded", "refreshing:AHEAD");
	}

	@Test
	void oneOfAllInstancesLoads() {
		get(this.one);
		for (int round = 1; round <= 2; round++) {
			String next = "version " + (round + 1);
			this.entry.agedBy(NEARLY_OVER);
			await().pollInterval(Duration.ofMillis(5)).until(() -> {
				List<String> seen = IntStream.range(0, 10).mapToObj((i) -> get(this.one)).toList();
				return IntStream.range(0, 10).mapToObj((i) -> get(this.two)).toList().contains(next)
						&& seen.contains(next);
			});
		}
		assertThat(this.loads).hasValue(3);
		assertThat(this.one.events.count("refreshing:AHEAD") + this.two.events.count("refreshing:AHEAD")).isEqualTo(2);
	}

	@Test
	void aFailureIsNobodysException() {
		get(this.one);
		this.entry.agedBy(NEARLY_OVER);
		await().pollInterval(Duration.ofMillis(5)).until(() -> {
			assertThat(this.one.cache(String.class).<String>get(1, (id) -> {
				throw new IllegalStateException("no database");
			})).isEqualTo("version 1");
			return this.one.events.contains("load-failed");
		});
		assertThat(this.one.cache(String.class).get(1, (id) -> "unexpected")).isEqualTo("version 1");
	}

	@Test
	void aKeyIsDueOnceForEachTimeItIsAskedFor() {
		HotKeys<String> keys = new HotKeys<>(10, Duration.ofSeconds(1), UnaryOperator.identity());
		hits(keys, 1, 100, 1000);
		assertThat(keys.due(500_000)).isEmpty();
		assertThat(keys.due(595_000)).extracting(HotKeys.Hot::id).containsExactly(KeyId.of(1));
		assertThat(keys.due(595_000)).isEmpty();
		assertThat(keys.due(700_000)).isEmpty();
		hits(keys, 1, 100, 1000);
		assertThat(keys.due(595_000)).hasSize(1);
	}

	@Test
	void aSlowLoadBeginsEarlier() {
		HotKeys<String> keys = new HotKeys<>(10, Duration.ofSeconds(1), UnaryOperator.identity());
		assertThat(keys.isDue(header(100), 539_999)).isFalse();
		assertThat(keys.isDue(header(100), 540_000)).isTrue();
		assertThat(keys.isDue(header(100_000), 397_999)).isFalse();
		assertThat(keys.isDue(header(100_000), 398_000)).isTrue();
	}

	@Test
	void thereAreNeverMoreKeysThanTheSettingsSay() {
		HotKeys<String> keys = new HotKeys<>(10, Duration.ofSeconds(1), UnaryOperator.identity());
		for (int key = 0; key < 10_000; key++) {
			hits(keys, key, 7, 1000);
		}
		assertThat(keys.due(600_000)).extracting(HotKeys.Hot::id)
			.containsExactlyElementsOf(IntStream.range(9990, 10_000).mapToObj(KeyId::of).toList());
	}

	@Test
	void theKeysThatAreAskedForMostStay() {
		HotKeys<String> keys = new HotKeys<>(4, Duration.ofSeconds(1), UnaryOperator.identity());
		for (int i = 0; i < 7000; i++) {
			hits(keys, "hot", 9, 1000);
			hits(keys, i, 1, 1000);
		}
		assertThat(keys.due(600_000)).hasSize(4).extracting(HotKeys.Hot::id).contains(KeyId.of("hot"));
	}

	private static void hits(HotKeys<String> keys, Object key, int hits, long loadTime) {
		for (int i = 0; i < hits; i++) {
			keys.hit(KeyId.of(key), header(loadTime), () -> CompletableFuture.completedStage(Loaded.of("value")));
		}
	}

	private static EntryHeader header(long loadTime) {
		return new EntryHeader((byte) 0, 0, loadTime, 600_000, 0, 0, List.of());
	}

}
