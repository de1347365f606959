package io.github.rediskit.structures;

import io.github.rediskit.key.InvalidKeyNameException;

/**
 * Leaderboards by name.
 */
public interface Leaderboards {

	/**
	 * A leaderboard, with the settings of its name, or the usual ones if it has none.
	 * @param name the name: letters, digits, {@code -}, {@code _} and {@code .}
	 * @return the leaderboard; nothing is written until a score is submitted
	 * @throws InvalidKeyNameException if the name can't be part of a key
	 */
	Leaderboard board(String name);

}
