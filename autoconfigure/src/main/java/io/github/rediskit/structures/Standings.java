package io.github.rediskit.structures;

import java.util.List;
import java.util.Optional;

import io.github.rediskit.script.RedisReplyException;
import io.github.rediskit.script.RedisUnavailableException;

/**
 * Who stands where, best first. Members with the same score share a position; among them
 * the order is that of their names, which says nothing about them.
 *
 * <p>
 * Each method is one round trip, and takes no longer than the connection's timeout: it
 * throws a {@link RedisUnavailableException} if there is no answer by then, and a
 * {@link RedisReplyException} if Redis refuses.
 */
public interface Standings {

	/**
	 * The best.
	 * @param count how many, from 1 to 10,000
	 * @return at most so many
	 * @throws IllegalArgumentException if it can't be so many
	 */
	List<Rank> top(int count);

	/**
	 * Some of all.
	 * @param offset how many come before them, at least 0
	 * @param count how many, from 1 to 10,000
	 * @return at most so many; nothing behind the last one
	 * @throws IllegalArgumentException if it can't be so many
	 */
	List<Rank> page(long offset, int count);

	/**
	 * One member.
	 * @param member the member
	 * @return where it stands; nothing if it is not on the board
	 */
	Optional<Rank> of(String member);

	/**
	 * A member and those who are next to it.
	 * @param member the member
	 * @param radius how many before it and how many behind it, from 0 to 5,000
	 * @return the member in between, fewer at the ends of the board; nothing if it is not
	 * on the board
	 * @throws IllegalArgumentException if it can't be so many
	 */
	List<Rank> around(String member, int radius);

	/**
	 * How many members there are.
	 * @return their number
	 */
	long size();

}
