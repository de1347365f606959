package io.github.rediskit.autoconfigure.actuator;

import java.util.Map;
import java.util.TreeMap;

import io.github.rediskit.messaging.GroupStatus;
import io.github.rediskit.messaging.MessageListeners;

/**
 * The listeners of streams and queues, each with its group as it was when last asked for.
 */
final class ListenersSection implements RediskitSection {

	private final MessageListeners listeners;

	ListenersSection(MessageListeners listeners) {
		this.listeners = listeners;
	}

	@Override
	public String name() {
		return "listeners";
	}

	@Override
	public Map<String, Listener> content() {
		Map<String, Listener> all = new TreeMap<>();
		this.listeners.ids()
			.forEach((id) -> all.put(id, new Listener(this.listeners.isRunning(id), this.listeners.status(id))));
		return all;
	}

	/**
	 * A listener.
	 *
	 * @param running whether it asks for messages
	 * @param group how its group and stream or queue are
	 */
	record Listener(boolean running, GroupStatus group) {
	}

}
