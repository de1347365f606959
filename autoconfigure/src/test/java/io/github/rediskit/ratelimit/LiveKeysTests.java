package io.github.rediskit.ratelimit;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

import io.github.rediskit.ratelimit.LiveKeys.Kind;
import io.github.rediskit.ratelimit.RateLimitPolicy.Limit;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The number of keys against a list of them.
 */
class LiveKeysTests {

	private static final long LIFE = 1_600_000;

	private final AtomicLong nanos = new AtomicLong(-5);

	private final LiveKeys keys = new LiveKeys(new Kind("search", LIFE), this.nanos::get);

	@Test
	void theyAreAsManyAsThereAreAndForgottenSoonAfterTheirEnd() {
		Random random = new Random(42);
		Map<Integer, Long> ends = new HashMap<>();
		long now = 0;
		for (int i = 0; i < 100_000; i++) {
			long step = (random.nextInt(5_000) == 0) ? random.nextLong(3 * LIFE) : random.nextLong(2_000);
			now += step;
			this.nanos.addAndGet(step * 1000);
			int key = random.nextInt(300);
			long before = Math.max(0, ends.getOrDefault(key, 0L) - now);
			long after = (random.nextInt(4) == 0) ? 0 : 1 + random.nextLong(LIFE);
			this.keys.moved(before, after);
			ends.put(key, now + after);
			if (i % 100 == 0) {
				long then = now;
				this.keys.isFull(0); // forgets those that have ended
				long live = ends.values().stream().filter((end) -> end > then).count();
				long late = ends.values().stream().filter((end) -> end > then - LIFE / 8).count();
				assertThat(this.keys.count()).isBetween(live, late);
			}
		}
	}

	@Test
	void whatAnotherInstanceMovesIsRightInTheSum() {
		LiveKeys other = new LiveKeys(new Kind("search", LIFE), this.nanos::get);
		this.keys.moved(0, LIFE / 2);
		this.nanos.addAndGet(LIFE / 4 * 1000);
		other.moved(LIFE / 4, LIFE);
		assertThat(this.keys.count() + other.count()).isOne();
		this.nanos.addAndGet(LIFE * 1000 / 2);
		assertThat(this.keys.isFull(1)).isFalse();
		assertThat(other.isFull(0)).isTrue(); // forgets what has ended
		assertThat(other.isFull(1)).isTrue();
		this.nanos.addAndGet(LIFE * 1000);
		assertThat(other.isFull(1)).isFalse();
		assertThat(this.keys.count() + other.count()).isZero();
	}

	@Test
	void anEndThatIsTooFarAwayIsCountedAsTheLast() {
		this.keys.moved(0, 100 * LIFE);
		assertThat(this.keys.isFull(1)).isTrue();
		this.nanos.addAndGet(2 * LIFE * 1000);
		assertThat(this.keys.isFull(1)).isFalse();
	}

	@Test
	void theLongestLifeIsThatOfTheSlowestLimit() {
		List<Limit> limits = List.of(Limit.of(10, Duration.ofSeconds(1)), Limit.of(10, Duration.ofSeconds(5)));
		assertThat(Kind.of(RateLimitPolicy.of("a", RateLimitAlgorithm.FIXED_WINDOW, limits)).lifeMicros())
			.isEqualTo(5_000_000);
		assertThat(Kind.of(RateLimitPolicy.of("a", RateLimitAlgorithm.SLIDING_WINDOW, limits)).lifeMicros())
			.isEqualTo(10_000_000);
		assertThat(Kind
			.of(RateLimitPolicy
				.of("a", RateLimitAlgorithm.TOKEN_BUCKET, List.of(new Limit(10, Duration.ofSeconds(1), 30)))
				.withMaxWait(Duration.ofSeconds(2)))
			.lifeMicros()).isEqualTo(5_000_001);
	}

}
