package io.github.rediskit.lock;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

import io.github.rediskit.lock.LockTarget.How;
import io.github.rediskit.script.LuaScript;
import io.github.rediskit.script.RedisGateway;

/**
 * Acquires several locks in one step.
 */
final class JointScript {

	/** More would keep others waiting for Redis. */
	private static final int MOST = 64;

	private static final LuaScript ACQUIRE_ALL = LuaScript.load(JointScript.class, "acquire-all.lua");

	private static final byte[] FENCE_TTL = LockTarget.ascii(LockTarget.FENCE_MILLIS);

	private final RedisGateway redis;

	JointScript(RedisGateway redis) {
		this.redis = redis;
	}

	/** Whether it may have all these locks. */
	boolean fits(LockWishes wishes) {
		int size = wishes.all().size();
		return size > 1 && size <= MOST && this.redis.isOneSlot(wishes.redisKeys());
	}

	/** Its answer. */
	CompletionStage<List<Long>> acquire(LockWishes wishes, byte[] id, long asked, How how) {
		List<byte[]> arguments = new ArrayList<>();
		arguments.add(how.argument());
		arguments.add(FENCE_TTL);
		arguments.add(LockShares.MARK);
		arguments.add(LockTarget.PATIENCE_MILLIS);
		for (LockWish wish : wishes.all()) {
			Terms terms = wish.terms();
			arguments.add(wish.target().member(id));
			arguments.add(LockTarget.ascii(terms.millis(asked, asked + terms.atLeastNanos())));
			arguments.add(wish.target().permits());
			arguments.add(wish.target().channel);
		}
		return this.redis.run(ACQUIRE_ALL, wishes.redisKeys(), arguments.toArray(byte[][]::new))
			.thenApply((reply) -> reply.stream().map(LockTarget::number).toList());
	}

}
