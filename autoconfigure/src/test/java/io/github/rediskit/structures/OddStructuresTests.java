package io.github.rediskit.structures;

import java.time.Duration;
import java.time.LocalDate;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What must not matter to leaderboards and heartbeats.
 */
@RedisTest
@Timeout(60)
class OddStructuresTests {

	private final RedisTestServer server = RedisTestServer.shared();

	private final StructuresInstance instance = new StructuresInstance(this.server.uri());

	@AfterEach
	void close() {
		this.instance.close();
	}

	@Test
	void aWeekIsCalledTheSameWhateverTheLanguageOfTheMachine() {
		Locale before = Locale.getDefault();
		Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
		try {
			assertThat(LeaderboardPeriod.WEEKLY.feature(LocalDate.of(2026, 11, 30))).isEqualTo("leaderboard-2026-W49");
			assertThat(LeaderboardPeriod.DAILY.feature(LocalDate.of(2026, 11, 30))).isEqualTo("leaderboard-2026-11-30");
		}
		finally {
			Locale.setDefault(before);
		}
	}

	@Test
	void anErrorInAnActionDoesNotEndTheWatch() {
		RedisHeartbeats heartbeats = this.instance.asyncHeartbeats(Duration.ofSeconds(1));
		CountDownLatch told = new CountDownLatch(2);
		HeartbeatWatch watch = heartbeats.watch("worker", (event) -> {
			told.countDown();
			throw new AssertionError("Thrown by the test");
		});
		heartbeats.beat("worker", "7", Map.of()).toCompletableFuture().join();
		await().until(() -> told.getCount() == 1);
		heartbeats.beat("worker", "8", Map.of()).toCompletableFuture().join();
		await().until(() -> told.getCount() == 0);
		await().until(() -> this.instance.events.contains("action failed: 7"));
		watch.close();
	}

}
