package io.github.rediskit.script;

/**
 * Is told how the connections to Redis are. Implementations must be quick and must not
 * throw; what they throw is ignored.
 */
public interface RedisGatewayListener {

	/**
	 * A connection is watched by a circuit breaker from now on, which is closed at first.
	 * @param connection the name of the connection
	 */
	default void guarded(String connection) {
	}

	/**
	 * Redis has stopped answering on a connection: from now on its commands fail at once.
	 * @param connection the name of the connection
	 * @param failure of the command that stayed without an answer last
	 */
	default void circuitOpened(String connection, Throwable failure) {
	}

	/**
	 * Redis answers again on a connection: its commands are sent again.
	 * @param connection the name of the connection
	 */
	default void circuitClosed(String connection) {
	}

}
