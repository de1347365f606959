package io.github.rediskit.cache;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Predicate;

import io.github.rediskit.key.KeyId;

/**
 * The loads under way in this JVM, at most one per key that can be joined. An
 * invalidation detaches a load: it goes on for those who joined it, and whoever comes
 * later starts another.
 *
 * @param <V> the type of the values
 */
final class SingleFlight<V> {

	private final ConcurrentMap<KeyId, Flight<V>> flights = new ConcurrentHashMap<>();

	/**
	 * The flight to share.
	 * @param id the key
	 * @param mine what to start if none is under way
	 * @return the one under way, or {@code mine}
	 */
	Flight<V> startOrJoin(KeyId id, Flight<V> mine) {
		Flight<V> running = this.flights.putIfAbsent(id, mine);
		return (running != null) ? running : mine;
	}

	void detach(KeyId id) {
		this.flights.remove(id);
	}

	void detach(KeyId id, Flight<V> flight) {
		this.flights.remove(id, flight);
	}

	void detachIf(Predicate<KeyId> concerned) {
		this.flights.keySet().removeIf(concerned);
	}

	void detachAll() {
		this.flights.clear();
	}

}
