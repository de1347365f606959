package io.github.rediskit.autoconfigure;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import io.github.rediskit.structures.HeartbeatListener;
import io.github.rediskit.structures.MissedBeatEvent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Says in the log what went wrong with heartbeats, of each kind once a minute at most.
 */
final class LoggingHeartbeatListener implements HeartbeatListener {

	private static final Log logger = LogFactory.getLog(LoggingHeartbeatListener.class);

	private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

	private final Map<String, Long> told = new ConcurrentHashMap<>();

	@Override
	public void beatFailed(String group, Throwable failure) {
		if (isDue("beat")) {
			logger.warn("A heartbeat of the group '%s' did not reach Redis, which is tried again: %s".formatted(group,
					failure.getMessage()));
		}
	}

	@Override
	public void watchFailed(String group, Throwable failure) {
		if (isDue("watch")) {
			logger.warn("Who of the group '%s' is missed could not be asked of Redis, which is tried again: %s"
				.formatted(group, failure.getMessage()));
		}
	}

	@Override
	public void actionFailed(MissedBeatEvent event, Throwable failure) {
		logger.error("What was to be done about a missed member of the group '%s' failed".formatted(event.group()),
				failure);
	}

	private boolean isDue(String kind) {
		long now = System.nanoTime();
		Long before = this.told.get(kind);
		if (before != null && now - before < PAUSE_NANOS) {
			return false;
		}
		this.told.put(kind, now);
		return true;
	}

}
