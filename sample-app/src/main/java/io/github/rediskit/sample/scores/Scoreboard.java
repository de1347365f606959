package io.github.rediskit.sample.scores;

import java.util.List;
import java.util.Optional;

import io.github.rediskit.structures.Leaderboard;
import io.github.rediskit.structures.LeaderboardPeriod;
import io.github.rediskit.structures.Leaderboards;
import io.github.rediskit.structures.Rank;
import io.github.rediskit.structures.Standings;

import org.springframework.stereotype.Service;

/**
 * Points of customers, of today, this week, the last seven days and all time. What the
 * board keeps is said in {@code application.yml}.
 */
@Service
public class Scoreboard {

	private final Leaderboard board;

	Scoreboard(Leaderboards leaderboards) {
		this.board = leaderboards.board("shoppers");
	}

	/**
	 * Adds points, to all boards at once.
	 * @param customer the customer's handle
	 * @param points how many
	 */
	public void add(String customer, int points) {
		this.board.submit(customer, points);
	}

	/**
	 * Who has most.
	 * @param span of which time
	 * @param count how many customers
	 * @return the best of them
	 */
	public List<Rank> top(Span span, int count) {
		return standings(span).top(count);
	}

	/**
	 * Where a customer stands.
	 * @param span of which time
	 * @param customer the customer's handle
	 * @return the rank, if there is one
	 */
	public Optional<Rank> of(Span span, String customer) {
		return standings(span).of(customer);
	}

	/**
	 * A customer and those next to it.
	 * @param span of which time
	 * @param customer the customer's handle
	 * @param radius how many on each side
	 * @return the ranks; none if the customer has no points
	 */
	public List<Rank> around(Span span, String customer, int radius) {
		return standings(span).around(customer, radius);
	}

	/**
	 * Forgets a customer.
	 * @param customer the customer's handle
	 */
	public void forget(String customer) {
		this.board.remove(customer);
	}

	private Standings standings(Span span) {
		return switch (span) {
			case TODAY -> this.board.current(LeaderboardPeriod.DAILY);
			case WEEK -> this.board.current(LeaderboardPeriod.WEEKLY);
			case SEVEN_DAYS -> this.board.lastDays(7);
			case ALL_TIME -> this.board;
		};
	}

	/**
	 * Of which time.
	 */
	public enum Span {

		TODAY, WEEK, SEVEN_DAYS, ALL_TIME

	}

}
