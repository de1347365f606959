package io.github.rediskit.messaging;

import java.util.concurrent.CompletionException;

/**
 * Waits for an {@link AsyncRedisPublisher}, whose every call ends within the connection's
 * timeout.
 */
public final class BlockingRedisPublisher implements RedisPublisher {

	private final AsyncRedisPublisher publisher;

	/**
	 * Creates the publisher.
	 * @param publisher what publishes
	 */
	public BlockingRedisPublisher(AsyncRedisPublisher publisher) {
		this.publisher = publisher;
	}

	@Override
	public void publish(String channel, Object message) {
		try {
			this.publisher.publish(channel, message).toCompletableFuture().join();
		}
		catch (CompletionException ex) {
			if (ex.getCause() instanceof RuntimeException cause) {
				throw cause;
			}
			throw ex;
		}
	}

}
