package io.github.rediskit.messaging;

/**
 * A message was not sent, because the queue has as many as it may.
 */
public class QueueFullException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	QueueFullException(String queue, long maxLength) {
		super("The queue '%s' has %d messages, which is rediskit.messaging.queues.%s.max-length".formatted(queue,
				maxLength, queue));
	}

}
