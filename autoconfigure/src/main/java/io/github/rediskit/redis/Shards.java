package io.github.rediskit.redis;

import java.util.Locale;

import io.lettuce.core.RedisCommandExecutionException;

/**
 * Channels that belong to one shard of a cluster, which servers know since Redis 7.
 */
final class Shards {

	private Shards() {
	}

	/** Whether a server said that it does not know the command. */
	static boolean areUnknown(Throwable failure) {
		return failure instanceof RedisCommandExecutionException && failure.getMessage() != null
				&& failure.getMessage().toLowerCase(Locale.ROOT).contains("unknown command");
	}

}
