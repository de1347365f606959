package io.github.rediskit.lock;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

import io.github.rediskit.script.LuaScript;
import io.github.rediskit.script.RedisGateway;
import org.jspecify.annotations.Nullable;

/**
 * One lock in Redis: the keys it is made of, and the scripts that change it. A holder is
 * known by an id, which was drawn for it.
 */
abstract sealed class LockTarget permits WholeLock, LockShares {

	/**
	 * How long a fence is remembered that nobody uses. Without it the server's clock
	 * makes the next one larger, unless it was set back by more than the pause.
	 */
	static final long FENCE_MILLIS = Duration.ofDays(1).toMillis();

	/** Long enough for an instance that was woken to ask. */
	static final byte[] PATIENCE_MILLIS = ascii(50);

	private static final byte[] WAIT_TEXT = ascii("wait");

	private static final byte[] AGAIN_TEXT = ascii("again");

	private static final byte[] TRY_TEXT = ascii("try");

	private static final byte[] TURN_TEXT = ascii("turn");

	private static final LuaScript FORCE = LuaScript.load(LockTarget.class, "force.lua");

	final RedisGateway redis;

	final LockKey key;

	final byte[] channel;

	LockTarget(RedisGateway redis, LockKey key, byte[] channel) {
		this.redis = redis;
		this.key = key;
		this.channel = channel;
	}

	/** Whether a holder keeps out all others. */
	abstract boolean isExclusive();

	/** Whether one who waits stands in the way of others until he gives up. */
	abstract boolean leavesMarks();

	/** All keys that it is made of, its own first. */
	abstract List<byte[]> keys();

	/** By what a holder with an id is known in its key. */
	abstract byte[] member(byte[] id);

	/** How many permits there are, as a script's argument; 0 if it is not about them. */
	abstract byte[] permits();

	/**
	 * Asks for the lock.
	 * @param id by which it will be held
	 * @param leaseMillis for how long
	 * @param how whether the caller waits
	 */
	abstract CompletionStage<Reply> acquire(byte[] id, long leaseMillis, How how);

	/**
	 * Prolongs it.
	 * @param id by which it is held
	 * @param leaseMillis for how long from now on; 0 to leave it as it is
	 * @return whether it is held
	 */
	abstract CompletionStage<Boolean> renew(byte[] id, long leaseMillis);

	/**
	 * Gives the lock back, or the wish for it.
	 * @param id by which it is held
	 * @param restMillis for how long nobody may have it yet
	 * @return whether it was held
	 */
	abstract CompletionStage<Boolean> release(byte[] id, long restMillis);

	CompletionStage<Boolean> force() {
		return this.redis.run(FORCE, new byte[][] { this.key.bytes() }, this.channel).thenApply(LockTarget::isDone);
	}

	static boolean isDone(List<@Nullable Object> reply) {
		return number(reply.get(0)) == 1;
	}

	static Reply reply(List<@Nullable Object> reply) {
		return new Reply(isDone(reply), number(reply.get(1)));
	}

	static long number(@Nullable Object element) {
		return (element instanceof Long number) ? number : 0;
	}

	static byte[] ascii(String text) {
		return text.getBytes(StandardCharsets.US_ASCII);
	}

	static byte[] ascii(long number) {
		return ascii(Long.toString(number));
	}

	/**
	 * What somebody who asks does if the lock is not free.
	 */
	enum How {

		/** Waits. */
		WAIT,

		/** Waits, and has been denied before. */
		AGAIN,

		/** Goes away. */
		TRY,

		/** Has the lock, and goes on with it only if no other instance waits. */
		TURN;

		/** As scripts know it. */
		byte[] argument() {
			return switch (this) {
				case WAIT -> WAIT_TEXT;
				case AGAIN -> AGAIN_TEXT;
				case TRY -> TRY_TEXT;
				case TURN -> TURN_TEXT;
			};
		}

	}

	/**
	 * What Redis answered.
	 *
	 * @param acquired whether the lock is the caller's
	 * @param value its fence, or for how many ms it is held by somebody else
	 */
	record Reply(boolean acquired, long value) {
	}

}
