package io.github.rediskit.benchmark;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.env.SimpleCommandLinePropertySource;

/**
 * How long a benchmark takes.
 *
 * @param threads how many callers at once, one table for each
 * @param rounds how many turns each contender gets
 * @param time how long a turn takes
 * @param warmUp how long a contender runs before the first round
 * @param only part of the names of the contenders that run; empty for all
 * @param arguments the command line, which the applications under test get too
 */
@SuppressWarnings("ArrayRecordComponent")
record Settings(List<Integer> threads, int rounds, Duration time, Duration warmUp, String only, String[] arguments) {

	static Settings of(String[] arguments) {
		SimpleCommandLinePropertySource options = new SimpleCommandLinePropertySource(arguments);
		return new Settings(
				Arrays.stream(or(options.getProperty("threads"), "1,16,64").split(",")).map(Integer::valueOf).toList(),
				Integer.parseInt(or(options.getProperty("rounds"), "15")),
				DurationStyle.detectAndParse(or(options.getProperty("time"), "1s")),
				DurationStyle.detectAndParse(or(options.getProperty("warm-up"), "4s")),
				or(options.getProperty("only"), ""), arguments);
	}

	/**
	 * The same with other numbers of callers.
	 * @param threads how many callers at once
	 * @return the settings
	 */
	Settings withThreads(int... threads) {
		return new Settings(Arrays.stream(threads).boxed().toList(), this.rounds, this.time, this.warmUp, this.only,
				this.arguments);
	}

	private static String or(@Nullable String value, String otherwise) {
		return (value != null) ? value : otherwise;
	}

}
