package io.github.rediskit.autoconfigure;

import io.github.rediskit.script.RedisGatewayListener;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Says when Redis stops answering on a connection, and when it answers again.
 */
final class LoggingGatewayListener implements RedisGatewayListener {

	private static final Log logger = LogFactory.getLog("io.github.rediskit.redis");

	@Override
	public void circuitOpened(String connection, Throwable failure) {
		logger.warn("Redis does not answer on the connection '%s'; nothing is sent until it does: %s"
			.formatted(connection, failure.getMessage()));
	}

	@Override
	public void circuitClosed(String connection) {
		logger.info("Redis answers again on the connection '%s'".formatted(connection));
	}

}
