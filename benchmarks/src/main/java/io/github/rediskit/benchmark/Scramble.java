package io.github.rediskit.benchmark;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Many threads, of one or several instances, want one lock all the time, and do nothing
 * with it. Rivals take turns, in each round in another order; a turn is long, so that it
 * does not matter how it begins and ends. Ratios are taken within a round.
 */
final class Scramble {

	private final Settings settings;

	private final List<String> rivals;

	private final List<Crew> crews;

	/**
	 * Creates a scramble.
	 * @param settings how long it takes
	 * @param rivals the makes of lock; others are compared with the first
	 * @param crews who wants it, one of each instance
	 */
	Scramble(Settings settings, List<String> rivals, List<? extends Crew> crews) {
		this.settings = settings;
		this.rivals = rivals;
		this.crews = List.copyOf(crews);
	}

	/** Runs all rounds. */
	Table table() {
		Score[][] scores = new Score[this.rivals.size()][this.settings.rounds()];
		for (String rival : this.rivals) {
			turn(rival, this.settings.warmUp().toMillis());
		}
		for (int round = 0; round < this.settings.rounds(); round++) {
			for (int i = 0; i < scores.length; i++) {
				int next = (round + i * ((round % 2 == 0) ? 1 : scores.length - 1)) % scores.length;
				scores[next][round] = turn(this.rivals.get(next), this.settings.time().toMillis());
			}
		}
		return table(scores);
	}

	private Score turn(String rival, long millis) {
		List<CompletableFuture<Crew.Result>> turns = this.crews.stream()
			.map((crew) -> crew.turn(rival, millis))
			.toList();
		return Score.of(turns.stream().map(CompletableFuture::join).toList());
	}

	private Table table(Score[][] scores) {
		String first = this.rivals.get(0);
		boolean several = this.crews.size() > 1;
		List<String> header = Stream
			.of("", "locks/s", "hand-overs/s", "÷ " + first, "p99 wait, ms", "longest wait, ms", "lesser share, %")
			.limit(several ? 7 : 6)
			.toList();
		Table table = new Table(header);
		for (int i = 0; i < scores.length; i++) {
			Score[] own = scores[i];
			double[] ratios = IntStream.range(0, own.length)
				.mapToDouble((round) -> own[round].handOversPerSecond() / scores[0][round].handOversPerSecond())
				.toArray();
			table.add(Stream.of(this.rivals.get(i), median(own, Score::locksPerSecond),
					median(own, Score::handOversPerSecond), (i == 0) ? "1" : Spread.of(ratios).format("%.1f"),
					Spread.of(own, Score::p99Millis).format("%.2f"),
					Spread.of(own, Score::longestMillis).format("%.0f"),
					Spread.of(own, Score::lesserPercent).format("%.0f"))
				.limit(header.size())
				.toList());
		}
		return table;
	}

	private static String median(Score[] scores, ToDoubleFunction<Score> value) {
		return "%,.0f".formatted(Spread.of(scores, value).median());
	}

	/**
	 * What one rival did in one round.
	 *
	 * @param locksPerSecond how often the lock was acquired
	 * @param handOversPerSecond how often by another thread than the time before
	 * @param p99Millis how long it took at most to acquire it, but for 1 % of the times
	 * @param longestMillis how long it took at most
	 * @param lesserPercent how much the instance got that got less than the other
	 */
	private record Score(double locksPerSecond, double handOversPerSecond, double p99Millis, double longestMillis,
			double lesserPercent) {

		static Score of(List<Crew.Result> results) {
			double seconds = results.stream().mapToLong(Crew.Result::nanos).max().orElseThrow() / 1e9;
			long[] waits = results.stream().map(Crew.Result::waits).flatMapToLong(Arrays::stream).sorted().toArray();
			int handOvers = results.stream().mapToInt(Crew.Result::handOvers).sum();
			int lesser = results.stream().mapToInt((result) -> result.waits().length).min().orElseThrow();
			return new Score(waits.length / seconds, handOvers / seconds,
					waits[(int) ((waits.length - 1) * 0.99)] / 1e6, waits[waits.length - 1] / 1e6,
					100.0 * lesser / waits.length);
		}

	}

}
