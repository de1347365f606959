package io.github.rediskit.cache;

import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.rediskit.key.KeyId;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How values are stored, as callers of two instances with different settings see it.
 */
@RedisTest
@Timeout(60)
class StoredValuesTests {

	private static final String ENTRY = "shop:cache:products:{1}";

	private final RedisTestServer server = RedisTestServer.shared();

	@Test
	void aValueThatIsTooLargeIsReturnedButNotStored() {
		AtomicInteger loads = new AtomicInteger();
		try (CacheInstance instance = limited(1000, -1)) {
			for (int i = 0; i < 2; i++) {
				assertThat(instance.cache(String.class).get(1, (id) -> {
					loads.incrementAndGet();
					return "x".repeat(1000);
				})).hasSize(1000);
			}
			assertThat(loads).hasValue(2);
			assertThat(instance.events.take()).containsExactly("miss:ABSENT", "loaded", "store-failed", "miss:ABSENT",
					"loaded", "store-failed");
			assertThat(this.server.commands().exists(ENTRY, "shop:cache-lease:products:{1}")).isZero();
			instance.cache(String.class).put(1, "x".repeat(998));
			assertThat(instance.cache(String.class).getIfPresent(1)).isPresent();
		}
	}

	@Test
	void aPutOfAValueThatIsTooLargeRemovesTheOldOne() {
		try (CacheInstance instance = limited(1000, -1)) {
			instance.cache(String.class).put(1, "old");
			instance.cache(String.class).put(1, "new".repeat(1000));
			assertThat(instance.cache(String.class).getIfPresent(1)).isEmpty();
			assertThat(instance.events.take()).containsExactly("store-failed", "miss:ABSENT");
		}
	}

	@Test
	void aTicketForAValueThatIsTooLargeStoresNothing() {
		try (CacheInstance instance = limited(1000, -1)) {
			LeasedCache<Integer, String> cache = instance.caches().cache("products", (Type) String.class);
			assertThat(cache.look(KeyId.of(1))
				.ticket()
				.toCompletableFuture()
				.join()
				.store(Loaded.of("x".repeat(1000)))
				.toCompletableFuture()
				.join()).isFalse();
			assertThat(instance.events.take()).contains("store-failed");
			assertThat(this.server.commands().exists(ENTRY)).isZero();
		}
	}

	@Test
	void instancesThatDisagreeOnCompressionReadEachOther() {
		String text = "to be or not to be ".repeat(200);
		try (CacheInstance with = limited(1 << 20, 100); CacheInstance without = limited(1 << 20, -1)) {
			with.cache(String.class).put(1, text);
			assertThat(this.server.commands().strlen(ENTRY)).isLessThan(200);
			assertThat(without.cache(String.class).getIfPresent(1)).contains(text);
			without.cache(String.class).put(1, text);
			assertThat(this.server.commands().strlen(ENTRY)).isGreaterThan(text.length());
			assertThat(with.cache(String.class).getIfPresent(1)).contains(text);
		}
	}

	@Test
	void keysAreRotatedWithoutAMiss() {
		try (CacheInstance onlyOld = instance("2025", "2025"); CacheInstance both = instance("2025", "2025", "2026")) {
			onlyOld.cache(String.class).put(1, "secret");
			assertThat(both.cache(String.class).getIfPresent(1)).contains("secret");
			both.cache(String.class).put(1, "secret");
			assertThat(onlyOld.cache(String.class).getIfPresent(1)).contains("secret");
			try (CacheInstance rotated = instance("2026", "2025", "2026")) {
				assertThat(rotated.cache(String.class).getIfPresent(1)).contains("secret");
				rotated.cache(String.class).put(1, "secret");
				assertThat(both.cache(String.class).getIfPresent(1)).contains("secret");
				assertThat(onlyOld.cache(String.class).getIfPresent(1)).isEmpty();
				assertThat(onlyOld.events.take()).contains("miss:DECRYPTION");
			}
		}
	}

	@Test
	void nothingSecretIsInRedis() {
		try (CacheInstance instance = instance("2026", "2026")) {
			instance.cache(String.class).put(1, "a secret that nobody may read");
			String entry = new String(this.server.bytes().get(ENTRY.getBytes(StandardCharsets.US_ASCII)),
					StandardCharsets.ISO_8859_1);
			assertThat(entry).doesNotContain("secret", "nobody").contains("2026");
		}
	}

	@Test
	void anEntryThatIsMovedToAnotherKeyIsAMiss() {
		try (CacheInstance instance = instance("2026", "2026")) {
			instance.cache(String.class).put(1, "what the first may know");
			instance.cache(String.class).put(2, "what the second may know");
			this.server.commands().rename(ENTRY, "shop:cache:products:{2}");
			assertThat(instance.cache(String.class).getIfPresent(2)).isEmpty();
			assertThat(instance.events.take()).containsExactly("miss:DECRYPTION");
			assertThat(instance.cache(String.class).get(2, (id) -> "loaded")).isEqualTo("loaded");
			assertThat(instance.cache(String.class).getIfPresent(2)).contains("loaded");
		}
	}

	@Test
	void encryptionIsTurnedOnAndOffWithMissesAtMost() {
		try (CacheInstance plain = instance(null, "2026"); CacheInstance encrypted = instance("2026", "2026")) {
			plain.cache(String.class).put(1, "text");
			assertThat(encrypted.cache(String.class).getIfPresent(1)).isEmpty();
			assertThat(encrypted.events.take()).containsExactly("miss:DECRYPTION");
			assertThat(encrypted.cache(String.class).get(1, (id) -> "text")).isEqualTo("text");
			assertThat(encrypted.cache(String.class).getIfPresent(1)).contains("text");
			assertThat(plain.cache(String.class).getIfPresent(1)).contains("text");
			plain.cache(String.class).get(2, (id) -> null);
			encrypted.events.take();
			assertThat(encrypted.cache(String.class).get(2, (id) -> "loaded")).isEqualTo("loaded");
		}
	}

	private CacheInstance instance(@Nullable String encryptionKey, String... keys) {
		return new CacheInstance(this.server.uri(),
				TestSettings.with((settings) -> settings.encryptionKey = encryptionKey), TestKeys.of(keys));
	}

	private CacheInstance limited(long maxSize, long compressFrom) {
		return new CacheInstance(this.server.uri(), TestSettings.with((settings) -> {
			settings.maxSize = maxSize;
			settings.compressFrom = compressFrom;
		}));
	}

}
