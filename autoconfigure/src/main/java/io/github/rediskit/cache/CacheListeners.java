package io.github.rediskit.cache;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Several listeners as one. What a listener throws does no harm.
 */
final class CacheListeners implements CacheListener {

	private final List<CacheListener> listeners;

	CacheListeners(List<CacheListener> listeners) {
		this.listeners = List.copyOf(listeners);
	}

	@Override
	public void opened(String cache) {
		tell((listener) -> listener.opened(cache));
	}

	@Override
	public void hit(String cache) {
		tell((listener) -> listener.hit(cache));
	}

	@Override
	public void miss(String cache, MissReason reason) {
		tell((listener) -> listener.miss(cache, reason));
	}

	@Override
	public void loaded(String cache, Duration duration) {
		tell((listener) -> listener.loaded(cache, duration));
	}

	@Override
	public void loadFailed(String cache, Duration duration, Throwable failure) {
		tell((listener) -> listener.loadFailed(cache, duration, failure));
	}

	@Override
	public void leased(String cache) {
		tell((listener) -> listener.leased(cache));
	}

	@Override
	public void stored(String cache, int bytes) {
		tell((listener) -> listener.stored(cache, bytes));
	}

	@Override
	public void staleServed(String cache, StaleReason reason) {
		tell((listener) -> listener.staleServed(cache, reason));
	}

	@Override
	public void refreshing(String cache, RefreshReason reason) {
		tell((listener) -> listener.refreshing(cache, reason));
	}

	@Override
	public void refreshSkipped(String cache) {
		tell((listener) -> listener.refreshSkipped(cache));
	}

	@Override
	public void loadTimedOut(String cache) {
		tell((listener) -> listener.loadTimedOut(cache));
	}

	@Override
	public void invalidated(String cache) {
		tell((listener) -> listener.invalidated(cache));
	}

	@Override
	public void waited(String cache, Duration duration) {
		tell((listener) -> listener.waited(cache, duration));
	}

	@Override
	public void storeRejected(String cache) {
		tell((listener) -> listener.storeRejected(cache));
	}

	@Override
	public void storeFailed(String cache, Throwable failure) {
		tell((listener) -> listener.storeFailed(cache, failure));
	}

	@Override
	public void bypassed(String cache, Throwable failure) {
		tell((listener) -> listener.bypassed(cache, failure));
	}

	@Override
	public void refused(String cache, Throwable failure) {
		tell((listener) -> listener.refused(cache, failure));
	}

	@Override
	public void invalidationDeferred(String cache, Throwable failure) {
		tell((listener) -> listener.invalidationDeferred(cache, failure));
	}

	@Override
	public void invalidationsCaughtUp(String cache) {
		tell((listener) -> listener.invalidationsCaughtUp(cache));
	}

	private void tell(Consumer<CacheListener> event) {
		for (CacheListener listener : this.listeners) {
			try {
				event.accept(listener);
			}
			catch (RuntimeException ex) {
				// a listener's fault must not become the caller's
			}
		}
	}

}
