package io.github.rediskit.cache;

import java.time.Clock;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.github.rediskit.cache.CacheSettings.TtlMode;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Entries whose time begins anew with each call.
 */
@RedisTest
@Timeout(60)
class SlidingEntriesTests {

	private static final long TEN_MINUTES = Duration.ofMinutes(10).toMillis();

	private final RedisTestServer server = RedisTestServer.shared();

	private final AtomicLong elapsed = new AtomicLong();

	private final CacheInstance instance = new CacheInstance(this.server.uri(),
			TestSettings.with((settings) -> settings.mode = TtlMode.SLIDING),
			new Sources(Clock.systemUTC(), () -> System.nanoTime() + this.elapsed.get(), new Random()));

	private final StoredEntry entry = StoredEntry.of(this.server, 1);

	@AfterEach
	void stop() {
		this.instance.close();
	}

	@Test
	void eachHitGivesAnEntryItsWholeTimeAgain() {
		this.instance.cache(String.class).get(1, (id) -> "value");
		for (int i = 0; i < 3; i++) {
			this.server.commands().pexpire(this.entry.key(), 5000);
			this.instance.cache(String.class).get(1, SlidingEntriesTests::unexpected);
			awaitWholeTime();
		}
		this.server.commands().pexpire(this.entry.key(), 5000);
		assertThat(this.instance.cache(String.class).getIfPresent(1)).isPresent();
		awaitWholeTime();
	}

	private void awaitWholeTime() {
		await().until(() -> this.server.commands().pttl(this.entry.key()) > TEN_MINUTES - 10_000);
		assertThat(this.server.commands().pttl(this.entry.key())).isLessThanOrEqualTo(TEN_MINUTES);
	}

	@Test
	void itIsFreshHoweverOldItIs() {
		this.instance.cache(String.class).get(1, (id) -> "value");
		this.entry.agedBy(Duration.ofDays(3));
		assertThat(this.instance.cache(String.class).get(1, SlidingEntriesTests::unexpected)).isEqualTo("value");
	}

	@Test
	void aHitIsOneReadAndOneProlongation() {
		this.instance.cache(String.class).get(1, (id) -> "value");
		this.server.resetStats();
		this.instance.cache(String.class).get(1, SlidingEntriesTests::unexpected);
		this.instance.cache(String.class).get(1, SlidingEntriesTests::unexpected);
		await().until(() -> this.server.commandStats().getOrDefault("pexpire", 0L) == 2);
		assertThat(this.server.commandStats()).containsEntry("mget", 2L).doesNotContainKeys("evalsha", "set", "time");
	}

	@Test
	void whatEntriesMustBeOfOutlivesThem() {
		this.instance.cache(String.class).get(1, (id) -> "value");
		this.server.commands().pexpire("shop:cache-generation:products", 60_000);
		this.elapsed.addAndGet(Duration.ofHours(2).toNanos());
		this.instance.cache(String.class).get(1, SlidingEntriesTests::unexpected);
		await().until(() -> this.server.commands().pttl("shop:cache-generation:products") > TEN_MINUTES);
	}

	@Test
	void absenceIsNotProlonged() {
		this.instance.cache(String.class).get(1, (id) -> null);
		this.server.commands().pexpire(this.entry.key(), 20_000);
		this.server.resetStats();
		for (int i = 0; i < 3; i++) {
			assertThat(this.instance.cache(String.class).get(1, SlidingEntriesTests::unexpected)).isNull();
		}
		this.instance.cache(String.class).get(2, (id) -> "other"); // behind all others
		assertThat(this.server.commands().pttl(this.entry.key())).isLessThanOrEqualTo(20_000);
		this.entry.agedBy(Duration.ofSeconds(31));
		assertThat(this.instance.cache(String.class).get(1, (id) -> "there now")).isEqualTo("there now");
	}

	@Test
	void whatNobodyAsksForDiesAndWhatIsAskedForLives() {
		AtomicInteger loads = new AtomicInteger();
		try (CacheInstance shortLived = new CacheInstance(this.server.uri(), TestSettings.with((settings) -> {
			settings.mode = TtlMode.SLIDING;
			settings.ttl = Duration.ofMillis(800);
		}))) {
			shortLived.cache(String.class).get("asked", (id) -> "value");
			shortLived.cache(String.class).get("forgotten", (id) -> "value");
			long start = System.nanoTime();
			await().pollInterval(Duration.ofMillis(20)).until(() -> {
				shortLived.cache(String.class).get("asked", (id) -> {
					loads.incrementAndGet();
					return "value";
				});
				return System.nanoTime() - start > Duration.ofMillis(1700).toNanos();
			});
			assertThat(loads).hasValue(0);
			assertThat(this.server.commands().exists(StoredEntry.of(this.server, "forgotten").key())).isZero();
		}
	}

	private static String unexpected(Object id) {
		throw new AssertionError("No load was expected of " + id);
	}

}
