package io.github.rediskit.messaging;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.rediskit.messaging.ConsumerListener.Source;

/**
 * How long to wait before Redis is asked again: longer each time, until it answers. Only
 * the first trouble and its end are told.
 */
final class Troubles {

	private static final long FIRST_MILLIS = 50;

	private static final long LONGEST_MILLIS = 2_000;

	private static final int MOST_DOUBLINGS = 6;

	private final AtomicInteger count = new AtomicInteger();

	private final ConsumerListener listener;

	private final Source source;

	Troubles(ConsumerListener listener, Source source) {
		this.listener = listener;
		this.source = source;
	}

	/** Redis could not be asked; the answer is how long to wait. */
	Duration met(Throwable failure) {
		int before = this.count.getAndUpdate((count) -> Math.min(count + 1, MOST_DOUBLINGS));
		if (before == 0) {
			this.listener.interrupted(this.source, MessagingServices.unwrapped(failure));
		}
		long millis = Math.min(LONGEST_MILLIS, FIRST_MILLIS << before);
		return Duration.ofMillis(ThreadLocalRandom.current().nextLong(millis / 2, millis + 1));
	}

	/** Redis answered. */
	void over() {
		if (this.count.get() != 0 && this.count.getAndSet(0) != 0) {
			this.listener.resumed(this.source);
		}
	}

}
