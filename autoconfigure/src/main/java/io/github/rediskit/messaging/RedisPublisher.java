package io.github.rediskit.messaging;

import io.github.rediskit.codec.CodecException;
import io.github.rediskit.script.RedisReplyException;
import io.github.rediskit.script.RedisUnavailableException;

/**
 * Publishes messages to whoever listens to their channel at the moment. Nobody keeps
 * them: who does not listen does not get them.
 */
public interface RedisPublisher {

	/**
	 * Publishes a message and waits until Redis has passed it on. The messages of one
	 * thread arrive in its order.
	 * @param channel the channel
	 * @param message what is published: a {@code String} or {@code byte[]} as it is,
	 * anything else as JSON
	 * @throws CodecException if it can't be written as JSON
	 * @throws RedisUnavailableException if Redis did not answer in time; it may have been
	 * published or not
	 * @throws RedisReplyException if Redis refused, for example since the user may not
	 * publish to the channel
	 */
	void publish(String channel, Object message);

}
