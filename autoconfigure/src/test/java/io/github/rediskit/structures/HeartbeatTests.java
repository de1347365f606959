package io.github.rediskit.structures;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.github.rediskit.key.InvalidKeyNameException;
import io.github.rediskit.setting.InvalidSettingException;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Who is alive, who left and who is missed, as two instances see it.
 */
@RedisTest
@Timeout(60)
class HeartbeatTests {

	private static final Duration SECOND = Duration.ofSeconds(1);

	private static final Duration LONG = Duration.ofSeconds(30);

	private final RedisTestServer server = RedisTestServer.shared();

	private final StructuresInstance one = new StructuresInstance(this.server.uri());

	private final StructuresInstance two = new StructuresInstance(this.server.uri());

	@AfterEach
	void close() {
		this.one.close();
		this.two.close();
	}

	@Test
	void whoBeatsIsAliveForTheTimeToLive() {
		Heartbeats heartbeats = this.one.heartbeats(SECOND);
		heartbeats.beat("worker", "7", Map.of("host", "a", "pid", "42"));
		heartbeats.beat("worker", "8", Map.of());
		Heartbeats others = this.two.heartbeats(SECOND);
		assertThat(others.alive("worker")).isEqualTo(Map.of("7", Map.of("host", "a", "pid", "42"), "8", Map.of()));
		assertThat(others.count("worker")).isEqualTo(2);
		assertThat(others.alive("printer")).isEmpty();
		assertThat(others.count("printer")).isZero();
		await().until(() -> others.count("worker") == 0);
		assertThat(others.alive("worker")).isEmpty();
		assertThat(others.leave("worker", "7")).isFalse();
	}

	@Test
	void keysAreOfOneSlotAndHaveATimeToLive() {
		this.one.heartbeats(LONG).beat("worker", "7", Map.of("pid", "42"));
		assertThat(this.server.commands().keys("*")).containsExactlyInAnyOrder("shop:heartbeat:worker:{worker}",
				"shop:heartbeat-details:worker:{worker}");
		assertThat(this.server.commands().keys("*"))
			.allSatisfy((key) -> assertThat(this.server.commands().pttl(key)).isBetween(3_600_000L, 3_630_000L));
		assertThat(this.server.commands().hget("shop:heartbeat-details:worker:{worker}", "7"))
			.isEqualTo("1{\"pid\":\"42\"}");
		assertThat(this.one.heartbeats(LONG).leave("worker", "7")).isTrue();
		assertThat(this.server.commands().keys("*")).isEmpty();
	}

	@Test
	void aKeptHeartbeatGoesOnUntilItIsClosed() {
		Heartbeats heartbeats = this.one.heartbeats(SECOND);
		Heartbeat heartbeat = heartbeats.keepBeating("worker", "7", Map.of("load", "1"));
		await().until(() -> heartbeats.count("worker") == 1);
		this.server.commands().del("shop:heartbeat:worker:{worker}");
		heartbeat.details(Map.of("load", "2"));
		await().until(() -> heartbeats.alive("worker").equals(Map.of("7", Map.of("load", "2"))));
		assertThatIllegalStateException().isThrownBy(() -> heartbeats.keepBeating("worker", "7", Map.of()))
			.withMessageContaining("'7' of the group 'worker' is kept alive here already");
		heartbeat.close();
		await().until(() -> heartbeats.count("worker") == 0);
		heartbeats.keepBeating("worker", "7", Map.of());
		await().until(() -> heartbeats.count("worker") == 1);
		assertThat(this.server.commands().hlen("shop:heartbeat-details:worker:{worker}")).isEqualTo(1);
	}

	@Test
	void whoStopsLeavesAndGoesOnAfterAPause() {
		RedisHeartbeats heartbeats = this.one.asyncHeartbeats(LONG);
		heartbeats.keepBeating("worker", "7", Map.of());
		Heartbeats others = this.two.heartbeats(LONG);
		await().until(() -> others.count("worker") == 1);
		heartbeats.stop().toCompletableFuture().join();
		assertThat(others.count("worker")).isZero();
		heartbeats.start();
		await().until(() -> others.count("worker") == 1);
		heartbeats.close();
		assertThat(others.count("worker")).isZero();
	}

