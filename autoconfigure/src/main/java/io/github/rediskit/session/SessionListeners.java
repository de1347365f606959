package io.github.rediskit.session;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

import org.springframework.session.Session;

/**
 * Several listeners as one. What a listener throws does no harm.
 */
final class SessionListeners implements SessionListener {

	private final List<SessionListener> listeners;

	SessionListeners(List<SessionListener> listeners) {
		this.listeners = List.copyOf(listeners);
	}

	@Override
	public void created(Session session) {
		tell((listener) -> listener.created(session));
	}

	@Override
	public void ended(Session session, EndReason reason) {
		tell((listener) -> listener.ended(session, reason));
	}

	@Override
	public void refused() {
		tell(SessionListener::refused);
	}

	@Override
	public void unreadable(UnreadableReason reason, Throwable failure) {
		tell((listener) -> listener.unreadable(reason, failure));
	}

	@Override
	public void read(ReadOutcome outcome, Duration took) {
		tell((listener) -> listener.read(outcome, took));
	}

	@Override
	public void saved(SaveOutcome outcome, Duration took) {
		tell((listener) -> listener.saved(outcome, took));
	}

	@Override
	public void failed(Throwable failure) {
		tell((listener) -> listener.failed(failure));
	}

	private void tell(Consumer<SessionListener> event) {
		for (SessionListener listener : this.listeners) {
			try {
				event.accept(listener);
			}
			catch (RuntimeException ex) {
				// a listener's fault must not become the request's
			}
		}
	}

}
