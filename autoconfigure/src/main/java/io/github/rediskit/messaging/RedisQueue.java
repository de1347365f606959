package io.github.rediskit.messaging;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionStage;

/**
 * A queue of messages. When a method that sends has returned, the message is in Redis;
 * whether it survives a crash of the server is a matter of how that is configured. If it
 * throws a {@code RedisUnavailableException}, the message may or may not have been sent.
 *
 * @param <T> the type of its messages
 */
public interface RedisQueue<T> {

	/**
	 * Sends a message.
	 * @param message the message, which is written as JSON
	 * @return its id
	 * @throws QueueFullException if the queue has as many messages as it may
	 * @throws MessageTooLargeException if it is larger than messages may be
	 */
	String send(T message);

	/**
	 * Sends a message that is handled later.
	 * @param message the message, which is written as JSON
	 * @param delay after which time, by the server's clock; none or less is at once
	 * @return its id
	 * @throws QueueFullException if the queue has as many messages as it may
	 * @throws MessageTooLargeException if it is larger than messages may be
	 */
	String send(T message, Duration delay);

	/**
	 * Sends a message that is handled at a time.
	 * @param message the message, which is written as JSON
	 * @param due when, by the server's clock; at once if that is over
	 * @return its id
	 * @throws QueueFullException if the queue has as many messages as it may
	 * @throws MessageTooLargeException if it is larger than messages may be
	 */
	String send(T message, Instant due);

	/**
	 * Sends a message without blocking.
	 * @param message the message, which is written as JSON before this returns
	 * @return its id
	 */
	CompletionStage<String> sendAsync(T message);

	/**
	 * Sends a message that is handled later, without blocking.
	 * @param message the message, which is written as JSON before this returns
	 * @param delay after which time, by the server's clock; none or less is at once
	 * @return its id
	 */
	CompletionStage<String> sendAsync(T message, Duration delay);

	/**
	 * How many messages are not handled yet: those that wait, those that are being
	 * handled, and those whose time has not come.
	 * @return the number
	 */
	long size();

	/**
	 * Moves the dead letters back to the queue. Those that die meanwhile stay.
	 * @return how many were moved
	 */
	long replay();

}
