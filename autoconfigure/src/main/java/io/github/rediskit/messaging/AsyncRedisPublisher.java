package io.github.rediskit.messaging;

import java.util.concurrent.CompletionStage;

import io.github.rediskit.codec.CodecException;
import io.github.rediskit.script.RedisReplyException;
import io.github.rediskit.script.RedisUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * {@link RedisPublisher} without waiting. Nothing here blocks.
 */
public interface AsyncRedisPublisher {

	/**
	 * Publishes a message. Messages that one thread publishes arrive in its order, even
	 * if it does not wait between them.
	 * @param channel the channel
	 * @param message what is published: a {@code String} or {@code byte[]} as it is,
	 * anything else as JSON
	 * @return completed once Redis has passed it on, or with a
	 * {@link RedisUnavailableException}, a {@link RedisReplyException} or a
	 * {@link CodecException}; on a thread that must not be blocked
	 */
	CompletionStage<@Nullable Void> publish(String channel, Object message);

}
