package io.github.rediskit.structures;

/**
 * Where a member of a leaderboard stands.
 *
 * @param member the member
 * @param score its score
 * @param position one more than how many have a better score: members with the same score
 * share a position, and as many as there are of them are left out after it, as in 1, 2,
 * 2, 4
 */
public record Rank(String member, double score, long position) {

}
