package io.github.rediskit.messaging;

import java.util.Set;

/**
 * The listeners of an application, to stop and start them by their ids.
 */
public interface MessageListeners {

	/**
	 * The ids of all listeners.
	 * @return the ids, sorted
	 */
	Set<String> ids();

	/**
	 * Whether a listener asks for messages.
	 * @param id its id
	 * @return whether it was started and not stopped
	 * @throws IllegalArgumentException if there is none with that id
	 */
	boolean isRunning(String id);

	/**
	 * Starts a listener, unless it runs.
	 * @param id its id
	 * @throws IllegalArgumentException if there is none with that id
	 */
	void start(String id);

	/**
	 * Stops a listener: what is being handled is handled to its end, for which this
	 * waits. A handler that stops its own listener does not wait for itself. The rest is
	 * left to other instances.
	 * @param id its id
	 * @throws IllegalArgumentException if there is none with that id
	 */
	void stop(String id);

	/**
	 * How the group of a listener was when last asked for.
	 * @param id its id
	 * @return the figures; zeros as long as nothing is known
	 * @throws IllegalArgumentException if there is none with that id
	 */
	GroupStatus status(String id);

}
