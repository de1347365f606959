package io.github.rediskit.lock;

/**
 * The candidacy of this instance for a leadership. It stays a candidate until it is
 * closed, whatever happens to Redis.
 */
public interface LeaderElection extends AutoCloseable {

	/**
	 * Whether this instance is the leader, by its own clock.
	 * @return whether it is
	 */
	boolean isLeader();

	/**
	 * Gives the leadership up, and stands again a second later, when everybody else has
	 * asked. Nothing happens if this instance is not the leader.
	 */
	void resign();

	/**
	 * Gives the leadership up, and stands no more. {@link LeaderListener#revoked()} has
	 * been called, and the lock was released, when this returns.
	 */
	@Override
	void close();

}
