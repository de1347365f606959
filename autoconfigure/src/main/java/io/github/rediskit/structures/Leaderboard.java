package io.github.rediskit.structures;

import java.time.LocalDate;

/**
 * Members by score: a board for each of its periods. What is submitted counts in all of
 * them. The leaderboard itself shows the longest one, which is that of all time if it has
 * it.
 *
 * <p>
 * A member is text of 1 to 512 bytes in UTF-8, a score a finite number. A board lives on
 * for its time to live after its last change; reading it does not count.
 */
public interface Leaderboard extends Standings {

	/**
	 * Takes a score. Of it and the one that the member has already, the better one is
	 * kept, or what the settings say instead.
	 * @param member the member
	 * @param score its score
	 * @throws IllegalArgumentException if it can't be a member or a score
	 */
	void submit(String member, double score);

	/**
	 * Adds to a score, whatever the settings keep.
	 * @param member the member, which begins with 0
	 * @param by how much, which may be less than 0
	 * @return its score on the board that the leaderboard shows; what was added if the
	 * member is too bad to be kept there
	 * @throws IllegalArgumentException if it can't be a member or a score
	 */
	double increment(String member, double by);

	/**
	 * Removes a member from all boards that are still there, those of earlier days and
	 * weeks, too. A union of days forgets it some seconds later.
	 * @param member the member
	 * @return whether it was on one of them
	 */
	boolean remove(String member);

	/**
	 * The board of today, of this week, or of all time.
	 * @param period which one of those that the leaderboard has
	 * @return its standings, which go with the time
	 * @throws IllegalArgumentException if it has no such boards
	 */
	Standings current(LeaderboardPeriod period);

	/**
	 * The board of a day, or of the week of a day.
	 * @param period which one of those that the leaderboard has
	 * @param day the day, in its time zone
	 * @return its standings; empty when its time to live is over
	 * @throws IllegalArgumentException if it has no such boards
	 */
	Standings past(LeaderboardPeriod period, LocalDate day);

	/**
	 * The union of days up to today. It is made when somebody asks for it, and kept for
	 * some seconds: so long it does not change.
	 * @param days how many, today included
	 * @return its standings, which go with the time
	 * @throws IllegalArgumentException if it has no daily boards, or they do not live
	 * that long
	 */
	Standings lastDays(int days);

}
