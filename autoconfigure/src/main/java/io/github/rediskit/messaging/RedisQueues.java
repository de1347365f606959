package io.github.rediskit.messaging;

/**
 * Queues of messages, each of which is handled by one listener, at least once.
 */
public interface RedisQueues {

	/**
	 * The queue with a name.
	 * @param <T> the type of its messages
	 * @param name the name
	 * @param type the type of its messages
	 * @return the queue
	 */
	<T> RedisQueue<T> queue(String name, Class<T> type);

}
