package io.github.rediskit.lock;

import java.util.List;
import java.util.concurrent.CompletionStage;

import io.github.rediskit.script.LuaScript;
import io.github.rediskit.script.RedisGateway;

/**
 * A lock that one holds, as a string.
 */
final class WholeLock extends LockTarget {

	/**
	 * How often a lock may go from one to the next in this instance before Redis is
	 * asked, and so how many fences are drawn at once.
	 */
	static final int FENCES = 64;

	private static final byte[] FENCES_TEXT = ascii(FENCES);

	private static final byte[] NONE = ascii(0);

	private static final byte[] FENCE_TTL = ascii(FENCE_MILLIS);

	private static final LuaScript ACQUIRE = LuaScript.load(WholeLock.class, "acquire.lua");

	private static final LuaScript RENEW = LuaScript.load(WholeLock.class, "renew.lua");

	private static final LuaScript RELEASE = LuaScript.load(WholeLock.class, "release.lua");

	private final byte[][] keys;

	private final byte[][] lock;

	WholeLock(RedisGateway redis, LockKey key, byte[] fence, byte[] channel) {
		super(redis, key, channel);
		this.keys = new byte[][] { key.bytes(), fence };
		this.lock = new byte[][] { key.bytes() };
	}

	@Override
	boolean isExclusive() {
		return true;
	}

	@Override
	boolean leavesMarks() {
		return false;
	}

	@Override
	List<byte[]> keys() {
		return List.of(this.keys);
	}

	@Override
	byte[] member(byte[] id) {
		return id;
	}

	@Override
	byte[] permits() {
		return NONE;
	}

	@Override
	CompletionStage<Reply> acquire(byte[] id, long leaseMillis, How how) {
		return this.redis
			.run(ACQUIRE, this.keys, id, ascii(leaseMillis), FENCES_TEXT, FENCE_TTL, how.argument(), PATIENCE_MILLIS,
					this.channel)
			.thenApply(LockTarget::reply);
	}

	@Override
	CompletionStage<Boolean> renew(byte[] id, long leaseMillis) {
		return this.redis.run(RENEW, this.lock, id, ascii(leaseMillis)).thenApply(LockTarget::isDone);
	}

	@Override
	CompletionStage<Boolean> release(byte[] id, long restMillis) {
		return this.redis.run(RELEASE, this.lock, id, ascii(restMillis), PATIENCE_MILLIS, this.channel)
			.thenApply(LockTarget::isDone);
	}

}
