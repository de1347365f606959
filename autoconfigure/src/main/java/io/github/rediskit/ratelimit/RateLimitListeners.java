package io.github.rediskit.ratelimit;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Several listeners as one. What a listener throws does no harm.
 */
final class RateLimitListeners implements RateLimitListener {

	private final List<RateLimitListener> listeners;

	RateLimitListeners(List<RateLimitListener> listeners) {
		this.listeners = List.copyOf(listeners);
	}

	@Override
	public void allowed(String policy, long remaining, long limit) {
		tell((listener) -> listener.allowed(policy, remaining, limit));
	}

	@Override
	public void near(String policy) {
		tell((listener) -> listener.near(policy));
	}

	@Override
	public void overflowed(String policy, long maxKeys) {
		tell((listener) -> listener.overflowed(policy, maxKeys));
	}

	@Override
	public void refused(String policy, boolean remembered) {
		tell((listener) -> listener.refused(policy, remembered));
	}

	@Override
	public void waited(String policy, Duration duration) {
		tell((listener) -> listener.waited(policy, duration));
	}

	@Override
	public void shadow(String policy) {
		tell((listener) -> listener.shadow(policy));
	}

	@Override
	public void local(String policy, boolean allowed) {
		tell((listener) -> listener.local(policy, allowed));
	}

	@Override
	public void outage(String policy, Throwable failure) {
		tell((listener) -> listener.outage(policy, failure));
	}

	@Override
	public void changeIgnored(String policy, String reason) {
		tell((listener) -> listener.changeIgnored(policy, reason));
	}

	private void tell(Consumer<RateLimitListener> event) {
		for (RateLimitListener listener : this.listeners) {
			try {
				event.accept(listener);
			}
			catch (RuntimeException | LinkageError ex) {
				// a listener's fault must not become the caller's
			}
		}
	}

}
