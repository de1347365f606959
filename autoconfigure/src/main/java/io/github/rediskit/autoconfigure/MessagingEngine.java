package io.github.rediskit.autoconfigure;

import io.github.rediskit.messaging.RedisMessaging;

/**
 * The engine of streams and queues, whatever beans an application replaces.
 *
 * @param messaging the engine
 */
record MessagingEngine(RedisMessaging messaging) implements AutoCloseable {

	@Override
	public void close() {
		this.messaging.close();
	}

}
