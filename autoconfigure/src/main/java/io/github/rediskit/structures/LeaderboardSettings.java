package io.github.rediskit.structures;

import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.github.rediskit.setting.InvalidSettingException;

/**
 * What holds for a leaderboard.
 *
 * @param order which score is better
 * @param keep what becomes of the score that a member has when another one is submitted
 * @param periods what is counted together: there is a board for each, at least one
 * @param zone where a day begins
 * @param maxMembers how many members a board has at most; the worst ones leave
 * @param ttl how long a board lives after its last change, by period; the usual times for
 * those that are left out
 * @param unionTtl for how long a union of days is kept before it is made anew
 */
public record LeaderboardSettings(Order order, Keep keep, Set<LeaderboardPeriod> periods, ZoneId zone, long maxMembers,
		Map<LeaderboardPeriod, Duration> ttl, Duration unionTtl) {

	private static final long MOST_MEMBERS = 10_000_000;

	private static final Duration LONGEST = Duration.ofDays(3650);

	private static final Duration LONGEST_UNION = Duration.ofHours(1);

	/** Highest and best scores of all time. */
	public static final LeaderboardSettings DEFAULTS = new LeaderboardSettings(Order.HIGHEST, Keep.BEST,
			Set.of(LeaderboardPeriod.ALL_TIME), ZoneOffset.UTC, 1_000_000, Map.of(), Duration.ofSeconds(5));

	/**
	 * Checks the settings.
	 * @throws InvalidSettingException if they say what can't be meant
	 */
	public LeaderboardSettings {
		if (periods.isEmpty()) {
			throw new InvalidSettingException("periods", "is empty",
					"Write at least one of daily, weekly and all-time, or leave it out for all-time.");
		}
		if (maxMembers < 1 || maxMembers > MOST_MEMBERS) {
			throw new InvalidSettingException("max-members", "is " + maxMembers,
					"Write how many members are kept, from 1 to %d.".formatted(MOST_MEMBERS));
		}
		if (unionTtl.toMillis() < 100 || unionTtl.compareTo(LONGEST_UNION) > 0) {
			throw new InvalidSettingException("union-ttl", "is " + unionTtl,
					"Write for how long a union of days may be out of date, from 100ms to 1h.");
		}
		Map<LeaderboardPeriod, Duration> all = new EnumMap<>(LeaderboardPeriod.class);
		for (LeaderboardPeriod period : LeaderboardPeriod.values()) {
			all.put(period, checked(period, ttl.getOrDefault(period, period.usualTtl())));
		}
		ttl = Collections.unmodifiableMap(all);
		periods = Collections.unmodifiableSet(EnumSet.copyOf(periods));
	}

	private static Duration checked(LeaderboardPeriod period, Duration ttl) {
		if (ttl.compareTo(period.shortest()) < 0 || ttl.compareTo(LONGEST) > 0) {
			throw new InvalidSettingException("ttl." + period.text(), "is " + ttl,
					"Write how long a board lives after its last change, from %dd to %dd."
						.formatted(period.shortest().toDays(), LONGEST.toDays()));
		}
		return ttl;
	}

	/** What the board itself shows: the longest period. */
	LeaderboardPeriod longest() {
		return List.copyOf(this.periods).get(this.periods.size() - 1);
	}

	long ttlMillis(LeaderboardPeriod period) {
		return this.ttl.getOrDefault(period, period.usualTtl()).toMillis();
	}

	/**
	 * Which score is better.
	 */
	public enum Order {

		/** As of points. */
		HIGHEST("highest"),

		/** As of times. */
		LOWEST("lowest");

		private final String text;

		Order(String text) {
			this.text = text;
		}

		String text() {
			return this.text;
		}

	}

	/**
	 * What becomes of the score that a member has.
	 */
	public enum Keep {

		/** The better one of both stays. */
		BEST("best"),

		/** The new one replaces it. */
		LATEST("latest"),

		/** The new one is added to it. */
		SUM("sum");

		private final String text;

		Keep(String text) {
			this.text = text;
		}

		String text() {
			return this.text;
		}

		/** How days are united, in the words of the script. */
		String union(Order order) {
			return switch (this) {
				case BEST -> (order == Order.HIGHEST) ? "MAX" : "MIN";
				case LATEST -> "LATEST";
				case SUM -> "SUM";
			};
		}

	}

}
