package io.github.rediskit.structures;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

import io.github.rediskit.script.RedisReplyException;
import io.github.rediskit.script.RedisUnavailableException;
import io.github.rediskit.testing.MeasuresTime;
import io.github.rediskit.testing.RedisTestServer;
import io.lettuce.core.KillArgs;
import io.lettuce.core.Range;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Redis is frozen, killed, or refuses.
 */
@Timeout(60)
@MeasuresTime
class StructuresOutageTests {

	private final RedisTestServer server = RedisTestServer.start();

	private final StructuresInstance instance = new StructuresInstance(this.server.uri());

	@AfterEach
	void close() {
		this.instance.close();
		this.server.close();
	}

	@Test
	void aFrozenRedisCostsACallItsTimeoutAndThenNothing() {
		Leaderboard board = this.instance.board("game");
		Heartbeats heartbeats = this.instance.heartbeats(Duration.ofSeconds(30));
		board.submit("ada", 1);
		heartbeats.beat("worker", "7", Map.of());
		this.server.freeze();
		try {
			List<Duration> waits = new ArrayList<>();
			for (Runnable call : List.<Runnable>of(() -> board.submit("ada", 2), () -> board.top(3),
					() -> board.around("ada", 3), () -> heartbeats.beat("worker", "7", Map.of()),
					() -> heartbeats.alive("worker"), () -> board.size())) {
				long start = System.nanoTime();
				assertThatExceptionOfType(RedisUnavailableException.class).isThrownBy(call::run);
				waits.add(Duration.ofNanos(System.nanoTime() - start));
			}
			assertThat(Collections.max(waits)).isLessThan(Duration.ofSeconds(2)); // a
																					// timeout,
																					// and
																					// a
																					// loaded
																					// machine
			assertThat(waits.get(5)).isLessThan(Duration.ofMillis(300)); // the circuit is
																			// open
		}
		finally {
			this.server.thaw();
		}
		await().ignoreExceptions().until(() -> board.of("ada").isPresent());
	}

	@Test
	void aHeartbeatOutlivesItsRedis() {
		Heartbeats heartbeats = this.instance.heartbeats(Duration.ofSeconds(1));
		heartbeats.keepBeating("worker", "7", Map.of());
		await().until(() -> heartbeats.count("worker") == 1);
		this.server.kill();
		await().until(() -> this.instance.events.contains("beat failed"));
		this.server.restart();
		await().ignoreExceptions().until(() -> heartbeats.count("worker") == 1);
	}

	/** Nobody could beat while Redis was away; so nobody is missed because of that. */
	@Test
	void afterAnOutageMembersHaveTimeToBeHeardOf() {
		Duration ttl = Duration.ofSeconds(1);
		AtomicLong nanos = new AtomicLong();
		Heartbeats heartbeats = new BlockingHeartbeats(this.instance.asyncHeartbeats(ttl, nanos::get));
		List<String> told = new CopyOnWriteArrayList<>();
		heartbeats.beat("worker", "dead", Map.of());
		heartbeats.beat("worker", "alive", Map.of());
		heartbeats.watch("worker", (event) -> told.add(event.id()));
		// only the connection is gone; what was written stays and expires meanwhile
		this.server.commands().configSet("maxclients", "1");
		this.server.commands().clientKill(KillArgs.Builder.skipme());
		await().until(() -> this.instance.events.contains("watch failed"));
		await().until(() -> this.server.commands()
			.zcount("shop:heartbeat:worker:{worker}", Range.create(0, System.currentTimeMillis())) == 2);
		this.server.commands().configSet("maxclients", "1000");
		await().ignoreExceptions().until(() -> heartbeats.count("worker") == 0);
		await().during(ttl).until(told::isEmpty); // its clock stands
		heartbeats.beat("worker", "alive", Map.of());
		nanos.addAndGet(ttl.toNanos());
		await().until(() -> !told.isEmpty());
		assertThat(told.get(0)).isEqualTo("dead");
	}

	@Test
	void whatRedisRefusesIsToldInItsWords() {
		String reader = this.server.user("reader", "secret", "~*", "+@read", "+evalsha", "+eval", "+time");
		try (StructuresInstance refused = new StructuresInstance(reader)) {
			assertThatExceptionOfType(RedisReplyException.class)
				.isThrownBy(() -> refused.board("game").submit("ada", 1));
			assertThat(refused.board("game").top(1)).isEmpty();
		}
	}

}
