package io.github.rediskit.structures;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * {@link Standings} for those who must not block. What can't be meant is thrown at once;
 * everything else is how the stage ends.
 */
public interface AsyncStandings {

	/**
	 * The best.
	 * @param count how many, from 1 to 10,000
	 * @return at most so many
	 */
	CompletionStage<List<Rank>> top(int count);

	/**
	 * Some of all.
	 * @param offset how many come before them, at least 0
	 * @param count how many, from 1 to 10,000
	 * @return at most so many; nothing behind the last one
	 */
	CompletionStage<List<Rank>> page(long offset, int count);

	/**
	 * One member.
	 * @param member the member
	 * @return where it stands; nothing if it is not on the board
	 */
	CompletionStage<Optional<Rank>> of(String member);

	/**
	 * A member and those who are next to it.
	 * @param member the member
	 * @param radius how many before it and how many behind it, from 0 to 5,000
	 * @return the member in between; nothing if it is not on the board
	 */
	CompletionStage<List<Rank>> around(String member, int radius);

	/**
	 * How many members there are.
	 * @return their number
	 */
	CompletionStage<Long> size();

}
