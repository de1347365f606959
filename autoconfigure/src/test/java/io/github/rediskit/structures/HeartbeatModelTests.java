package io.github.rediskit.structures;

import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.github.rediskit.script.LuaScript;
import io.github.rediskit.script.RedisGateway;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import io.lettuce.core.ScriptOutputType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The scripts of heartbeats against a map in memory: random operations at random times.
 * The scripts are the production ones, except that the time comes from the test.
 */
@RedisTest
@Timeout(120)
class HeartbeatModelTests {

	private static final int OPERATIONS = Integer.getInteger("rediskit.test.heartbeat-operations", 5_000);

	private static final long HOUR = Duration.ofHours(1).toMillis();

	private static final long TTL = 10_000;

	private static final String[] IDS = { "a", "b:1", "{c}", "d d", "ü", "\u0000", "1", "\"" };

	private static final String INJECTED = "local injected = {table.remove(ARGV, 1), table.remove(ARGV, 1)} ";

	private final RedisTestServer server = RedisTestServer.shared();

	private long now = 1_796_000_000_000L;

	private final GroupScripts scripts = new GroupScripts((RedisGateway) Proxy
		.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { RedisGateway.class }, (proxy, method,
				arguments) -> run((LuaScript) arguments[0], (byte[][]) arguments[1], (byte[][]) arguments[2])),
			StructuresInstance.SHOP, "worker", TTL);

	private CompletionStage<List<@Nullable Object>> run(LuaScript script, byte[][] keys, byte[][] arguments) {
		String text = new String(script.text(), StandardCharsets.UTF_8);
		assertThat(text.split("redis\\.call\\('TIME'\\)", -1)).hasSize(2);
		List<byte[]> all = new ArrayList<>(
				List.of(StructureText.ascii(this.now / 1_000), StructureText.ascii(this.now % 1_000 * 1_000 + 999)));
		all.addAll(List.of(arguments));
		List<@Nullable Object> reply = this.server.bytes()
			.eval((INJECTED + text.replace("redis.call('TIME')", "injected")).getBytes(StandardCharsets.UTF_8),
					ScriptOutputType.MULTI, keys, all.toArray(byte[][]::new));
		return CompletableFuture.completedFuture(reply);
	}

	private record Told(long due, Map<String, String> details) {
	}

	@Test
	void everyAnswerIsThatOfTheModel() {
		Random random = new Random(11);
		Map<String, Told> model = new TreeMap<>();
		int missed = 0;
		int alive = 0;
		for (int i = 0; i < OPERATIONS; i++) {
			this.now += switch (random.nextInt(8)) {
				case 0 -> TTL;
				case 1 -> TTL - 1;
				case 2 -> (random.nextInt(20) == 0) ? HOUR + random.nextInt(3) - 1 : 1;
				default -> random.nextInt(2_000);
			};
			String id = IDS[random.nextInt(IDS.length)];
			Told told = model.get(id);
			boolean was = told != null && told.due() > this.now;
			switch (random.nextInt(8)) {
				case 0, 1, 2, 3 -> {
					Map<String, String> details = details(random);
					assertThat(this.scripts.beat(this.scripts.said(id, details)).toCompletableFuture().join())
						.isEqualTo(was);
					model.values().removeIf((other) -> other.due() <= this.now - HOUR);
					model.put(id, new Told(this.now + TTL, details));
				}
				case 4 -> {
					if (random.nextInt(3) == 0) {
						assertThat(this.scripts.leave(id).toCompletableFuture().join()).isEqualTo(was);
						model.remove(id);
					}
				}
				case 5 -> {
					Map<String, Map<String, String>> expected = alive(model);
					assertThat(this.scripts.alive().toCompletableFuture().join()).isEqualTo(expected);
					assertThat(this.scripts.count().toCompletableFuture().join()).isEqualTo(expected.size());
					alive += expected.size();
				}
				default -> {
					if (random.nextBoolean()) {
						List<MissedBeatEvent> events = this.scripts.missed().toCompletableFuture().join();
						List<MissedBeatEvent> expected = model.entrySet()
							.stream()
							.filter((entry) -> entry.getValue().due() <= this.now)
							.map((entry) -> new MissedBeatEvent("worker", entry.getKey(), entry.getValue().details(),
									Duration.ofMillis(this.now - entry.getValue().due())))
							.toList();
						assertThat(events).containsExactlyInAnyOrderElementsOf(expected);
						model.values().removeIf((other) -> other.due() <= this.now);
						missed += events.size();
					}
				}
			}
		}
		assertThat(missed).isGreaterThan(OPERATIONS / 50);
		assertThat(alive).isGreaterThan(OPERATIONS / 50);
		assertThat(this.server.commands().keys("*"))
			.allSatisfy((key) -> assertThat(this.server.commands().pttl(key)).isPositive());
	}

	private Map<String, Map<String, String>> alive(Map<String, Told> model) {
		Map<String, Map<String, String>> alive = new TreeMap<>();
		model.forEach((id, told) -> {
			if (told.due() > this.now) {
				alive.put(id, told.details());
			}
		});
		return alive;
	}

	private static Map<String, String> details(Random random) {
		Map<String, String> details = new TreeMap<>();
		for (int i = random.nextInt(4); i > 0; i--) {
			details.put(IDS[random.nextInt(IDS.length)], "v/\\\u0001ü{}[]" + random.nextInt());
		}
		return details;
	}

}
