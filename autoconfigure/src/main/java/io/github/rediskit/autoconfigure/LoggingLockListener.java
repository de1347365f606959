package io.github.rediskit.autoconfigure;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.github.rediskit.lock.LockListener;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Says in the log that a lock was lost, each time, and that renewals fail, once a minute
 * at most.
 */
final class LoggingLockListener implements LockListener {

	private static final Log logger = LogFactory.getLog(LoggingLockListener.class);

	private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

	private final AtomicLong next = new AtomicLong(System.nanoTime());

	@Override
	public void lost(String lock, Duration held, LossReason reason) {
		logger.warn("The lock '%s' was lost after %d ms, before its holder released it: %s".formatted(lock,
				held.toMillis(), switch (reason) {
					case ENDED -> "its lease was over, and not to be renewed";
					case NOT_RENEWED ->
						"it was not renewed in time, since Redis did not answer or this process stood still";
					case TAKEN -> "Redis does not know its holder: it was released by force, or forgotten";
				}));
	}

	@Override
	public void renewalFailed(String lock, Throwable failure) {
		long now = System.nanoTime();
		long next = this.next.get();
		if (now - next >= 0 && this.next.compareAndSet(next, now + PAUSE_NANOS)) {
			logger.warn("The lock '%s' was not renewed, which is tried again until it is lost: %s".formatted(lock,
					failure.getMessage()));
		}
	}

}