	/** Many die together; four watch in two instances. */
	@Test
	void eachMissedMemberIsToldToOneOfAllWhoWatch() {
		List<String> told = new CopyOnWriteArrayList<>();
		RedisHeartbeats first = this.one.asyncHeartbeats(SECOND);
		RedisHeartbeats second = this.two.asyncHeartbeats(SECOND);
		for (RedisHeartbeats heartbeats : List.of(first, first, second, second)) {
			heartbeats.watch("worker", (event) -> told.add(event.id() + " " + event.details().get("n")));
		}
		first.keepBeating("worker", "alive", Map.of());
		first.beat("worker", "left", Map.of()).toCompletableFuture().join();
		assertThat(second.leave("worker", "left").toCompletableFuture().join()).isTrue();
		CompletableFuture
			.allOf(IntStream.range(0, 250)
				.mapToObj((i) -> first.beat("worker", "dead-" + i, Map.of("n", "" + i)).toCompletableFuture())
				.toArray(CompletableFuture<?>[]::new))
			.join();
		await().until(() -> told.size() >= 250);
		assertThat(told).containsExactlyInAnyOrder(
				IntStream.range(0, 250).mapToObj((i) -> "dead-" + i + " " + i).toArray(String[]::new));
		assertThat(this.one.events.size() + this.two.events.size()).isEqualTo(250);
		assertThat(this.server.commands().hkeys("shop:heartbeat-details:worker:{worker}")).containsExactly("alive");
	}

	@Test
	void aMissedMemberIsToldSoonWithTheTimeSinceWhenItIsMissed() {
		RedisHeartbeats heartbeats = this.one.asyncHeartbeats(SECOND);
		List<MissedBeatEvent> told = new CopyOnWriteArrayList<>();
		heartbeats.watch("worker", told::add);
		heartbeats.beat("worker", "7", Map.of("pid", "42")).toCompletableFuture().join();
		await().until(() -> told.size() == 1);
		assertThat(told.get(0).details()).isEqualTo(Map.of("pid", "42"));
		assertThat(told.get(0).since()).isBetween(Duration.ZERO, SECOND.multipliedBy(5));
	}

	@Test
	void whatAnActionThrowsKeepsNobodyFromBeingToldOfTheOthers() throws Exception {
		RedisHeartbeats heartbeats = this.one.asyncHeartbeats(SECOND);
		CountDownLatch told = new CountDownLatch(2);
		HeartbeatWatch watch = heartbeats.watch("worker", (event) -> {
			told.countDown();
			throw new IllegalStateException("Thrown by the test");
		});
		heartbeats.beat("worker", "7", Map.of()).toCompletableFuture().join();
		heartbeats.beat("worker", "8", Map.of()).toCompletableFuture().join();
		assertThat(told.await(10, TimeUnit.SECONDS)).isTrue();
		await().until(() -> this.one.events.containsAll(List.of("action failed: 7", "action failed: 8")));
		watch.close();
	}

	@Test
	void whoDoesNotWatchAnyMoreIsNotTold() {
		RedisHeartbeats heartbeats = this.one.asyncHeartbeats(SECOND);
		List<MissedBeatEvent> told = new CopyOnWriteArrayList<>();
		heartbeats.watch("worker", told::add).close();
		heartbeats.beat("worker", "7", Map.of()).toCompletableFuture().join();
		await().until(() -> heartbeats.count("worker").toCompletableFuture().join() == 0);
		List<MissedBeatEvent> others = new CopyOnWriteArrayList<>();
		this.two.asyncHeartbeats(SECOND).watch("worker", others::add);
		await().until(() -> others.size() == 1);
		assertThat(told).isEmpty();
	}

	@Test
	void whatCannotBeMeantIsRefusedWithASentence() {
		Heartbeats heartbeats = this.one.heartbeats(LONG);
		assertThatIllegalArgumentException().isThrownBy(() -> heartbeats.beat("worker", "", Map.of()))
			.withMessageContaining("can't be empty");
		assertThatIllegalArgumentException().isThrownBy(() -> heartbeats.beat("worker", "x".repeat(513), Map.of()))
			.withMessageContaining("at most 512 bytes");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> heartbeats.keepBeating("worker", "7", Map.of("log", "x".repeat(8_190))))
			.withMessageContaining("The details of '7' in the group 'worker' have 8193 bytes");
		assertThatExceptionOfType(InvalidKeyNameException.class)
			.isThrownBy(() -> heartbeats.beat("a:b", "7", Map.of()));
		assertThatExceptionOfType(InvalidSettingException.class)
			.isThrownBy(() -> new HeartbeatSettings(Duration.ofMillis(999), Map.of()))
			.withMessageContaining("from 1s to 1d");
		assertThat(this.server.commands().keys("*")).isEmpty();
	}

	@Test
	void whatAnotherReleaseWroteIsNoDetail() {
		Heartbeats heartbeats = this.one.heartbeats(LONG);
		heartbeats.beat("worker", "7", Map.of("pid", "42"));
		this.server.commands().hset("shop:heartbeat-details:worker:{worker}", "7", "2whatever");
		assertThat(heartbeats.alive("worker")).isEqualTo(Map.of("7", Map.of()));
		this.server.commands().hset("shop:heartbeat-details:worker:{worker}", "7", "1{broken");
		assertThat(heartbeats.alive("worker")).isEqualTo(Map.of("7", Map.of()));
	}

}
