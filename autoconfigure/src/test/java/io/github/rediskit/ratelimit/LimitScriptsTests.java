package io.github.rediskit.ratelimit;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.github.rediskit.ratelimit.LimitModel.Expected;
import io.github.rediskit.ratelimit.LimitModel.Taken;
import io.github.rediskit.ratelimit.RateLimitPolicy.Limit;
import io.github.rediskit.ratelimit.RateLimitPolicy.OnFailure;
import io.github.rediskit.setting.InvalidSettingException;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.async.RedisAsyncCommands;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The scripts against {@link LimitModel}: random limits, costs and times, with a clock
 * that stands, steps back and leaps by years. The scripts are the production ones, except
 * that the time comes from the test and keys live on in real time.
 */
@RedisTest
@Timeout(120)
class LimitScriptsTests {

	/** Of 20 calls each: 5,000 are 100,000 operations of an algorithm. */
	private static final int SUBJECTS = Integer.getInteger("rediskit.test.rate-limit-subjects", 1_000);

	private static final int CALLS = 20;

	private static final long MIDDLE_OF_2026 = 1_782_864_000_000_000L;

	private static final long YEAR = TimeUnit.DAYS.toMicros(365);

	private static final String INJECTED = "local injected = {table.remove(ARGV, 1), table.remove(ARGV, 1)} ";

	private final RedisTestServer server = RedisTestServer.shared();

	private final RedisAsyncCommands<byte[], byte[]> redis = this.server.bytes().getStatefulConnection().async();

	@ParameterizedTest
	@EnumSource(RateLimitAlgorithm.class)
	void everyAnswerIsThatOfTheModel(RateLimitAlgorithm algorithm) {
		everyAnswerIsThatOfTheModel(algorithm, SUBJECTS, 1);
	}

	/** One script for several calls answers what one script for each would. */
	@ParameterizedTest
	@EnumSource(RateLimitAlgorithm.class)
	void callsThatGoTogetherAreAnsweredAsOneAfterTheOther(RateLimitAlgorithm algorithm) {
		everyAnswerIsThatOfTheModel(algorithm, SUBJECTS / 10, 8);
	}

	private void everyAnswerIsThatOfTheModel(RateLimitAlgorithm algorithm, int subjects, int mostTogether) {
		Random random = new Random(42);
		List<Call> calls = new ArrayList<>();
		int refused = 0;
		int admitted = 0;
		for (int subject = 0; subject < subjects; subject++) {
			RateLimitPolicy policy = policy(algorithm, random);
			Ledger ledger = Ledger.of(policy);
			LimitModel model = LimitModel.of(policy);
			byte[] key = ("model:" + mostTogether + ":" + subject).getBytes(StandardCharsets.US_ASCII);
			long now = MIDDLE_OF_2026 + random.nextLong(YEAR);
			List<Taken> taken = new ArrayList<>();
			Expected last = null;
			for (int i = 0; i < CALLS; i++) {
				now = next(now, last, policy, random);
				int kind = random.nextInt(12);
				if (kind == 0 && !taken.isEmpty()) {
					Taken back = taken.remove(random.nextInt(taken.size()));
					model.refund(now, back);
					send(ledger, key, now, ledger.refund(back.cost(), back.permit(), back.receipt()));
					continue;
				}
				int together = (kind == 1) ? 1 : 1 + random.nextInt(mostTogether);
				byte[][] arguments = ledger.limits((kind == 1) ? Ledger.LOOK : Ledger.TAKE);
				List<Call> trip = new ArrayList<>();
				for (int n = 0; n < together; n++) {
					long cost = cost((random.nextBoolean() || together == 1) ? policy.largestCost()
							: Math.max(1, policy.largestCost() / together), random);
					if (last != null && !last.admitted() && last.delay() > 0 && random.nextInt(4) > 0
							&& !calls.isEmpty()) {
						cost = (trip.isEmpty() ? calls : trip).get((trip.isEmpty() ? calls : trip).size() - 1).cost();
					}
					String permit = i + "-" + n;
					Expected expected = (kind == 1) ? model.look(now, cost) : model.take(now, cost, permit);
					arguments = Ledger.joined(arguments, ledger.call(cost, permit));
					trip.add(new Call(ledger, policy, subject, now, cost, expected, null, together, n));
					last = expected;
					if (expected.admitted()) {
						admitted++;
						taken.add(new Taken(cost, permit, expected.receipt()));
					}
					else {
						refused++;
					}
				}
				RedisFuture<List<@Nullable Object>> reply = send(ledger, key, now, arguments);
				trip.forEach((call) -> calls.add(call.answeredBy(reply)));
			}
		}
		calls.forEach(Call::check);
		assertThat(calls.size()).isGreaterThan(subjects * CALLS * 8 / 10);
		assertThat(admitted).isGreaterThan(calls.size() / 10);
		assertThat(refused).isGreaterThan(calls.size() / 10);
	}

	private RedisFuture<List<@Nullable Object>> send(Ledger ledger, byte[] key, long now, byte[]... arguments) {
		byte[][] all = new byte[arguments.length + 2][];
		all[0] = Ledger.ascii(now / 1_000_000);
		all[1] = Ledger.ascii(now % 1_000_000);
		System.arraycopy(arguments, 0, all, 2, arguments.length);
		return this.redis.evalsha(injected(ledger), ScriptOutputType.MULTI, new byte[][] { key }, all);
	}

	private final Map<String, String> digests = new HashMap<>();

