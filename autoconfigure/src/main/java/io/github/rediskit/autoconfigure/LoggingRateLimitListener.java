package io.github.rediskit.autoconfigure;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.github.rediskit.ratelimit.RateLimitListener;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Says in the log that rate limits are not decided by Redis, or that a policy has too
 * many keys, each once a minute at most, and that a change of one does not hold here.
 */
final class LoggingRateLimitListener implements RateLimitListener {

	private static final Log logger = LogFactory.getLog(LoggingRateLimitListener.class);

	private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

	private final AtomicLong next = new AtomicLong(System.nanoTime());

	private final Map<String, AtomicLong> nextOverflows = new ConcurrentHashMap<>();

	@Override
	public void outage(String policy, Throwable failure) {
		if (isDue(this.next)) {
			logger.warn("Redis did not decide on the rate limit '%s', so its on-failure does: %s".formatted(policy,
					failure.getMessage()));
		}
	}

	@Override
	public void overflowed(String policy, long maxKeys) {
		if (isDue(this.nextOverflows.computeIfAbsent(policy, (name) -> new AtomicLong(System.nanoTime())))) {
			logger
				.warn(("The rate limit '%s' has as many keys as it may, which are %d for each instance. New keys share "
						+ "one limit until others have ended. If these are no invented keys, write a larger "
						+ "rediskit.rate-limit.policies.%s.max-keys")
					.formatted(policy, maxKeys, policy));
		}
	}

	private static boolean isDue(AtomicLong next) {
		long now = System.nanoTime();
		long due = next.get();
		return now - due >= 0 && next.compareAndSet(due, now + PAUSE_NANOS);
	}

	@Override
	public void changeIgnored(String policy, String reason) {
		logger.warn(
				"The rate limit '%s' was changed at run time, but not for this instance: %s".formatted(policy, reason));
	}

}
