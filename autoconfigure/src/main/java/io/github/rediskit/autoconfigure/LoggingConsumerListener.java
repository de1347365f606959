package io.github.rediskit.autoconfigure;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.github.rediskit.messaging.ConsumerListener;
import io.github.rediskit.messaging.ConsumerRequest;
import io.github.rediskit.messaging.GroupStatus;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Logs what somebody should know about messages: dead letters, losses, and when Redis is
 * away.
 */
final class LoggingConsumerListener implements ConsumerListener {

	private static final Log logger = LogFactory.getLog(LoggingConsumerListener.class);

	/** A warning that nothing has changed says nothing. */
	private final Map<Source, Boolean> lagging = new ConcurrentHashMap<>();

	@Override
	public void started(Source consumer, ConsumerRequest request) {
		logger.debug("The listener '%s' starts as the consumer %s".formatted(consumer.id(), request.consumer()));
	}

	@Override
	public void stopped(Source consumer, long left) {
		if (left > 0) {
			logger
				.info("The listener '%s' has stopped, and leaves %d messages to others".formatted(consumer.id(), left));
		}
	}

	@Override
	public void failed(Source consumer, long attempt, Throwable failure) {
		logger.debug("The listener '%s' could not handle a message, attempt %d".formatted(consumer.id(), attempt),
				failure);
	}

	@Override
	public void dead(Source consumer, long attempts, Throwable failure) {
		logger.warn("The listener '%s' could not handle a message, attempt %d, and gives it up".formatted(consumer.id(),
				attempts), failure);
	}

	@Override
	public void lost(Source consumer, int count) {
		logger.error("%d messages of the stream '%s' were removed before the group '%s' had handled them: "
			.formatted(count, consumer.name(), consumer.group())
				+ "rediskit.messaging.streams.%s.max-length is too small".formatted(consumer.name()));
	}

	@Override
	public void madeAgain(Source consumer) {
		logger.warn(("The group '%s' of the %s '%s' was not there any more, and is made again from the oldest message "
				+ "on: what it had handled and is still there comes again")
			.formatted(consumer.group(), consumer.queue() ? "queue" : "stream", consumer.name()));
	}

	@Override
	public void interrupted(Source consumer, Throwable failure) {
		logger.warn("The listener '%s' can't ask Redis, and tries again until it can: %s".formatted(consumer.id(),
				failure.getMessage()));
	}

	@Override
	public void resumed(Source consumer) {
		logger.info("The listener '%s' can ask Redis again".formatted(consumer.id()));
	}

	@Override
	public void sampled(Source consumer, GroupStatus status, long maxLength) {
		boolean lags = !consumer.queue() && status.lag() > maxLength / 2;
		if (lags && this.lagging.put(consumer, true) == null) {
			logger.warn(("The group '%s' of the stream '%s' lags by %d messages: those beyond "
					+ "rediskit.messaging.streams.%s.max-length are lost")
				.formatted(consumer.group(), consumer.name(), status.lag(), consumer.name()));
		}
		else if (!lags) {
			this.lagging.remove(consumer);
		}
	}

}
