package io.github.rediskit.structures;

import java.time.LocalDate;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

/**
 * A {@link Leaderboard} for those who must not block.
 */
public interface AsyncLeaderboard extends AsyncStandings {

	/**
	 * Takes a score.
	 * @param member the member
	 * @param score its score
	 * @return completed when it is in all boards
	 */
	CompletionStage<@Nullable Void> submit(String member, double score);

	/**
	 * Adds to a score, whatever the settings keep.
	 * @param member the member, which begins with 0
	 * @param by how much, which may be less than 0
	 * @return its score on the board that the leaderboard shows; what was added if the
	 * member is too bad to be kept there
	 */
	CompletionStage<Double> increment(String member, double by);

	/**
	 * Removes a member from all boards that are still there.
	 * @param member the member
	 * @return whether it was on one of them
	 */
	CompletionStage<Boolean> remove(String member);

	/**
	 * The board of today, of this week, or of all time.
	 * @param period which one of those that the leaderboard has
	 * @return its standings, which go with the time
	 */
	AsyncStandings current(LeaderboardPeriod period);

	/**
	 * The board of a day, or of the week of a day.
	 * @param period which one of those that the leaderboard has
	 * @param day the day, in its time zone
	 * @return its standings
	 */
	AsyncStandings past(LeaderboardPeriod period, LocalDate day);

	/**
	 * The union of days up to today.
	 * @param days how many, today included
	 * @return its standings, which go with the time
	 */
	AsyncStandings lastDays(int days);

}