	private String injected(Ledger ledger) {
		return this.digests.computeIfAbsent(ledger.script().sha1(), (sha1) -> {
			String text = new String(ledger.script().text(), StandardCharsets.UTF_8);
			assertThat(text.split("redis\\.call\\('TIME'\\)", -1)).hasSize(2);
			assertThat(text).contains(", ttl)").doesNotContain("tostring");
			return this.server.commands()
				.scriptLoad(INJECTED + text.replace("redis.call('TIME')", "injected").replace(", ttl)", ", 3600000)"));
		});
	}

	/** Often the very moment from which a refused call is admitted, or just before. */
	private static long next(long now, @Nullable Expected last, RateLimitPolicy policy, Random random) {
		if (last != null && !last.admitted() && last.delay() > 0 && random.nextInt(3) > 0) {
			return now + last.delay() - random.nextInt(2);
		}
		long period = Math.max(1, policy.limits().get(0).period().toNanos() / 1000);
		return switch (random.nextInt(12)) {
			case 0, 1, 2, 3 -> now;
			case 4, 5 -> now + 1;
			case 6 -> now + random.nextLong(period) / 10;
			case 7 -> now + random.nextLong(period);
			case 8 -> now + random.nextLong(3) * period;
			case 9 -> now - random.nextLong(10_000_000);
			case 10 -> now + random.nextLong(1_000);
			default -> (random.nextInt(20) == 0) ? now + YEAR * random.nextInt(20) : now + random.nextLong(1_000_000);
		};
	}

	private static long cost(long largest, Random random) {
		return switch (random.nextInt(5)) {
			case 0 -> 1;
			case 1 -> largest;
			case 2 -> Math.max(1, largest / 2);
			case 3 -> Math.max(1, largest / 10);
			default -> 1 + random.nextLong(largest);
		};
	}

	private static RateLimitPolicy policy(RateLimitAlgorithm algorithm, Random random) {
		while (true) {
			try {
				int count = (algorithm == RateLimitAlgorithm.CONCURRENCY) ? 1 : 1 + random.nextInt(3);
				List<Limit> limits = IntStream.range(0, count).mapToObj((i) -> limit(algorithm, random)).toList();
				Duration maxWait = (random.nextInt(3) == 0) ? micros(random.nextLong(2_000_000)) : Duration.ZERO;
				return new RateLimitPolicy("model", algorithm, limits, micros(100_000 + random.nextLong(60_000_000)),
						maxWait, Duration.ofMillis(100), OnFailure.OPEN, false);
			}
			catch (InvalidSettingException ex) {
				// another one
			}
		}
	}

	private static Limit limit(RateLimitAlgorithm algorithm, Random random) {
		if (algorithm == RateLimitAlgorithm.CONCURRENCY) {
			return Limit.of(1 + random.nextInt(20), Duration.ZERO);
		}
		long largest = (algorithm == RateLimitAlgorithm.SLIDING_LOG) ? 10_000 : 1L << 50;
		long limit = switch (random.nextInt(6)) {
			case 0 -> 1 + random.nextInt(3);
			case 1 -> new long[] { 3, 7, 60, 100, 30_000, 999_983 }[random.nextInt(6)];
			case 2 -> 1 + random.nextInt(100);
			case 3 -> 1 + random.nextInt(1_000_000);
			case 4 -> 1 + random.nextLong(largest);
			default -> 10;
		};
		long period = switch (random.nextInt(6)) {
			case 0 -> 1_000_000;
			case 1 -> 60_000_000;
			case 2 -> TimeUnit.DAYS.toMicros(1 + random.nextInt(30));
			case 3 -> 1000 * (1 + random.nextInt(5_000));
			case 4 -> (algorithm == RateLimitAlgorithm.SLIDING_WINDOW) ? 1_000 : 1 + random.nextInt(10_000_000);
			default -> TimeUnit.HOURS.toMicros(1);
		};
		boolean bucket = algorithm == RateLimitAlgorithm.TOKEN_BUCKET && random.nextBoolean();
		long capacity = bucket ? Math.max(1, limit * (1 + random.nextInt(30)) / 10) : limit;
		return new Limit(limit, micros(period), capacity);
	}

	private static Duration micros(long micros) {
		return Duration.ofNanos(Math.multiplyExact(micros, 1000L));
	}

	private record Call(Ledger ledger, RateLimitPolicy policy, int subject, long now, long cost, Expected expected,
			@Nullable RedisFuture<List<@Nullable Object>> reply, int together, int place) {

		Call answeredBy(RedisFuture<List<@Nullable Object>> reply) {
			return new Call(this.ledger, this.policy, this.subject, this.now, this.cost, this.expected, reply,
					this.together, this.place);
		}

		void check() {
			List<@Nullable Object> answer = Objects.requireNonNull(this.reply)
				.toCompletableFuture()
				.orTimeout(60, TimeUnit.SECONDS)
				.join();
			Tally tally = Tally.of(answer, this.policy, this.ledger, this.together, this.place, this.cost);
			long wait = this.expected.admitted() ? LimitModel.micros(tally.delay())
					: tally.limits()
						.stream()
						.mapToLong((limit) -> LimitModel.micros(limit.retryAfter()))
						.max()
						.orElseThrow();
			List<Long> remaining = tally.limits().stream().map(RateLimitStatus::remaining).toList();
			boolean same = tally.done() == this.expected.admitted() && wait == this.expected.delay()
					&& remaining.equals(this.expected.remaining())
					&& (!this.expected.admitted() || tally.receipt().equals(this.expected.receipt()));
			if (!same) {
				throw new AssertionError(
						"%s answered %s of %s, which is %s, wait %d".formatted(this, answer, this.cost, tally, wait));
			}
		}

	}

}
