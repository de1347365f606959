package io.github.rediskit.structures;

import java.time.Duration;
import java.util.Map;

/**
 * A member of a group was not heard of in time: it died, hangs, or can't reach Redis. Of
 * all who watch the group one is told, once.
 *
 * @param group the group
 * @param id the member
 * @param details what it said of itself last
 * @param since for how long it has been missed, by the clock of Redis
 */
public record MissedBeatEvent(String group, String id, Map<String, String> details, Duration since) {

	/**
	 * Keeps a copy of the details.
	 */
	public MissedBeatEvent {
		details = Map.copyOf(details);
	}

}
