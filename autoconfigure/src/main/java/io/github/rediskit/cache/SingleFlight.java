package io.github.rediskit.cache;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
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

	private final LongSupplier nanoTime;

	private final Duration longest;

	/**
	 * Creates it without any loads.
	 * @param nanoTime a time that never goes back, in nanoseconds
	 * @param longest how long a load can be joined: one that takes longer hangs
	 */
	SingleFlight(LongSupplier nanoTime, Duration longest) {
		this.nanoTime = nanoTime;
		this.longest = longest;
	}

	/**
	 * The flight to share.
	 * @param id the key
	 * @param mine what to start if none is under way
	 * @return the one under way, or {@code mine}
	 */
	Flight<V> startOrJoin(KeyId id, Flight<V> mine) {
		mine.startedAt(this.nanoTime.getAsLong());
		while (true) {
			Flight<V> running = this.flights.putIfAbsent(id, mine);
			if (running == null) {
				return mine;
			}
			if (millisLeft(running) > 0) {
				return running;
			}
			this.flights.remove(id, running);
		}
	}

	/** One of the same kind, without any loads. */
	SingleFlight<V> empty() {
		return new SingleFlight<>(this.nanoTime, this.longest);
	}

	/** For how long a flight can be joined. */
	long millisLeft(Flight<V> flight) {
		return this.longest.toMillis() - Duration.ofNanos(this.nanoTime.getAsLong() - flight.startedAt()).toMillis();
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
