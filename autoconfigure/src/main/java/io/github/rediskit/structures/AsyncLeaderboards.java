package io.github.rediskit.structures;

import io.github.rediskit.key.InvalidKeyNameException;

/**
 * {@link Leaderboards} for those who must not block.
 */
public interface AsyncLeaderboards {

	/**
	 * A leaderboard, with the settings of its name, or the usual ones if it has none.
	 * @param name the name: letters, digits, {@code -}, {@code _} and {@code .}
	 * @return the leaderboard; nothing is written until a score is submitted
	 * @throws InvalidKeyNameException if the name can't be part of a key
	 */
	AsyncLeaderboard board(String name);

}
