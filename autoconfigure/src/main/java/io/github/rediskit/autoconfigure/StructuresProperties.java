package io.github.rediskit.autoconfigure;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.github.rediskit.setting.InvalidSettingException;
import io.github.rediskit.structures.HeartbeatSettings;
import io.github.rediskit.structures.LeaderboardPeriod;
import io.github.rediskit.structures.LeaderboardSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of leaderboards and heartbeats.
 *
 * @param connection Name of the connection that leaderboards and heartbeats use.
 * @param leaderboards Leaderboards by name; one that is not named here has the usual
 * settings. A name with dots needs brackets: "[my.game]".
 * @param heartbeats Who is alive.
 */
@ConfigurationProperties(prefix = "rediskit.structures", ignoreUnknownFields = false)
record StructuresProperties(@DefaultValue("default") String connection, @DefaultValue Map<String, Board> leaderboards,
		@DefaultValue Beats heartbeats) {

	private static final String PREFIX = "rediskit.structures.";

	Map<String, LeaderboardSettings> boards() {
		Map<String, LeaderboardSettings> boards = new HashMap<>();
		this.leaderboards.forEach((name, board) -> {
			checkName(PREFIX + "leaderboards", "leaderboard", name);
			boards.put(name, board.settings(PREFIX + "leaderboards." + name));
		});
		return boards;
	}

	HeartbeatSettings beats() {
		Map<String, Duration> groups = new HashMap<>();
		this.heartbeats.groups().forEach((name, group) -> {
			checkName(PREFIX + "heartbeats.groups", "group", name);
			groups.put(name, (group.ttl() != null) ? group.ttl() : this.heartbeats.ttl());
		});
		this.heartbeats.watched().forEach((name) -> checkName(PREFIX + "heartbeats.watched", "group", name));
		try {
			return new HeartbeatSettings(this.heartbeats.ttl(), groups);
		}
		catch (InvalidSettingException ex) {
			throw ex.within(PREFIX + "heartbeats");
		}
	}

	private static void checkName(String property, String what, String name) {
		if (!ConnectionRules.NAME.matcher(name).matches()) {
			throw new InvalidSettingException(property, "names the %s '%s'".formatted(what, name),
					"The name of a %s consists of letters, digits, dots, dashes and underscores, at most 80 of them."
						.formatted(what));
		}
	}

	/**
	 * A leaderboard.
	 *
	 * @param order Which score is better: highest or lowest.
	 * @param keep What becomes of the score that a member has when another one is
	 * submitted: the better one stays (best), the new one replaces it (latest) or is
	 * added to it (sum).
	 * @param periods What is counted together: daily, weekly, all-time, or several of
	 * them.
	 * @param zone Time zone in which a day begins, such as Europe/Berlin.
	 * @param maxMembers How many members a board has at most. The worst ones leave.
	 * @param ttl How long a board lives after its last change, by period. By default 8d
	 * for daily, 35d for weekly and 400d for all-time.
	 * @param unionTtl For how long a union of days is kept before it is made anew.
	 */
	record Board(@DefaultValue("highest") LeaderboardSettings.Order order,
			@DefaultValue("best") LeaderboardSettings.Keep keep,
			@DefaultValue("all-time") Set<LeaderboardPeriod> periods, @DefaultValue("UTC") String zone,
			@DefaultValue("1000000") long maxMembers, @DefaultValue Map<LeaderboardPeriod, Duration> ttl,
			@DefaultValue("5s") Duration unionTtl) {

		LeaderboardSettings settings(String prefix) {
			try {
				return new LeaderboardSettings(this.order, this.keep, this.periods, zoneId(), this.maxMembers, this.ttl,
						this.unionTtl);
			}
			catch (InvalidSettingException ex) {
				throw ex.within(prefix);
			}
		}

		private ZoneId zoneId() {
			try {
				return ZoneId.of(this.zone);
			}
			catch (DateTimeException ex) {
				throw new InvalidSettingException("zone", "is '%s', which is no time zone".formatted(this.zone),
						"Write one such as UTC or Europe/Berlin.", ex);
			}
		}

	}

	/**
	 * Who is alive.
	 *
	 * @param ttl How long a member is alive after a beat.
	 * @param groups Groups for which other settings hold, by name.
	 * @param watched Groups that are watched: when a member is missed, one instance of
	 * the application publishes a MissedBeatEvent.
	 */
	record Beats(@DefaultValue("30s") Duration ttl, @DefaultValue Map<String, Group> groups,
			@DefaultValue List<String> watched) {

		/**
		 * A group.
		 *
		 * @param ttl How long a member of this group is alive after a beat. By default as
		 * of all.
		 */
		record Group(@Nullable Duration ttl) {
		}

	}

}
