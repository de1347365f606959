package io.github.rediskit.structures;

import java.time.Duration;
import java.util.Map;

import io.github.rediskit.setting.InvalidSettingException;

/**
 * What holds for heartbeats.
 *
 * @param ttl how long a member is alive after a beat, from 1 s to a day
 * @param groups the same for groups for which it is another time, by name
 */
public record HeartbeatSettings(Duration ttl, Map<String, Duration> groups) {

	private static final Duration SHORTEST = Duration.ofSeconds(1);

	private static final Duration LONGEST = Duration.ofDays(1);

	/** 30 s. */
	public static final HeartbeatSettings DEFAULTS = new HeartbeatSettings(Duration.ofSeconds(30), Map.of());

	/**
	 * Checks the settings.
	 * @throws InvalidSettingException if they say what can't be meant
	 */
	public HeartbeatSettings {
		groups = Map.copyOf(groups);
		check("ttl", ttl);
		groups.forEach((group, own) -> check("groups." + group + ".ttl", own));
	}

	private static void check(String setting, Duration ttl) {
		if (ttl.compareTo(SHORTEST) < 0 || ttl.compareTo(LONGEST) > 0) {
			throw new InvalidSettingException(setting, "is " + ttl,
					"Write after which time without a beat a member is missed, from 1s to 1d.");
		}
	}

	long ttlMillis(String group) {
		return this.groups.getOrDefault(group, this.ttl).toMillis();
	}

}
