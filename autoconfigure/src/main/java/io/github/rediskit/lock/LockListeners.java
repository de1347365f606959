package io.github.rediskit.lock;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

import io.github.rediskit.lock.LockNotAcquiredException.Reason;

/**
 * Several listeners as one. What a listener throws does no harm.
 */
final class LockListeners implements LockListener {

	private final List<LockListener> listeners;

	LockListeners(List<LockListener> listeners) {
		this.listeners = List.copyOf(listeners);
	}

	@Override
	public void acquired(String lock, Duration waited, boolean contended) {
		tell((listener) -> listener.acquired(lock, waited, contended));
	}

	@Override
	public void notAcquired(String lock, Duration waited, Reason reason) {
		tell((listener) -> listener.notAcquired(lock, waited, reason));
	}

	@Override
	public void skipped(String lock) {
		tell((listener) -> listener.skipped(lock));
	}

	@Override
	public void released(String lock, Duration held) {
		tell((listener) -> listener.released(lock, held));
	}

	@Override
	public void lost(String lock, Duration held, LossReason reason) {
		tell((listener) -> listener.lost(lock, held, reason));
	}

	@Override
	public void renewalFailed(String lock, Throwable failure) {
		tell((listener) -> listener.renewalFailed(lock, failure));
	}

	private void tell(Consumer<LockListener> event) {
		for (LockListener listener : this.listeners) {
			try {
				event.accept(listener);
			}
			catch (RuntimeException ex) {
				// a listener's fault must not become the holder's
			}
		}
	}

}
