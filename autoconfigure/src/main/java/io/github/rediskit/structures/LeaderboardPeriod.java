package io.github.rediskit.structures;

import java.time.Duration;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.util.Locale;

/**
 * What a leaderboard counts together.
 */
public enum LeaderboardPeriod {

	/** One day of the board's time zone. */
	DAILY(ChronoUnit.DAYS, Duration.ofDays(8)),

	/** One ISO week, from Monday to Sunday. */
	WEEKLY(ChronoUnit.WEEKS, Duration.ofDays(35)),

	/** Everything. */
	ALL_TIME(ChronoUnit.FOREVER, Duration.ofDays(400));

	private final ChronoUnit unit;

	private final Duration usualTtl;

	LeaderboardPeriod(ChronoUnit unit, Duration usualTtl) {
		this.unit = unit;
		this.usualTtl = usualTtl;
	}

	/** How long a board lives after its last change, unless it is set. */
	Duration usualTtl() {
		return this.usualTtl;
	}

	/** As people write it in properties. */
	String text() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	/** What the key of a day's board begins with. */
	String feature(LocalDate day) {
		return switch (this) {
			case DAILY -> "leaderboard-" + day;
			// digits of other languages would be other keys
			case WEEKLY -> String.format(Locale.ROOT, "leaderboard-%04d-W%02d", day.get(IsoFields.WEEK_BASED_YEAR),
					day.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
			case ALL_TIME -> "leaderboard";
		};
	}

	/** The shortest time to live: a board must not go before its period is over. */
	Duration shortest() {
		return switch (this) {
			case DAILY, ALL_TIME -> Duration.ofDays(1);
			case WEEKLY -> Duration.ofDays(7);
		};
	}

	/** How many boards may still live that were before the one of the present. */
	int earlier(Duration ttl) {
		return switch (this) {
			case DAILY -> (int) ttl.toDays() + 1;
			case WEEKLY -> (int) (ttl.toDays() / 7) + 1;
			case ALL_TIME -> 0;
		};
	}

	/** A day so many periods before. */
	LocalDate before(LocalDate day, int periods) {
		return (periods == 0) ? day : day.minus(periods, this.unit);
	}

}
