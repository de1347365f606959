package io.github.rediskit.autoconfigure;

import io.github.rediskit.messaging.ListenerFailure;
import io.github.rediskit.messaging.RedisListenerErrorHandler;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Says in the log that a listener failed, and not with which message.
 */
final class LoggingErrorHandler implements RedisListenerErrorHandler {

	private static final Log logger = LogFactory.getLog("io.github.rediskit.pubsub");

	@Override
	public void handle(ListenerFailure failure) {
		logger.error(failure.toString(), failure.cause());
	}

}
