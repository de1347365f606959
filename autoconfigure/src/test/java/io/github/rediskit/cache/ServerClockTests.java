package io.github.rediskit.cache;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The age of entries does not depend on the instances' clocks.
 */
@RedisTest
@Timeout(60)
class ServerClockTests {

	private static final CacheSettings SETTINGS = TestSettings
		.with((settings) -> settings.staleIfError = Duration.ofHours(24));

	private final RedisTestServer server = RedisTestServer.shared();

	private final AtomicLong elapsed = new AtomicLong();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final CacheInstance right = instance(this.server.uri(), Duration.ZERO);

	private CacheInstance instance(String uri, Duration wrong) {
		return new CacheInstance(uri, SETTINGS, new Sources(Clock.offset(Clock.systemUTC(), wrong),
				() -> System.nanoTime() + this.elapsed.get(), new Random()));
	}

	@AfterEach
	void stop() {
		this.threads.shutdownNow();
		this.right.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "PT5H", "PT-5H", "P400D" })
	void anInstanceWhoseClockIsWrongBehavesLikeTheOthers(Duration wrong) {
		try (CacheInstance other = instance(this.server.uri(), wrong)) {
			this.right.cache(String.class).get(1, (id) -> "by the right one");
			assertThat(other.cache(String.class).get(1, ServerClockTests::unexpected)).isEqualTo("by the right one");
			other.cache(String.class).get(2, (id) -> "by the other one");
			assertThat(this.right.cache(String.class).get(2, ServerClockTests::unexpected))
				.isEqualTo("by the other one");
			for (int key = 1; key <= 2; key++) {
				StoredEntry.of(this.server, key).agedBy(Duration.ofMinutes(9).plusSeconds(50));
				assertThat(other.cache(String.class).getIfPresent(key)).isPresent();
				assertThat(this.right.cache(String.class).getIfPresent(key)).isPresent();
				StoredEntry.of(this.server, key).agedBy(Duration.ofSeconds(11));
				assertThat(other.cache(String.class).getIfPresent(key)).isEmpty();
				assertThat(this.right.cache(String.class).getIfPresent(key)).isEmpty();
			}
		}
	}

	@Test
	void itWorksWhereTheTimeMayNotBeAskedFor() {
		String uri = this.server.user("timeless", "secret", "~*", "&*", "+@all", "-time");
		try (CacheInstance one = instance(uri, Duration.ZERO); CacheInstance two = instance(uri, Duration.ZERO)) {
			assertThat(one.cache(String.class).get(1, (id) -> "value")).isEqualTo("value");
			assertThat(two.cache(String.class).get(1, ServerClockTests::unexpected)).isEqualTo("value");
			StoredEntry.of(this.server, 1).agedBy(Duration.ofMinutes(11));
			assertThat(two.cache(String.class).get(1, (id) -> "new")).isEqualTo("new");
			assertThat(one.events.contains("bypassed") || one.events.contains("store-failed")).isFalse();
		}
	}

	@Test
	void itWorksForAUserWithoutDangerousCommands() {
		try (CacheInstance one = instance(this.server.restrictedUser("plain", "secret"), Duration.ofHours(-5))) {
			assertThat(one.cache(String.class).get(1, (id) -> "value")).isEqualTo("value");
			assertThat(this.right.cache(String.class).get(1, ServerClockTests::unexpected)).isEqualTo("value");
		}
	}

	@Test
	void hitsAskForTheTimeOnceIn10Seconds() {
		this.right.cache(String.class).get(1, (id) -> "value");
		this.server.resetStats();
		hits(200);
		assertThat(this.server.commandStats()).containsEntry("mget", 200L).doesNotContainKey("time");
		for (int round = 1; round <= 3; round++) {
			this.elapsed.addAndGet(TimeUnit.SECONDS.toNanos(11));
			long asked = round;
			hits(1);
			await().until(() -> this.server.commandStats().getOrDefault("time", 0L) == asked);
			hits(50);
			assertThat(this.server.commandStats()).containsEntry("time", asked);
		}
	}

	private void hits(int count) {
		for (int i = 0; i < count; i++) {
			this.right.cache(String.class).get(1, ServerClockTests::unexpected);
		}
	}

	@Test
	void manyCallersAtOnceAskOnlyOnce() throws Exception {
		this.right.cache(String.class).get(1, (id) -> "value");
		int callers = 16;
		for (int round = 1; round <= 5; round++) {
			this.server.resetStats();
			this.elapsed.addAndGet(TimeUnit.SECONDS.toNanos(11));
			CyclicBarrier together = new CyclicBarrier(callers);
			List<Future<?>> calls = new ArrayList<>();
			for (int i = 0; i < callers; i++) {
				calls.add(this.threads.submit(() -> {
					together.await();
					return this.right.cache(String.class).get(1, ServerClockTests::unexpected);
				}));
			}
			for (Future<?> call : calls) {
				call.get(10, TimeUnit.SECONDS);
			}
			await().until(() -> this.server.commandStats().containsKey("time"));
			assertThat(this.server.commandStats()).containsEntry("mget", (long) callers).containsEntry("time", 1L);
		}
	}

	@Test
	void theQuickestOfTheLastAnswersCounts() {
		ServerClock clock = clock();
		assertThat(clock.isKnown()).isFalse();
		clock.heard(10_000, -TimeUnit.SECONDS.toNanos(4)); // four seconds on the way
		assertThat(clock.millis()).isEqualTo(12_000);
		clock.heard(20_000, -TimeUnit.MILLISECONDS.toNanos(2));
		assertThat(clock.millis()).isEqualTo(20_001);
		clock.heard(90_000, -TimeUnit.SECONDS.toNanos(1)); // slower
		assertThat(clock.millis()).isEqualTo(20_001);
		clock.heard(0, 0); // no answer at all
		assertThat(clock.millis()).isEqualTo(20_001);
	}

	@Test
	void itGoesOnByItselfAndIsSoonOverdue() {
		ServerClock clock = clock();
		clock.heard(10_000, 0);
		this.elapsed.set(TimeUnit.SECONDS.toNanos(9));
		assertThat(clock.millis()).isEqualTo(19_000);
		assertThat(clock.isOverdue()).isFalse();
		this.elapsed.set(TimeUnit.SECONDS.toNanos(11));
		assertThat(clock.isOverdue()).isTrue();
		clock.heard(500_000, TimeUnit.SECONDS.toNanos(10)); // slow, but the only one
		assertThat(clock.millis()).isEqualTo(500_500);
	}

	@Test
	void theOwnClockIsBetterThanNone() {
		ServerClock clock = clock();
		assertThat(clock.millis()).isEqualTo(7);
		clock.heard(0, 0);
		assertThat(clock.isKnown()).isTrue();
		assertThat(clock.millis()).isEqualTo(7);
	}

	private ServerClock clock() {
		return new ServerClock(
				new Sources(Clock.fixed(Instant.ofEpochMilli(7), ZoneOffset.UTC), this.elapsed::get, new Random()));
	}

	private static String unexpected(Object id) {
		throw new AssertionError("No load was expected of " + id);
	}

}
