package io.github.rediskit.autoconfigure;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.github.rediskit.session.SessionListener;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.session.Session;
import org.springframework.session.events.SessionCreatedEvent;
import org.springframework.session.events.SessionDeletedEvent;

/**
 * Publishes what this instance does to sessions as the events that Spring Session has for
 * it, in their order and in a thread of their own: no request waits for who listens to
 * them. Nobody is told that a session has ended because it was not used.
 */
final class SessionEvents implements SessionListener, AutoCloseable {

	private static final Log logger = LogFactory.getLog(SessionEvents.class);

	private static final int MOST_WAITING = 10_000;

	private final ApplicationEventPublisher publisher;

	private final ThreadPoolExecutor thread;

	SessionEvents(ApplicationEventPublisher publisher) {
		this.publisher = publisher;
		this.thread = new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_WAITING),
				(task) -> {
					Thread thread = new Thread(task, "rediskit-session-events");
					thread.setDaemon(true);
					return thread;
				}, (task, executor) -> {
					if (!executor.isShutdown()) {
						logger.warn("An event of a session is lost: listeners are slower than sessions come and go");
					}
				});
		this.thread.allowCoreThreadTimeOut(true);
	}

	@Override
	public void created(Session session) {
		publish(new SessionCreatedEvent(this, session));
	}

	@Override
	public void ended(Session session, EndReason reason) {
		publish(new SessionDeletedEvent(this, session));
	}

	private void publish(ApplicationEvent event) {
		this.thread.execute(() -> {
			try {
				this.publisher.publishEvent(event);
			}
			catch (RuntimeException ex) {
				logger.warn("A listener to events of sessions has failed", ex);
			}
		});
	}

	@Override
	public void close() {
		this.thread.shutdown();
	}

}
