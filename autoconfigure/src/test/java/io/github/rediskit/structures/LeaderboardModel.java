package io.github.rediskit.structures;

import java.time.LocalDate;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.github.rediskit.structures.LeaderboardSettings.Keep;
import io.github.rediskit.structures.LeaderboardSettings.Order;

/**
 * A leaderboard in memory: what the scripts must answer. Nothing expires.
 */
final class LeaderboardModel {

	private final LeaderboardSettings settings;

	private final Map<String, Map<String, Double>> boards = new TreeMap<>();

	LeaderboardModel(LeaderboardSettings settings) {
		this.settings = settings;
	}

	private static String board(LeaderboardPeriod period, LocalDate day) {
		return switch (period) {
			case DAILY -> "day " + day;
			case WEEKLY ->
				"week " + day.get(IsoFields.WEEK_BASED_YEAR) + " " + day.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
			case ALL_TIME -> "all";
		};
	}

	Map<String, Double> of(LeaderboardPeriod period, LocalDate day) {
		return this.boards.computeIfAbsent(board(period, day), (name) -> new TreeMap<>());
	}

	void submit(LocalDate today, String member, double submitted, Keep keep) {
		double score = submitted + 0.0; // -0 is 0
		for (LeaderboardPeriod period : this.settings.periods()) {
			Map<String, Double> board = of(period, today);
			Double before = board.get(member);
			if (before == null || keep == Keep.LATEST) {
				board.put(member, score);
			}
			else if (keep == Keep.SUM) {
				board.put(member, before + score);
			}
			else if (isBetter(score, before)) {
				board.put(member, score);
			}
			while (board.size() > this.settings.maxMembers()) {
				List<String> order = order(board);
				board.remove(order.get(order.size() - 1));
			}
		}
	}

	private boolean isBetter(double one, double other) {
		return (this.settings.order() == Order.HIGHEST) ? one > other : one < other;
	}

	boolean remove(String member) {
		return this.boards.values().stream().map((board) -> board.remove(member) != null).toList().contains(true);
	}

	Map<String, Double> lastDays(LocalDate today, int days) {
		Map<String, Double> union = new TreeMap<>();
		for (int i = 0; i < days; i++) {
			of(LeaderboardPeriod.DAILY, today.minusDays(i)).forEach((member, score) -> {
				Double before = union.get(member);
				switch (this.settings.keep()) {
					case SUM -> union.put(member, (before != null) ? before + score : score);
					case LATEST -> union.putIfAbsent(member, score);
					case BEST -> union.put(member, (before == null || isBetter(score, before)) ? score : before);
				}
			});
		}
		return union;
	}

	/** Equal scores are in the order of names that Redis keeps, turned around with it. */
	private List<String> order(Map<String, Double> board) {
		Comparator<String> byScore = Comparator.<String, Double>comparing(board::get, Double::compare)
			.thenComparing(Function.identity());
		return board.keySet()
			.stream()
			.sorted((this.settings.order() == Order.HIGHEST) ? byScore.reversed() : byScore)
			.collect(Collectors.toCollection(ArrayList::new));
	}

	List<Rank> ranks(Map<String, Double> board) {
		return order(board).stream().map((member) -> {
			double score = board.get(member);
			long better = board.values().stream().filter((other) -> isBetter(other, score)).count();
			return new Rank(member, score, better + 1);
		}).toList();
	}

	List<Rank> page(Map<String, Double> board, long offset, int count) {
		return ranks(board).stream().skip(offset).limit(count).toList();
	}

	Optional<Rank> of(Map<String, Double> board, String member) {
		return ranks(board).stream().filter((rank) -> rank.member().equals(member)).findFirst();
	}

	List<Rank> around(Map<String, Double> board, String member, int radius) {
		int at = order(board).indexOf(member);
		return (at < 0) ? List.of()
				: ranks(board).subList(Math.max(0, at - radius), Math.min(board.size(), at + radius + 1));
	}

}
