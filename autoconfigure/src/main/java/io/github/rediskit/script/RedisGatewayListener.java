package io.github.rediskit.script;

/**
 * Is told how the connections to Redis are. Implementations must be quick and must not
 * throw; what they throw is ignored.
 */
public interface RedisGatewayListener {

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
