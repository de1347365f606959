package io.github.rediskit.cache;

import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import io.github.rediskit.key.KeyId;
import io.github.rediskit.script.KeyScan;
import io.github.rediskit.script.LuaScript;
import io.github.rediskit.script.RedisGateway;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestCluster;
import io.github.rediskit.testing.RedisTestServer;
import io.github.rediskit.testing.TcpProxy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Entries that are invalidated by what they have in common.
 */
@RedisTest
@Timeout(60)
class TaggedEntriesTests {

	private static final CacheSettings SETTINGS = TestSettings.with((settings) -> {
	});

	private static final String EPOCH = "shop:cache-tags:products";

	private final RedisTestServer server = RedisTestServer.shared();

	/** What happens just before the first instance sends something. */
	private final AtomicReference<@Nullable Runnable> before = new AtomicReference<>();

	private final CacheInstance one = new CacheInstance(this.server.uri(), SETTINGS,
			(redis) -> new Watched(redis, () -> {
				Runnable action = this.before.get();
				if (action != null) {
					action.run();
				}
			}));

	private final CacheInstance two = new CacheInstance(this.server.uri(), SETTINGS);

	@BeforeEach
	void nextLoadsKnowThatThereAreTags() {
		load(this.one, "first", "any", "first");
		load(this.two, "second", "any", "first");
	}

	@AfterEach
	void stop() {
		this.before.set(null);
		this.one.close();
		this.two.close();
	}

	private static LeasedCache<Object, String> cache(CacheInstance instance) {
		return instance.caches().cache("products", (Type) String.class);
	}

	private static String load(CacheInstance instance, Object key, String value, String... tags) {
		return cache(instance)
			.getAsync(KeyId.of(key),
					() -> CompletableFuture.completedStage(new Loaded<>(value, null, Set.of(tags), null)))
			.toCompletableFuture()
			.join();
	}

	private static @Nullable String present(CacheInstance instance, Object key) {
		return cache(instance).getIfPresent(key).orElse(null);
	}

	private static byte[] tagKey(String tag) {
		return ("shop:cache-tag:products:{" + HexFormat.of().toHexDigits(RedisTags.digest(tag)) + "}")
			.getBytes(StandardCharsets.UTF_8);
	}

	@Test
	void anInvalidationOfATagConcernsTheEntriesThatHaveItAndNoOthers() throws Throwable {
		load(this.one, 1, "one", "a");
		load(this.one, 2, "two", "b");
		load(this.one, 3, "three", "a", "b");
		load(this.one, 4, "four");
		cache(this.two).invalidateTag("a");
		for (CacheInstance instance : List.of(this.one, this.two)) {
			assertThat(present(instance, 1)).isNull();
			assertThat(present(instance, 2)).isEqualTo("two");
			assertThat(present(instance, 3)).isNull();
			assertThat(present(instance, 4)).isEqualTo("four");
		}
		assertThat(this.one.events.contains("miss:INVALIDATED")).isTrue();
		assertThat(load(this.one, 1, "new", "a")).isEqualTo("new");
		assertThat(present(this.two, 1)).isEqualTo("new");
		cache(this.one).invalidateTag("b");
		assertThat(present(this.two, 1)).isEqualTo("new");
		assertThat(present(this.two, 2)).isNull();
	}

	@Test
	void whatIsCalledLikeAnotherTagIsNotThatTag() throws Throwable {
		load(this.one, 1, "one", "a:{b}");
		cache(this.two).invalidateTag("a");
		cache(this.two).invalidateTag("A:{b}");
		cache(this.two).invalidateTag("");
		assertThat(present(this.one, 1)).isEqualTo("one");
	}

	@Test
	void anInvalidationIsTwoWritesAndAHitTwoReads() throws Throwable {
		load(this.one, 1, "one", "a", "b", "c");
		this.server.resetStats();
		assertThat(present(this.two, 1)).isEqualTo("one");
		assertThat(this.server.commandStats()).containsEntry("mget", 2L).doesNotContainKeys("evalsha", "set");
		this.server.resetStats();
		cache(this.two).invalidateTag("a");
		assertThat(this.server.commandStats()).containsEntry("set", 2L)
			.doesNotContainKeys("evalsha", "mget", "get", "del", "unlink", "scan", "keys");
	}

	@Test
	void everyKeyHasATimeToLive() throws Throwable {
		load(this.one, 1, "one", "a", "b");
		cache(this.two).invalidateTag("b");
		cache(this.two).invalidateTag("nobody's");
		List<String> keys = this.server.commands().keys("*");
		assertThat(keys).hasSizeGreaterThan(5)
			.allSatisfy((key) -> assertThat(this.server.commands().pttl(key)).isPositive());
		assertThat(this.server.bytes().pttl(tagKey("a"))).isGreaterThan(Duration.ofHours(24).toMillis());
	}

