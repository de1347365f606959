package io.github.rediskit.cache;

import org.jspecify.annotations.Nullable;

/**
 * What a look at an entry found.
 *
 * @param <V> the type of the value
 */
sealed interface Lookup<V> {

	/**
	 * A value that is fresh.
	 *
	 * @param <V> the type of the value
	 * @param value the value, {@code null} if that was cached
	 * @param header the header of its entry
	 * @param generations the generations that entries must be of
	 */
	record Hit<V>(@Nullable V value, EntryHeader header, Generations generations) implements Lookup<V> {
	}

	/**
	 * A value that is to be loaded again.
	 *
	 * @param <V> the type of the value
	 * @param value the value, {@code null} if that was cached
	 * @param age what it is still good for
	 * @param header the header of its entry
	 * @param miss what it is to a caller who does not want it
	 */
	record Old<V>(@Nullable V value, Age age, EntryHeader header, Miss<V> miss) implements Lookup<V> {
	}

	/**
	 * Nothing that could be used.
	 *
	 * @param <V> the type of the value
	 * @param reason why not
	 * @param generations the generations that entries must be of
	 * @param rejected how the entry begins that could not be used; empty if there is none
	 */
	@SuppressWarnings("ArrayRecordComponent")
	record Miss<V>(MissReason reason, Generations generations, byte[] rejected) implements Lookup<V> {
	}

}
