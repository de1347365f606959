package io.github.rediskit.messaging;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Several listeners as one. What a listener throws does no harm.
 */
final class ConsumerListeners implements ConsumerListener {

	private final List<ConsumerListener> listeners;

	ConsumerListeners(List<ConsumerListener> listeners) {
		this.listeners = List.copyOf(listeners);
	}

	@Override
	public void started(Source consumer, ConsumerRequest request) {
		tell((listener) -> listener.started(consumer, request));
	}

	@Override
	public void stopped(Source consumer, long left) {
		tell((listener) -> listener.stopped(consumer, left));
	}

	@Override
	public void handled(Source consumer, int count, Duration took) {
		tell((listener) -> listener.handled(consumer, count, took));
	}

	@Override
	public void failed(Source consumer, long attempt, Throwable failure) {
		tell((listener) -> listener.failed(consumer, attempt, failure));
	}

	@Override
	public void dead(Source consumer, long attempts, Throwable failure) {
		tell((listener) -> listener.dead(consumer, attempts, failure));
	}

	@Override
	public void claimed(Source consumer, int count) {
		tell((listener) -> listener.claimed(consumer, count));
	}

	@Override
	public void lost(Source consumer, int count) {
		tell((listener) -> listener.lost(consumer, count));
	}

	@Override
	public void madeAgain(Source consumer) {
		tell((listener) -> listener.madeAgain(consumer));
	}

	@Override
	public void interrupted(Source consumer, Throwable failure) {
		tell((listener) -> listener.interrupted(consumer, failure));
	}

	@Override
	public void resumed(Source consumer) {
		tell((listener) -> listener.resumed(consumer));
	}

	@Override
	public void sampled(Source consumer, GroupStatus status, long maxLength) {
		tell((listener) -> listener.sampled(consumer, status, maxLength));
	}

	private void tell(Consumer<ConsumerListener> event) {
		for (ConsumerListener listener : this.listeners) {
			try {
				event.accept(listener);
			}
			catch (RuntimeException ex) {
				// a listener's fault must not become a message's
			}
		}
	}

}
