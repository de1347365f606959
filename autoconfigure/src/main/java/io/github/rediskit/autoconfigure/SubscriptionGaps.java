package io.github.rediskit.autoconfigure;

import io.github.rediskit.messaging.PubSubListener;
import io.github.rediskit.messaging.SubscriptionGapEvent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.context.ApplicationEventPublisher;

/**
 * Tells the application by an event that messages may have been missed.
 */
final class SubscriptionGaps implements PubSubListener {

	private static final Log logger = LogFactory.getLog("io.github.rediskit.pubsub");

	private final ApplicationEventPublisher events;

	SubscriptionGaps(ApplicationEventPublisher events) {
		this.events = events;
	}

	@Override
	public void gap(SubscriptionGapEvent event) {
		try {
			this.events.publishEvent(event);
		}
		catch (RuntimeException ex) {
			logger.error("A listener of " + SubscriptionGapEvent.class.getSimpleName() + " failed", ex);
		}
	}

}
