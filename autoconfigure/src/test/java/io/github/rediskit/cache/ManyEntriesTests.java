package io.github.rediskit.cache;

import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.github.rediskit.key.KeyId;
import io.github.rediskit.testing.RedisTestServer;
import io.lettuce.core.ScriptOutputType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * To invalidate a great many entries takes as long as to invalidate one.
 */
@Timeout(120)
class ManyEntriesTests {

	private static final CacheSettings SETTINGS = TestSettings.with((settings) -> settings.ttl = Duration.ofHours(1));

	private static final String COPY = """
			for i = tonumber(ARGV[2]), tonumber(ARGV[3]) do
			  redis.call('SET', string.format('shop:cache:products:{%d}', i), ARGV[1], 'EX', 3600)
			end
			return redis.status_reply('OK')
			""";

	private final RedisTestServer server = RedisTestServer.start("--slowlog-log-slower-than", "10000");

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final CacheInstance one = new CacheInstance(this.server.uri(), SETTINGS);

	private final CacheInstance two = new CacheInstance(this.server.uri(), SETTINGS);

	@AfterEach
	void stop() {
		this.threads.shutdownNow();
		this.one.close();
		this.two.close();
		this.server.close();
	}

	@Test
	void aTagOfAHundredThousandEntries() throws Throwable {
		load(this.one, "first", "all");
		load(this.two, "second", "all");
		load(this.one, 0, "all");
		load(this.one, "untouched", "other");
		copies(100_000);
		invalidateWhileOthersPut(() -> cache(this.two).invalidateTag("all"), 2);
		assertThat(present(this.one, "untouched")).isEqualTo("value");
	}

	@Test
	void aCacheOfAMillionEntries() throws Throwable {
		cache(this.one).put(0, "value");
		copies(1_000_000);
		invalidateWhileOthersPut(() -> cache(this.two).invalidateAll(), 1);
	}

	private void invalidateWhileOthersPut(Runnable invalidation, long writes) throws Exception {
		int sample = 100_000;
		assertThat(IntStream.iterate(1, (key) -> key < sample, (key) -> key + 997))
			.allSatisfy((key) -> assertThat(present(this.one, key)).isEqualTo("value"));
		AtomicBoolean invalidated = new AtomicBoolean();
		AtomicInteger puts = new AtomicInteger();
		List<Future<?>> putting = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			CacheInstance instance = (i % 2 == 0) ? this.one : this.two;
			String prefix = "put by " + i + ", ";
			putting.add(this.threads.submit(() -> {
				for (int number = 0; number < 50; puts.incrementAndGet()) {
					boolean after = invalidated.get();
					cache(instance).put(prefix + number, "put");
					number += after ? 1 : 0;
				}
			}));
		}
		await().until(() -> puts.get() > 20);
		this.server.commands().slowlogReset();
		this.server.resetStats();
		invalidation.run();
		invalidated.set(true);
		for (Future<?> each : putting) {
			each.get(20, TimeUnit.SECONDS);
		}
		Map<String, Long> commands = this.server.commandStats();
		long prolonged = commands.getOrDefault("pttl", 0L); // the generation, once an
															// hour
		assertThat(commands).containsEntry("set", commands.get("evalsha") - prolonged + writes)
			.doesNotContainKeys("keys", "scan", "del", "flushdb", "flushall", "randomkey");
		assertThat(this.server.commands().slowlogLen()).isZero();
		assertThat(IntStream.iterate(1, (key) -> key < sample, (key) -> key + 997))
			.allSatisfy((key) -> assertThat(present(this.one, key)).isNull())
			.allSatisfy((key) -> assertThat(present(this.two, key)).isNull());
		for (int i = 0; i < 4; i++) {
			for (int number = 0; number < 50; number++) {
				assertThat(present(this.one, "put by " + i + ", " + number)).isEqualTo("put");
			}
		}
	}

	/** The entry 0 under many other keys. */
	private void copies(int count) {
		byte[] entry = this.server.bytes().get(key(0));
		for (int i = 1; i < count; i += 20_000) {
			this.server.bytes()
				.eval(COPY, ScriptOutputType.STATUS, new byte[][] { key(0) }, entry, bytes(i), bytes(i + 19_999));
		}
		assertThat(this.server.commands().dbsize()).isGreaterThan(count);
	}

	private static byte[] bytes(int number) {
		return Integer.toString(number).getBytes(StandardCharsets.US_ASCII);
	}

	private static byte[] key(int id) {
		return ("shop:cache:products:{" + id + "}").getBytes(StandardCharsets.UTF_8);
	}

	private static LeasedCache<Object, String> cache(CacheInstance instance) {
		return instance.caches().cache("products", (Type) String.class);
	}

	private static void load(CacheInstance instance, Object key, String tag) throws Throwable {
		cache(instance).get(KeyId.of(key),
				() -> CompletableFuture.completedStage(new Loaded<>("value", null, Set.of(tag), null)));
	}

	private static String present(CacheInstance instance, Object key) {
		return cache(instance).getIfPresent(key).orElse(null);
	}

}
