package io.github.rediskit.messaging;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import org.jspecify.annotations.Nullable;

/**
 * All messages that a consumer has, by the ids of their records.
 */
final class HeldMessages {

	private final ConcurrentMap<String, Held> messages = new ConcurrentHashMap<>();

	/** Whether it was not held before. */
	boolean add(Held message) {
		return this.messages.putIfAbsent(message.id(), message) == null;
	}

	@Nullable Held get(String id) {
		return this.messages.get(id);
	}

	void remove(Held message) {
		this.messages.remove(message.id(), message);
	}

	void removeAll(Collection<Held> removed) {
		removed.forEach(this::remove);
	}

	int size() {
		return this.messages.size();
	}

	/** Those of which the server was not told for a while; it is from now on. */
	List<String> keptBefore(long time, long now) {
		List<String> ids = new ArrayList<>();
		for (Held message : this.messages.values()) {
			if (!message.isKeptSince(time)) {
				message.kept(now);
				ids.add(message.id());
			}
		}
		return ids;
	}

}
