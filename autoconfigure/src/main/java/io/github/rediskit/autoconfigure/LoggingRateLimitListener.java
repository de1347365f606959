package io.github.rediskit.autoconfigure;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.github.rediskit.ratelimit.RateLimitListener;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Says in the log that rate limits are not decided by Redis, once a minute at most.
 */
final class LoggingRateLimitListener implements RateLimitListener {

	private static final Log logger = LogFactory.getLog(LoggingRateLimitListener.class);

	private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

	private final AtomicLong next = new AtomicLong(System.nanoTime());

	@Override
	public void outage(String policy, Throwable failure) {
		long now = System.nanoTime();
		long next = this.next.get();
		if (now - next >= 0 && this.next.compareAndSet(next, now + PAUSE_NANOS)) {
			logger.warn("Redis did not decide on the rate limit '%s', so its on-failure does: %s".formatted(policy,
					failure.getMessage()));
		}
	}

}
