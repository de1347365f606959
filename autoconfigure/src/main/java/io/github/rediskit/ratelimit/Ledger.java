package io.github.rediskit.ratelimit;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

import io.github.rediskit.script.LuaScript;
import org.jspecify.annotations.Nullable;

/**
 * How the limits of one policy are counted: what its script is told, and what its answer
 * means. The script adds and compares; what needs more than 53 bits is computed here.
 */
interface Ledger {

	/** That a call which is looked at is not counted. */
	byte[] LOOK = ascii("look");

	byte[] TAKE = ascii("take");

	/** That a call is counted if something is counted already. */
	byte[] KNOWN = ascii("known");

	byte[] REFUND = ascii("refund");

	static Ledger of(RateLimitPolicy policy) {
		return switch (policy.algorithm()) {
			case TOKEN_BUCKET -> new TokenBucket(policy);
			case SLIDING_WINDOW -> new SlidingWindow(policy);
			case SLIDING_LOG -> new SlidingLog(policy);
			case FIXED_WINDOW -> new FixedWindow(policy);
			case CONCURRENCY -> new Concurrency(policy);
		};
	}

	LuaScript script();

	/**
	 * What the script is told first.
	 * @param what {@link #TAKE}, {@link #KNOWN} or {@link #LOOK}
	 */
	byte[][] limits(byte[] what);

	/**
	 * What it is told then, for each call.
	 * @param cost the cost, which fits in every limit
	 * @param permit the id of a permit
	 */
	byte[][] call(long cost, String permit);

	/** How many numbers the script answers for each call. */
	int width();

	/**
	 * What the script's answer to a call means.
	 * @param reply the whole answer
	 * @param from where the answer to the call begins
	 * @param cost the cost of the call
	 */
	Tally read(List<@Nullable Object> reply, int from, long cost);

	/** What the script is told of one call. */
	default byte[][] arguments(byte[] what, long cost, String permit) {
		return joined(limits(what), call(cost, permit));
	}

	/**
	 * What the script is told to give a cost back.
	 * @param cost the cost that was taken
	 * @param permit the id of the permit
	 * @param receipt what it answered then
	 */
	byte[][] refund(long cost, String permit, List<Long> receipt);

	static byte[][] joined(byte[][] first, byte[][] second) {
		byte[][] all = Arrays.copyOf(first, first.length + second.length);
		System.arraycopy(second, 0, all, first.length, second.length);
		return all;
	}

	static byte[] ascii(String text) {
		return text.getBytes(StandardCharsets.US_ASCII);
	}

	static byte[] ascii(long number) {
		return ascii(Long.toString(number));
	}

}
