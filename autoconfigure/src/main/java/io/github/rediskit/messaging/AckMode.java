package io.github.rediskit.messaging;

/**
 * When a message is acknowledged, after which nobody gets it any more.
 */
public enum AckMode {

	/**
	 * When it was handled: at least once. It is handled again if its instance dies
	 * before.
	 */
	AFTER,

	/**
	 * Before it is handled: at most once. It is not tried again, and lost if its instance
	 * dies.
	 */
	BEFORE

}
