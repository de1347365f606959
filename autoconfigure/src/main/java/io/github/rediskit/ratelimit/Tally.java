package io.github.rediskit.ratelimit;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

import io.github.rediskit.ratelimit.RateLimitPolicy.Limit;
import org.jspecify.annotations.Nullable;

/**
 * What a script has counted.
 *
 * @param done whether it did what it was asked for
 * @param limits each limit of the policy
 * @param delay how long a caller that was admitted must wait
 * @param receipt what is needed to give it back
 */
record Tally(boolean done, List<RateLimitStatus> limits, Duration delay, List<Long> receipt) {

	private static final long BLOCKED = 2;

	private static final long UNKNOWN = 3;

	/**
	 * What a script has answered to one of its calls.
	 * @param reply the whole answer
	 * @param policy the policy
	 * @param ledger what the script counts by
	 * @param calls how many calls it was told
	 * @param call which one is meant, from 0
	 * @param cost the cost of that call
	 */
	static Tally of(List<@Nullable Object> reply, RateLimitPolicy policy, Ledger ledger, int calls, int call,
			long cost) {
		if (reply.size() == 2 && number(reply, 0) == BLOCKED) {
			return blocked(number(reply, 1), policy);
		}
		if (reply.size() != calls * ledger.width() + 2) {
			throw new IllegalStateException("The script %s answered %d numbers to %d calls, which is not its form"
				.formatted(ledger.script().name(), reply.size(), calls));
		}
		return ledger.read(reply, call * ledger.width(), cost);
	}

	/** Whether a call was not counted since nothing was counted before. */
	static boolean isUnknown(List<@Nullable Object> reply) {
		return reply.size() == 1 && number(reply, 0) == UNKNOWN;
	}

	/** All scripts answer so for a subject that is blocked. */
	private static Tally blocked(long micros, RateLimitPolicy policy) {
		Duration left = micros(micros);
		List<RateLimitStatus> limits = new ArrayList<>();
		for (Limit limit : policy.limits()) {
			limits.add(new RateLimitStatus(limit.limit(), limit.period(), 0, left, left));
		}
		return new Tally(false, limits, Duration.ZERO, List.of());
	}

	static long number(List<@Nullable Object> reply, int index) {
		if (reply.get(index) instanceof Long number) {
			return number;
		}
		throw new IllegalStateException("A script answered no number at %d: %s".formatted(index, reply));
	}

	static Duration micros(long micros) {
		return (micros > 0) ? Duration.of(micros, ChronoUnit.MICROS) : Duration.ZERO;
	}

}