	@Test
	void aValueWithTooManyTagsIsNotStored() throws Throwable {
		String[] tags = IntStream.range(0, 65).mapToObj((i) -> "tag " + i).toArray(String[]::new);
		assertThat(load(this.one, 1, "value", tags)).isEqualTo("value");
		assertThat(this.one.events.contains("store-failed")).isTrue();
		assertThat(present(this.one, 1)).isNull();
		assertThat(load(this.one, 1, "value", Arrays.copyOf(tags, 64))).isEqualTo("value");
		assertThat(present(this.two, 1)).isEqualTo("value");
	}

	@Test
	void anInvalidationBeforeTheLoadDoesNotConcernIt() throws Throwable {
		cache(this.two).invalidateTag("a");
		load(this.one, 1, "one", "a");
		assertThat(present(this.two, 1)).isEqualTo("one");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void anInvalidationAtAnyMomentOfALoadConcernsIt(boolean tagIsThere) throws Throwable {
		boolean ended = false;
		int moments = 0;
		while (!ended) {
			String key = "key " + moments;
			if (tagIsThere) {
				load(this.two, "other " + moments, "any", "a");
			}
			else {
				this.server.bytes().del(tagKey("a"));
			}
			AtomicInteger commands = new AtomicInteger();
			int moment = moments;
			cache(this.one).get(KeyId.of(key), () -> {
				this.before.set(() -> {
					if (commands.getAndIncrement() == moment) {
						cache(this.two).invalidateTag("a");
					}
				});
				return CompletableFuture.completedStage(new Loaded<>("outdated", null, Set.of("a"), null));
			});
			this.before.set(null);
			ended = commands.get() <= moment;
			if (ended) {
				assertThat(present(this.two, key)).isEqualTo("outdated");
				cache(this.two).invalidateTag("a");
			}
			assertThat(present(this.one, key)).as("invalidated before command %d", moment).isNull();
			assertThat(present(this.two, key)).as("invalidated before command %d", moment).isNull();
			moments++;
		}
		assertThat(moments).isGreaterThan(3);
	}

	@Test
	void whoAsksAfterAnInvalidationDoesNotJoinALoadFromBefore() throws Throwable {
		AtomicReference<String> database = new AtomicReference<>("old");
		CompletableFuture<Loaded<String>> first = new CompletableFuture<>();
		CompletionStage<String> before = cache(this.one).getAsync(KeyId.of(1), () -> first);
		await().until(() -> this.server.commands().exists("shop:cache-lease:products:{1}") == 1);
		String read = database.get();
		database.set("new");
		cache(this.two).invalidateTag("a");
		CompletionStage<String> after = cache(this.one).getAsync(KeyId.of(1),
				() -> CompletableFuture.completedStage(new Loaded<>(database.get(), null, Set.of("a"), null)));
		first.complete(new Loaded<>(read, null, Set.of("a"), null));
		assertThat(before.toCompletableFuture().get(10, TimeUnit.SECONDS)).isEqualTo("old");
		assertThat(after.toCompletableFuture().get(10, TimeUnit.SECONDS)).isEqualTo("new");
	}

	@Test
	void aLostGenerationOfATagIsAMissAndRevivesNothing() throws Throwable {
		load(this.one, 1, "old", "a");
		this.server.bytes().del(tagKey("a"));
		assertThat(present(this.one, 1)).isNull();
		load(this.two, 2, "other", "a"); // makes another generation
		assertThat(present(this.one, 1)).isNull();
		assertThat(present(this.two, 1)).isNull();
		assertThat(present(this.one, 2)).isEqualTo("other");
	}

	@Test
	void aBrokenGenerationOfATagIsAMiss() throws Throwable {
		load(this.one, 1, "old", "a");
		this.server.bytes().set(tagKey("a"), new byte[3]);
		assertThat(present(this.one, 1)).isNull();
		assertThat(load(this.one, 1, "new", "a")).isEqualTo("new");
		assertThat(present(this.two, 1)).isEqualTo("new");
		assertThat(this.server.bytes().pttl(tagKey("a"))).isPositive();
	}

	@Test
	void whatWasLoadedWhileTheEpochGotLostIsNotStored() throws Throwable {
		assertThat(cache(this.one).get(KeyId.of(1), () -> {
			this.server.commands().del(EPOCH);
			return CompletableFuture.completedStage(new Loaded<>("any", null, Set.of("a"), null));
		})).isEqualTo("any");
		assertThat(present(this.two, 1)).isNull();
		assertThat(cache(this.one).get(KeyId.of(1), () -> {
			this.server.commands().del(EPOCH);
			load(this.two, 2, "starts an epoch", "b");
			return CompletableFuture.completedStage(new Loaded<>("any", null, Set.of("a"), null));
		})).isEqualTo("any");
		assertThat(present(this.two, 1)).isNull();
		load(this.one, 1, "stored", "a");
		assertThat(present(this.two, 1)).isEqualTo("stored");
	}

	@Test
	void anInvalidationIsNotForgottenWhileRedisIsAway() throws Throwable {
		try (TcpProxy proxy = TcpProxy.to(this.server); CacheInstance away = new CacheInstance(proxy.uri(), SETTINGS)) {
			load(away, "first", "any", "first");
			load(away, 1, "old", "a");
			assertThat(present(away, 1)).isEqualTo("old");
			proxy.refuse();
			proxy.cut();
			cache(away).invalidateTag("a");
			assertThat(away.events.contains("deferred")).isTrue();
			assertThat(present(this.two, 1)).isEqualTo("old"); // it can't know
			proxy.resume();
			await().until(() -> {
				String value = load(away, 1, "new", "a");
				assertThat(value).isEqualTo("new");
				return away.events.contains("caught-up");
			});
			assertThat(present(this.two, 1)).isNotEqualTo("old");
			assertThat(present(this.one, 1)).isNotEqualTo("old");
		}
	}

	@Test
	void oneSecondAfterTheConnectionIsBackNobodyServesTheEntry() throws Throwable {
		try (TcpProxy proxy = TcpProxy.to(this.server); CacheInstance away = new CacheInstance(proxy.uri(), SETTINGS)) {
			load(away, "first", "any", "first");
			load(away, 1, "old", "a");
			proxy.stall();
			cache(away).invalidateTag("a");
			assertThat(present(this.two, 1)).isEqualTo("old");
			proxy.resume();
			await().pollInterval(Duration.ofMillis(20))
				.until(() -> "another".equals(load(away, "ping", "another")) && away.events.contains("caught-up")
						|| present(this.two, 1) == null);
			await().atMost(Duration.ofSeconds(1)).until(() -> present(this.two, 1) == null);
		}
	}

	@Test
	void tagsWorkOnACluster() throws Throwable {
		try (RedisTestCluster cluster = RedisTestCluster.start();
				CacheInstance first = CacheInstance.onCluster(cluster, SETTINGS);
				CacheInstance second = CacheInstance.onCluster(cluster, SETTINGS)) {
			for (CacheInstance instance : List.of(first, second)) {
				await().until(() -> { // its connections to all nodes are open
					load(instance, "first", "any", "first");
					load(instance, "second", "any", "first");
					return present(instance, "second") != null;
				});
			}
			for (int i = 0; i < 30; i++) {
				load((i % 2 == 0) ? first : second, i, "value " + i, "tag " + i % 3, "all");
			}
			for (int i = 0; i < 30; i++) {
				assertThat(present((i % 2 == 0) ? second : first, i)).as("%s", first.events.lastFailure())
					.isEqualTo("value " + i);
			}
			cache(first).invalidateTag("tag 1");
			for (int i = 0; i < 30; i++) {
				assertThat(present(first, i)).isEqualTo((i % 3 != 1) ? "value " + i : null);
				assertThat(present(second, i)).isEqualTo((i % 3 != 1) ? "value " + i : null);
			}
			cache(second).invalidateTag("all");
			assertThat(IntStream.range(0, 30).mapToObj((i) -> present(first, i))).containsOnlyNulls();
			load(first, 1, "new", "all");
			assertThat(present(second, 1)).isEqualTo("new");
		}
	}

	/**
	 * A connection that tells when it is about to send something.
	 */
	private record Watched(RedisGateway redis, Runnable before) implements RedisGateway {

		@Override
		public CompletionStage<List<byte @Nullable []>> read(byte[]... keys) {
			this.before.run();
			return this.redis.read(keys);
		}

		@Override
		public CompletionStage<List<@Nullable Object>> run(LuaScript script, byte[][] keys, byte[]... arguments) {
			this.before.run();
			return this.redis.run(script, keys, arguments);
		}

		@Override
		public boolean isOneSlot(byte[]... keys) {
			return this.redis.isOneSlot(keys);
		}

		@Override
		public CompletionStage<Boolean> write(byte[] key, byte[] value, Duration ttl, boolean onlyIfAbsent) {
			this.before.run();
			return this.redis.write(key, value, ttl, onlyIfAbsent);
		}

		@Override
		public CompletionStage<Boolean> expire(byte[] key, Duration ttl) {
			this.before.run();
			return this.redis.expire(key, ttl);
		}

		@Override
		public CompletionStage<KeyScan> scan(byte[] pattern, KeyScan.@Nullable Place from) {
			this.before.run();
			return this.redis.scan(pattern, from);
		}

		@Override
		public CompletionStage<Long> time() {
			return this.redis.time();
		}

		@Override
		public CompletionStage<String> append(byte[] stream, long maxLength, byte[]... fieldsAndValues) {
			return this.redis.append(stream, maxLength, fieldsAndValues);
		}

		@Override
		public CompletionStage<Long> acknowledge(byte[] stream, byte[] group, List<String> ids) {
			return this.redis.acknowledge(stream, group, ids);
		}

		@Override
		public CompletionStage<@Nullable Void> subscribe(byte[] channel, Consumer<byte[]> listener) {
			return this.redis.subscribe(channel, listener);
		}

		@Override
		public CompletionStage<Long> publish(byte[] channel, byte[] message) {
			return this.redis.publish(channel, message);
		}

		@Override
		public CompletionStage<Long> publishSharded(byte[] channel, byte[] message) {
			return this.redis.publishSharded(channel, message);
		}

	}

}
