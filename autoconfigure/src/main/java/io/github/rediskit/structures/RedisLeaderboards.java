package io.github.rediskit.structures;

import java.time.Clock;
import java.util.Map;

import io.github.rediskit.key.KeySpace;
import io.github.rediskit.script.RedisGateway;

/**
 * Leaderboards in sorted sets, all boards of a name in one slot.
 *
 * <pre>
 * shop:leaderboard:game:{game}                           of all time
 * shop:leaderboard-2026-W49:game:{game}                  of a week
 * shop:leaderboard-2026-11-30:game:{game}                of a day
 * shop:leaderboard-2026-11-30-last-7:game:{game}         the union of days, for some seconds
 * </pre>
 *
 * What is in them are members and scores and nothing else, so that others may read them,
 * too. Which day it is is told by the clock of each instance.
 */
public final class RedisLeaderboards implements AsyncLeaderboards {

	private final RedisGateway redis;

	private final KeySpace keys;

	private final Map<String, LeaderboardSettings> settings;

	private final Clock clock;

	/**
	 * Creates the leaderboards.
	 * @param redis the connection that they use
	 * @param keys where they lie
	 * @param settings what holds for which of them, by name
	 * @param clock says which day it is
	 */
	public RedisLeaderboards(RedisGateway redis, KeySpace keys, Map<String, LeaderboardSettings> settings,
			Clock clock) {
		this.redis = redis;
		this.keys = keys;
		this.settings = Map.copyOf(settings);
		this.clock = clock;
	}

	@Override
	public AsyncLeaderboard board(String name) {
		LeaderboardSettings settings = this.settings.getOrDefault(name, LeaderboardSettings.DEFAULTS);
		return new RedisLeaderboard(this.redis, new LeaderboardKeys(this.keys, name, settings, this.clock), settings);
	}

}
