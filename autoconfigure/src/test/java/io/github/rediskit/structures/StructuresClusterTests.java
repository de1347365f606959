package io.github.rediskit.structures;

import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.rediskit.structures.LeaderboardSettings.Keep;
import io.github.rediskit.structures.LeaderboardSettings.Order;
import io.github.rediskit.testing.RedisTestCluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Boards and groups of many slots.
 */
@Timeout(60)
class StructuresClusterTests {

	@Test
	void boardsAndGroupsLieAllOverACluster() {
		try (RedisTestCluster cluster = RedisTestCluster.start();
				StructuresInstance instance = StructuresInstance.of(cluster)) {
			Heartbeats heartbeats = instance.heartbeats(Duration.ofSeconds(1));
			List<String> missed = new CopyOnWriteArrayList<>();
			for (Keep keep : Keep.values()) {
				LeaderboardSettings settings = new LeaderboardSettings(Order.HIGHEST, keep,
						EnumSet.allOf(LeaderboardPeriod.class), ZoneOffset.UTC, 10, Map.of(), Duration.ofSeconds(5));
				for (int i = 0; i < 6; i++) {
					String name = keep + "-" + i;
					Leaderboard board = instance.board(name, settings, Clock.systemUTC());
					board.submit("ada", 2);
					board.submit("bob", 1);
					assertThat(board.lastDays(7).around("bob", 1)).containsExactly(new Rank("ada", 2, 1),
							new Rank("bob", 1, 2));
					assertThat(board.remove("ada")).isTrue();
					heartbeats.watch(name, (event) -> missed.add(event.group() + event.id()));
					heartbeats.beat(name, "7", Map.of("keep", keep.name()));
					assertThat(heartbeats.alive(name)).containsOnlyKeys("7");
				}
			}
			await().until(() -> missed.size() == 18);
			assertThat(cluster.nodes()).allSatisfy((node) -> {
				List<String> keys = node.commands().keys("shop:leaderboard*");
				assertThat(keys).isNotEmpty().allSatisfy((key) -> assertThat(node.commands().pttl(key)).isPositive());
			});
		}
	}

}
