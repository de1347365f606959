package io.github.rediskit.cache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import io.github.rediskit.key.KeyId;

/**
 * The keys of a cache that are asked for most, as far as one in a few hits tells: those
 * seen last in that sample. Each is due before its time, with the loader of the last call
 * seen, if it was asked for since it was due before.
 *
 * @param <V> the type of the values
 */
final class HotKeys<V> {

	/** A prime, so that calls that come in groups are all seen. */
	private static final int ONE_IN = 7;

	private final Map<KeyId, Hot<V>> keys;

	private final Duration period;

	private final UnaryOperator<Loader<V>> inContext;

	private volatile int hits;

	/**
	 * Creates an empty set.
	 * @param capacity how many keys it holds
	 * @param period how often somebody asks which keys are due
	 * @param inContext makes a loader ready for another thread
	 */
	HotKeys(int capacity, Duration period, UnaryOperator<Loader<V>> inContext) {
		this.keys = new LinkedHashMap<>(16, 0.75f, true) {

			@Override
			protected boolean removeEldestEntry(Map.Entry<KeyId, Hot<V>> eldest) {
				return size() > capacity;
			}

		};
		this.period = period;
		this.inContext = inContext;
	}

	/** Notes a hit; two at the same moment may count as one. */
	@SuppressWarnings("NonAtomicVolatileUpdate") // it is a sample
	void hit(KeyId id, EntryHeader header, Loader<V> loader) {
		int number = this.hits + 1;
		this.hits = number;
		if (number % ONE_IN == 0) {
			Hot<V> hot = new Hot<>(id, header, this.inContext.apply(loader));
			synchronized (this.keys) {
				this.keys.put(id, hot);
			}
		}
	}

	/**
	 * The keys whose time is nearly over. They are not due again before they were asked
	 * for again.
	 * @param now the server's time in ms
	 */
	List<Hot<V>> due(long now) {
		List<Hot<V>> result = new ArrayList<>();
		synchronized (this.keys) {
			this.keys.values().removeIf((hot) -> isDue(hot.header(), now) && result.add(hot));
		}
		return result;
	}

	/** Whether an entry should be loaded again, to be there in time. */
	boolean isDue(EntryHeader header, long now) {
		long lead = Math.max(header.freshMillis() / 10, 2 * (this.period.toMillis() + header.loadMillis()));
		return Age.remaining(header, now) <= lead;
	}

	/**
	 * A key that is asked for.
	 *
	 * @param <V> the type of the value
	 * @param id the key
	 * @param header the header of its entry
	 * @param loader what loads it
	 */
	record Hot<V>(KeyId id, EntryHeader header, Loader<V> loader) {
	}

}
