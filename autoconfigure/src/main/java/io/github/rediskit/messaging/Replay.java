package io.github.rediskit.messaging;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.github.rediskit.script.LuaScript;
import io.github.rediskit.script.RedisGateway;
import org.jspecify.annotations.Nullable;

/**
 * Moves dead letters back, some at a time, up to the last one that there was when it
 * began.
 */
final class Replay {

	private static final LuaScript REPLAY = LuaScript.load(Replay.class, "replay.lua");

	private static final int AT_ONCE = 100;

	private final RedisGateway redis;

	private final MessageKeys keys;

	private final String group;

	private final long maxLength;

	Replay(RedisGateway redis, MessageKeys keys, String group, long maxLength) {
		this.redis = redis;
		this.keys = keys;
		this.group = group;
		this.maxLength = maxLength;
	}

	CompletionStage<Long> all() {
		return from("0", "", 0);
	}

	private CompletionStage<Long> from(String after, String last, long moved) {
		return this.redis
			.run(REPLAY, new byte[][] { this.keys.dead(), this.keys.stream() }, bytes(this.group), bytes(after),
					bytes(last), bytes(Integer.toString(AT_ONCE)), bytes(Long.toString(this.maxLength)))
			.thenCompose((reply) -> (reply.size() < 3) ? CompletableFuture.completedStage(moved)
					: from(text(reply, 1), text(reply, 2), moved + ((reply.get(0) instanceof Long more) ? more : 0)));
	}

	private static String text(List<@Nullable Object> reply, int index) {
		return (reply.get(index) instanceof byte[] text) ? new String(text, StandardCharsets.US_ASCII) : "";
	}

	private static byte[] bytes(String text) {
		return RedisGroup.bytes(text);
	}

}
