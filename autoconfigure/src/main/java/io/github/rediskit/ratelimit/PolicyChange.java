package io.github.rediskit.ratelimit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

import io.github.rediskit.ratelimit.RateLimitPolicy.Limit;
import io.github.rediskit.ratelimit.RateLimitPolicy.OnFailure;
import org.jspecify.annotations.Nullable;

/**
 * A policy that holds instead of the one that is declared, for those who declare just
 * that. Written as whole numbers, with the names left out:
 *
 * <pre>
 * 1 0 0 0 30000000000 0 100000000 1000000 10 1000000000 20;0 0 0 30000000000 0 100000000 1000000 5 1000000000 5
 * format; then of the declared policy, and after a semicolon of the other: algorithm, on-failure, shadow, nanoseconds
 * of hold, max-wait and time-budget, max-keys, and for each limit: limit, nanoseconds of the period, capacity
 * </pre>
 *
 * @param declared what is declared
 * @param policy what holds instead
 */
record PolicyChange(RateLimitPolicy declared, RateLimitPolicy policy) {

	private static final String FORMAT = "1 ";

	private static final String BETWEEN = ";";

	/** By their numbers, which stay. */
	private static final List<RateLimitAlgorithm> ALGORITHMS = List.of(RateLimitAlgorithm.TOKEN_BUCKET,
			RateLimitAlgorithm.SLIDING_WINDOW, RateLimitAlgorithm.SLIDING_LOG, RateLimitAlgorithm.FIXED_WINDOW,
			RateLimitAlgorithm.CONCURRENCY);

	private static final List<OnFailure> ON_FAILURE = List.of(OnFailure.OPEN, OnFailure.CLOSED, OnFailure.LOCAL);

	boolean isOf(RateLimitPolicy policy) {
		return this.declared.equals(policy);
	}

	String text() {
		return FORMAT + numbers(this.declared) + BETWEEN + numbers(this.policy);
	}

	private static String numbers(RateLimitPolicy policy) {
		LongStream settings = LongStream.of(ALGORITHMS.indexOf(policy.algorithm()),
				ON_FAILURE.indexOf(policy.onFailure()), policy.shadow() ? 1 : 0, policy.hold().toNanos(),
				policy.maxWait().toNanos(), policy.timeBudget().toNanos(), policy.maxKeys());
		LongStream limits = policy.limits()
			.stream()
			.flatMapToLong((limit) -> LongStream.of(limit.limit(), limit.period().toNanos(), limit.capacity()));
		return LongStream.concat(settings, limits).mapToObj(Long::toString).collect(Collectors.joining(" "));
	}

	/**
	 * Reads a change.
	 * @param name the name of the policy
	 * @param text what was written
	 * @return the change, or {@code null} if it is of a later release, or none at all
	 */
	static @Nullable PolicyChange read(String name, String text) {
		String[] parts = text.substring(Math.min(FORMAT.length(), text.length())).split(BETWEEN, -1);
		if (!text.startsWith(FORMAT) || parts.length != 2) {
			return null;
		}
		try {
			return new PolicyChange(policy(name, parts[0]), policy(name, parts[1]));
		}
		catch (IllegalArgumentException | IndexOutOfBoundsException | ArithmeticException ex) {
			return null;
		}
	}

	private static RateLimitPolicy policy(String name, String numbers) {
		long[] settings = Arrays.stream(numbers.split(" ", -1)).mapToLong(Long::parseLong).toArray();
		List<Limit> limits = new ArrayList<>();
		for (int i = 7; i < settings.length; i += 3) {
			limits.add(new Limit(settings[i], Duration.ofNanos(settings[i + 1]), settings[i + 2]));
		}
		return new RateLimitPolicy(name, ALGORITHMS.get(Math.toIntExact(settings[0])), limits,
				Duration.ofNanos(settings[3]), Duration.ofNanos(settings[4]), Duration.ofNanos(settings[5]),
				ON_FAILURE.get(Math.toIntExact(settings[1])), settings[2] == 1, settings[6]);
	}

}
