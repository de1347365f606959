package io.github.rediskit.messaging;

/**
 * Told of each message that a {@code @RedisListener} could not handle, in the thread of
 * the listener, whose next message of the channel waits meanwhile. A bean of this type
 * replaces the default, which writes the failure to the log without the message.
 */
@FunctionalInterface
public interface RedisListenerErrorHandler {

	/**
	 * Does something about a failure. What it throws goes to the log, and the listener
	 * goes on.
	 * @param failure the message and what went wrong
	 */
	void handle(ListenerFailure failure);

}
