package io.github.rediskit.structures;

/**
 * Somebody who is told of members that are missed, until it is closed.
 */
public interface HeartbeatWatch extends AutoCloseable {

	/**
	 * Ends it. What is being told is told to its end.
	 */
	@Override
	void close();

}
