package io.github.rediskit.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.rediskit.redis.ConnectionRole;
import io.github.rediskit.setting.InvalidSettingException;
import io.github.rediskit.structures.AsyncHeartbeats;
import io.github.rediskit.structures.AsyncLeaderboards;
import io.github.rediskit.structures.Heartbeats;
import io.github.rediskit.structures.Leaderboard;
import io.github.rediskit.structures.LeaderboardPeriod;
import io.github.rediskit.structures.Leaderboards;
import io.github.rediskit.structures.MissedBeatEvent;
import io.github.rediskit.structures.Rank;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

/**
 * Leaderboards and heartbeats as an application has them: properties, beans, its start
 * and its end.
 */
@RedisTest
@Timeout(60)
class StructuresAutoConfigurationTests {

	private final RedisTestServer server = RedisTestServer.shared();

	private final ApplicationContextRunner unconnected = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class, RediskitAutoConfiguration.class,
				RedisConnectionsAutoConfiguration.class, StructuresAutoConfiguration.class,
				RediskitMetricsAutoConfiguration.class))
		.withPropertyValues("spring.application.name=shop");

	private final ApplicationContextRunner runner = this.unconnected
		.withPropertyValues("spring.data.redis.url=" + this.server.uri());

	@Test
	void boardsHaveTheSettingsOfTheirNamesAndOthersTheUsualOnes() {
		this.runner
			.withPropertyValues("rediskit.structures.leaderboards.laps.order=lowest",
					"rediskit.structures.leaderboards.laps.periods=daily,weekly",
					"rediskit.structures.leaderboards.laps.zone=Europe/Berlin",
					"rediskit.structures.leaderboards.laps.max-members=2",
					"rediskit.structures.leaderboards.laps.ttl.daily=3d",
					"rediskit.structures.leaderboards.points.keep=sum")
			.run((context) -> {
				Leaderboards boards = context.getBean(Leaderboards.class);
				Leaderboard laps = boards.board("laps");
				List.of(3, 1, 2).forEach((score) -> laps.submit("m" + score, score));
				assertThat(laps.top(10)).containsExactly(new Rank("m1", 1, 1), new Rank("m2", 2, 2));
				assertThat(laps.current(LeaderboardPeriod.DAILY).size()).isEqualTo(2);
				assertThat(this.server.commands().keys("shop:leaderboard*:laps:{laps}")).hasSize(2)
					.anySatisfy((key) -> assertThat(this.server.commands().ttl(key)).isBetween(259_000L, 259_200L));
				Leaderboard points = boards.board("points");
				points.submit("ada", 1);
				points.submit("ada", 2);
				assertThat(points.of("ada")).contains(new Rank("ada", 3, 1));
				Leaderboard other = boards.board("other");
				other.submit("ada", 2);
				other.submit("ada", 1);
				assertThat(other.top(1)).containsExactly(new Rank("ada", 2, 1));
				assertThat(context.getBean(AsyncLeaderboards.class).board("other").size().toCompletableFuture().join())
					.isEqualTo(1);
			});
	}

	@Test
	void oneOfAllInstancesPublishesThatAMemberIsMissed() {
		List<MissedBeatEvent> events = new CopyOnWriteArrayList<>();
		ApplicationContextRunner watching = this.runner
			.withPropertyValues("rediskit.structures.heartbeats.watched=worker,printer",
					"rediskit.structures.heartbeats.groups.worker.ttl=1s")
			.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.withBean(Listener.class, () -> new Listener(events));
		watching.run((one) -> watching.run((two) -> {
			one.getBean(Heartbeats.class).beat("worker", "7", Map.of("pid", "42"));
			one.getBean(Heartbeats.class).beat("printer", "8", Map.of());
			two.getBean(Heartbeats.class).keepBeating("worker", "9", Map.of());
			await().until(() -> !events.isEmpty());
			assertThat(events).extracting(MissedBeatEvent::group, MissedBeatEvent::id)
				.containsExactly(tuple("worker", "7"));
			assertThat(missed(one.getBean(MeterRegistry.class)) + missed(two.getBean(MeterRegistry.class)))
				.isEqualTo(1);
		}));
		assertThat(events).hasSize(1); // who stops is not missed
		assertThat(this.server.commands().zcard("shop:heartbeat:worker:{worker}")).isZero();
	}

	private static double missed(MeterRegistry registry) {
		return registry.find("rediskit.heartbeats.missed")
			.functionCounters()
			.stream()
			.mapToDouble(FunctionCounter::count)
			.sum();
	}

	@Test
	void aPausedContextLeavesAndComesBack() {
		this.runner.run((context) -> {
			context.getBean(Heartbeats.class).keepBeating("worker", "7", Map.of());
			await().until(() -> this.server.commands().zcard("shop:heartbeat:worker:{worker}") == 1);
			context.getSourceApplicationContext().stop();
			assertThat(this.server.commands().zcard("shop:heartbeat:worker:{worker}")).isZero();
			context.getSourceApplicationContext().start();
			await().until(() -> this.server.commands().zcard("shop:heartbeat:worker:{worker}") == 1);
		});
		assertThat(this.server.commands().zcard("shop:heartbeat:worker:{worker}")).isZero();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			leaderboards.laps.zone=Mars/Olympus | leaderboards.laps.zone        | Europe/Berlin
			leaderboards.laps.max-members=0     | leaderboards.laps.max-members | from 1 to 10000000
			leaderboards.laps.ttl.weekly=6d     | leaderboards.laps.ttl.weekly  | from 7d to 3650d
			leaderboards.laps.union-ttl=0s      | leaderboards.laps.union-ttl   | from 100ms to 1h
			leaderboards.laps.periods=          | leaderboards.laps.periods     | at least one of daily
			leaderboards[a/b].order=lowest      | leaderboards                  | consists of letters
			heartbeats.ttl=10ms                 | heartbeats.ttl                | from 1s to 1d
			heartbeats.groups.worker.ttl=2d     | heartbeats.groups.worker.ttl  | from 1s to 1d
			heartbeats.watched=a:b              | heartbeats.watched            | consists of letters
			""")
	void wrongSettingsStopTheStartWithASentence(String property, String named, String advice) {
		this.runner.withPropertyValues("rediskit.structures." + property)
			.run((context) -> assertThat(context.getStartupFailure())
				.hasStackTraceContaining(
						InvalidSettingException.class.getName() + ": rediskit.structures." + named + " ")
				.hasStackTraceContaining(advice));
	}

	@Test
	void anUnknownSettingStopsTheStart() {
		this.runner.withPropertyValues("rediskit.structures.leaderboards.laps.ordr=lowest")
			.run((context) -> assertThat(context.getStartupFailure()).hasStackTraceContaining("rediskit.structures"));
	}

	@Test
	void anApplicationStartsBeatsAndWatchesWithRedisDown() {
		this.unconnected
			.withPropertyValues("spring.data.redis.url=redis://127.0.0.1:1",
					"rediskit.structures.heartbeats.watched=worker")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				context.getBean(Heartbeats.class).keepBeating("worker", "7", Map.of()).close();
			});
	}

	@Test
	void whoUsesNoStructuresOpensNoConnection() {
		this.runner.run((context) -> {
			assertThat(context).hasSingleBean(AsyncHeartbeats.class).hasSingleBean(AsyncLeaderboards.class);
			assertThat(context.getBean(RoleGateways.class).isUsed(ConnectionRole.STRUCTURES)).isFalse();
			context.getBean(Leaderboards.class);
			assertThat(context.getBean(RoleGateways.class).isUsed(ConnectionRole.STRUCTURES)).isTrue();
		});
	}

	@Test
	void structuresMayHaveAConnectionOfTheirOwn() {
		this.unconnected
			.withPropertyValues("spring.data.redis.url=redis://127.0.0.1:1",
					"rediskit.connections.games.url=" + this.server.uri(), "rediskit.structures.connection=games")
			.run((context) -> {
				context.getBean(Leaderboards.class).board("game").submit("ada", 1);
				assertThat(this.server.commands().keys("*")).containsExactly("shop:leaderboard:game:{game}");
			});
	}

	static class Listener {

		private final List<MissedBeatEvent> events;

		Listener(List<MissedBeatEvent> events) {
			this.events = events;
		}

		@EventListener
		void on(MissedBeatEvent event) {
			this.events.add(event);
		}

	}

}
