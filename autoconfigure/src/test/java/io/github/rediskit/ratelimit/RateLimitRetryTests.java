package io.github.rediskit.ratelimit;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import io.github.rediskit.ratelimit.RateLimitPolicy.Limit;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.sync.RedisCommands;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When a refused call is told to come again: a moment before it is refused, then it is
 * admitted. Without a model, with policies of several limits and any cost, and a clock
 * that stands.
 */
@RedisTest
@Timeout(120)
class RateLimitRetryTests {

	private static final int REFUSALS = 1_000;

	private static final long START = 1_782_864_000_123_456L;

	private final RedisTestServer server = RedisTestServer.shared();

	private final RedisCommands<byte[], byte[]> redis = this.server.bytes();

	private final Map<String, String> digests = new HashMap<>();

	@ParameterizedTest
	@EnumSource(RateLimitAlgorithm.class)
	void aCallIsRefusedUntilTheMomentThatItWasTold(RateLimitAlgorithm algorithm) {
		Random random = new Random(11);
		int refusals = 0;
		int costly = 0;
		int[] byLimit = new int[3];
		for (int subject = 0; refusals < REFUSALS; subject++) {
			RateLimitPolicy policy = policy(algorithm, random);
			Ledger ledger = Ledger.of(policy);
			byte[] key = ("retry:" + subject).getBytes(StandardCharsets.US_ASCII);
			long now = START + random.nextInt(1_000_000);
			for (int call = 0; call < 30; call++) {
				long cost = 1 + random.nextLong(policy.largestCost());
				String permit = subject + "-" + call;
				Tally first = take(ledger, key, now, cost, permit);
				if (!first.done()) {
					long wait = wait(first);
					assertThat(wait).isPositive();
					refusals++;
					costly += (cost > 1) ? 1 : 0;
					byLimit[strictest(first)]++;
					assertRefused(take(ledger, key, now + wait - Math.min(wait, 1_000), cost, permit), wait, 1_000);
					assertRefused(take(ledger, key, now + wait - 1, cost, permit), wait, 1);
					now += wait;
					assertThat(take(ledger, key, now, cost, permit).done()).as("%s after %d µs", policy, wait).isTrue();
				}
				now += random.nextInt(4) * random.nextLong(300_000);
			}
		}
		assertThat(costly).isGreaterThan(REFUSALS / 2);
		if (algorithm != RateLimitAlgorithm.CONCURRENCY) {
			assertThat(Arrays.stream(byLimit)).as("refusals by each limit").allMatch((count) -> count > REFUSALS / 50);
		}
	}

	/** It says how much is left of the wait. */
	private static void assertRefused(Tally early, long wait, long left) {
		assertThat(early.done()).isFalse();
		assertThat(wait(early)).isEqualTo(Math.min(wait, left));
	}

	private static long wait(Tally tally) {
		return LimitModel.micros(tally.limits().get(strictest(tally)).retryAfter());
	}

	private static int strictest(Tally tally) {
		int strictest = 0;
		for (int i = 1; i < tally.limits().size(); i++) {
			if (tally.limits().get(i).retryAfter().compareTo(tally.limits().get(strictest).retryAfter()) > 0) {
				strictest = i;
			}
		}
		return strictest;
	}

	/** Three limits of which each is the strictest now and then. */
	private static RateLimitPolicy policy(RateLimitAlgorithm algorithm, Random random) {
		if (algorithm == RateLimitAlgorithm.CONCURRENCY) {
			return RateLimitPolicy.of("retry", algorithm, List.of(Limit.of(5 + random.nextInt(20), Duration.ZERO)))
				.withHold(Duration.ofMillis(100 + random.nextInt(2_000)));
		}
		List<Limit> limits = new ArrayList<>();
		long limit = 7 + random.nextInt(20);
		long millis = 200 + random.nextInt(300);
		for (int i = 0; i < 3; i++) {
			limits.add(Limit.of(limit, Duration.ofMillis(millis)));
			limit = limit * 2 + random.nextInt(10);
			millis = millis * 3 + random.nextInt(300);
		}
		return RateLimitPolicy.of("retry", algorithm, limits);
	}

	private Tally take(Ledger ledger, byte[] key, long now, long cost, String permit) {
		byte[][] arguments = ledger.arguments(Ledger.TAKE, cost, permit);
		byte[][] all = new byte[arguments.length + 2][];
		all[0] = Ledger.ascii(now / 1_000_000);
		all[1] = Ledger.ascii(now % 1_000_000);
		System.arraycopy(arguments, 0, all, 2, arguments.length);
		List<@Nullable Object> reply = this.redis.evalsha(digest(ledger), ScriptOutputType.MULTI, new byte[][] { key },
				all);
		return ledger.read(reply, 0, cost);
	}

	/** The production script, except that the time comes first of the arguments. */
	private String digest(Ledger ledger) {
		return this.digests.computeIfAbsent(ledger.script().sha1(), (sha1) -> {
			String text = new String(ledger.script().text(), StandardCharsets.UTF_8);
			return this.server.commands()
				.scriptLoad("local injected = {table.remove(ARGV, 1), table.remove(ARGV, 1)} "
						+ text.replace("redis.call('TIME')", "injected").replace(", ttl)", ", 3600000)"));
		});
	}

}
