package io.github.rediskit.lock;

import java.util.List;
import java.util.concurrent.CompletionStage;

import io.github.rediskit.script.LuaScript;
import io.github.rediskit.script.RedisGateway;

/**
 * A lock of which there are shares, as a sorted set: permits of a semaphore, or readers
 * and a writer.
 */
final class LockShares extends LockTarget {

	/** Longer than one who waits sleeps. */
	private static final long MARK_MILLIS = 2500;

	static final byte[] MARK = ascii(MARK_MILLIS);

	private static final byte[] NO_MARK = ascii(0);

	private static final byte[] FENCE_TTL = ascii(FENCE_MILLIS);

	private static final LuaScript ACQUIRE = LuaScript.load(LockShares.class, "share-acquire.lua");

	private static final LuaScript RENEW = LuaScript.load(LockShares.class, "share-renew.lua");

	private static final LuaScript RELEASE = LuaScript.load(LockShares.class, "share-release.lua");

	private final byte[] fence;

	private final byte[] waiting;

	private final byte letter;

	private final byte[] permits;

	LockShares(RedisGateway redis, LockKey key, byte[] fence, byte[] waiting, byte[] channel, LockKind kind) {
		super(redis, key, channel);
		this.fence = fence;
		this.waiting = waiting;
		this.letter = (byte) ((kind instanceof LockKind.Permit) ? 'p' : (kind instanceof LockKind.Read) ? 'r' : 'w');
		this.permits = ascii((kind instanceof LockKind.Permit semaphore) ? semaphore.permits() : 0);
	}

	@Override
	boolean isExclusive() {
		return this.letter == 'w';
	}

	@Override
	boolean leavesMarks() {
		return true;
	}

	@Override
	List<byte[]> keys() {
		return List.of(this.key.bytes(), this.fence, this.waiting);
	}

	@Override
	byte[] permits() {
		return this.permits;
	}

	/** The version, the letter, and the rest of the id. */
	@Override
	byte[] member(byte[] id) {
		byte[] share = new byte[id.length + 1];
		share[0] = id[0];
		share[1] = this.letter;
		System.arraycopy(id, 1, share, 2, id.length - 1);
		return share;
	}

	@Override
	CompletionStage<Reply> acquire(byte[] id, long leaseMillis, How how) {
		return this.redis
			.run(ACQUIRE, new byte[][] { this.key.bytes(), this.fence, this.waiting }, member(id), ascii(leaseMillis),
					this.permits, FENCE_TTL, (how == How.TRY) ? NO_MARK : MARK, PATIENCE_MILLIS)
			.thenApply(LockTarget::reply);
	}

	@Override
	CompletionStage<Boolean> renew(byte[] id, long leaseMillis) {
		return this.redis.run(RENEW, new byte[][] { this.key.bytes() }, member(id), ascii(leaseMillis))
			.thenApply(LockTarget::isDone);
	}

	@Override
	CompletionStage<Boolean> release(byte[] id, long restMillis) {
		return this.redis
			.run(RELEASE, new byte[][] { this.key.bytes(), this.waiting }, member(id), ascii(restMillis), this.channel)
			.thenApply(LockTarget::isDone);
	}

}
