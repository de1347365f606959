package io.github.rediskit.autoconfigure;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.github.rediskit.session.SessionListener;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Says in the log that sessions can't be read, and that Redis does not answer, once a
 * minute at most. No line has an id or a value.
 */
final class LoggingSessionListener implements SessionListener {

	private static final Log logger = LogFactory.getLog(LoggingSessionListener.class);

	private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

	private final AtomicLong nextUnreadable = new AtomicLong(System.nanoTime());

	private final AtomicLong nextFailure = new AtomicLong(System.nanoTime());

	@Override
	public void unreadable(UnreadableReason reason, Throwable failure) {
		if (isDue(this.nextUnreadable)) {
			logger.warn("A session could not be read, so it is a new one: " + failure.getMessage());
		}
	}

	@Override
	public void failed(Throwable failure) {
		if (isDue(this.nextFailure)) {
			logger.warn("Sessions could not be read or written: " + failure.getMessage());
		}
	}

	private static boolean isDue(AtomicLong next) {
		long now = System.nanoTime();
		long due = next.get();
		return now - due >= 0 && next.compareAndSet(due, now + PAUSE_NANOS);
	}

}
