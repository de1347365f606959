package io.github.rediskit.structures;

import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

import io.github.rediskit.key.KeyId;
import io.github.rediskit.key.KeySpace;

/**
 * The keys of one leaderboard. Its name is their hash tag, so that one script may have
 * them all.
 */
final class LeaderboardKeys {

	private final KeySpace keys;

	private final String name;

	private final KeyId slot;

	private final LeaderboardSettings settings;

	private final Clock clock;

	LeaderboardKeys(KeySpace keys, String name, LeaderboardSettings settings, Clock clock) {
		this.keys = keys;
		this.name = name;
		this.slot = KeyId.of(name);
		this.settings = settings;
		this.clock = clock;
		key("leaderboard"); // or the name can't be part of one
	}

	String name() {
		return this.name;
	}

	private LocalDate today() {
		return LocalDate.ofInstant(this.clock.instant(), this.settings.zone());
	}

	private byte[] key(String feature) {
		return this.keys.family(feature, this.name).key(this.slot);
	}

	byte[] of(LeaderboardPeriod period, LocalDate day) {
		return key(period.feature(day));
	}

	byte[] current(LeaderboardPeriod period) {
		return of(period, today());
	}

	/** The board that is shown comes first, all of one day. */
	byte[][] allCurrent(List<LeaderboardPeriod> periods) {
		LocalDate today = today();
		return periods.stream().map((period) -> of(period, today)).toArray(byte[][]::new);
	}

	/** All that may still live. */
	byte[][] allKept() {
		LocalDate today = today();
		List<byte[]> all = new ArrayList<>();
		for (LeaderboardPeriod period : this.settings.periods()) {
			int earlier = period.earlier(this.settings.ttl().getOrDefault(period, period.usualTtl()));
			for (int i = 0; i <= earlier; i++) {
				all.add(of(period, period.before(today, i)));
			}
		}
		return all.toArray(byte[][]::new);
	}

	/** The union, the days from today back, and what is in between. */
	byte[][] union(int days) {
		LocalDate today = today();
		String union = LeaderboardPeriod.DAILY.feature(today) + "-last-" + days;
		byte[][] all = new byte[days + 2][];
		all[0] = key(union);
		for (int i = 0; i < days; i++) {
			all[i + 1] = of(LeaderboardPeriod.DAILY, today.minusDays(i));
		}
		all[days + 1] = key(union + "-between");
		return all;
	}

}
