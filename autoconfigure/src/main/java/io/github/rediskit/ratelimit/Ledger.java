package io.github.rediskit.ratelimit;

import java.nio.charset.StandardCharsets;
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
	 * What the script is told.
	 * @param what {@link #TAKE} or {@link #LOOK}
	 * @param cost the cost, which fits in every limit
	 * @param permit the id of a permit
	 */
	byte[][] arguments(byte[] what, long cost, String permit);

	/**
	 * What the script's answer means.
	 * @param reply the answer
	 * @param cost the cost that it was told
	 */
	Tally read(List<@Nullable Object> reply, long cost);

	/**
	 * What the script is told to give a cost back.
	 * @param cost the cost that was taken
	 * @param permit the id of the permit
	 * @param receipt what it answered then
	 */
	byte[][] refund(long cost, String permit, List<Long> receipt);

	static byte[] ascii(String text) {
		return text.getBytes(StandardCharsets.US_ASCII);
	}

	static byte[] ascii(long number) {
		return ascii(Long.toString(number));
	}

}
