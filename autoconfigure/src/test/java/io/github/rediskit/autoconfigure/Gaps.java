package io.github.rediskit.autoconfigure;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.rediskit.messaging.SubscriptionGapEvent;

import org.springframework.context.event.EventListener;

/**
 * The gaps that an application was told of.
 */
class Gaps {

	final List<SubscriptionGapEvent> events = new CopyOnWriteArrayList<>();

	@EventListener
	void on(SubscriptionGapEvent gap) {
		this.events.add(gap);
	}

	long dropped() {
		return this.events.stream().mapToLong(SubscriptionGapEvent::dropped).sum();
	}

}
