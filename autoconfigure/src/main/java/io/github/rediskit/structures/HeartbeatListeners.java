package io.github.rediskit.structures;

import java.util.List;
import java.util.function.Consumer;

/**
 * Several listeners as one. What a listener throws does no harm.
 */
final class HeartbeatListeners implements HeartbeatListener {

	private final List<HeartbeatListener> listeners;

	HeartbeatListeners(List<HeartbeatListener> listeners) {
		this.listeners = List.copyOf(listeners);
	}

	@Override
	public void missed(String group) {
		tell((listener) -> listener.missed(group));
	}

	@Override
	public void beatFailed(String group, Throwable failure) {
		tell((listener) -> listener.beatFailed(group, failure));
	}

	@Override
	public void watchFailed(String group, Throwable failure) {
		tell((listener) -> listener.watchFailed(group, failure));
	}

	@Override
	public void actionFailed(MissedBeatEvent event, Throwable failure) {
		tell((listener) -> listener.actionFailed(event, failure));
	}

	private void tell(Consumer<HeartbeatListener> event) {
		for (HeartbeatListener listener : this.listeners) {
			try {
				event.accept(listener);
			}
			catch (RuntimeException ex) {
				// a listener's fault must not end the beats
			}
		}
	}

}
