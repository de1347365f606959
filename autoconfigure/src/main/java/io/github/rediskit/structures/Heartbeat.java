package io.github.rediskit.structures;

import java.util.Map;

/**
 * A member that is kept alive until it leaves, or this process ends.
 */
public interface Heartbeat extends AutoCloseable {

	/**
	 * Says something else of the member, with the next beat.
	 * @param details names and values, together at most 8 KB
	 */
	void details(Map<String, String> details);

	/**
	 * Leaves, which nobody is told: the beats end, and in a moment the member is not
	 * alive any more. It does not wait for Redis.
	 */
	@Override
	void close();

}
