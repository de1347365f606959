package io.github.rediskit.cache;

import org.jspecify.annotations.Nullable;

/**
 * What a look at an entry found.
 *
 * @param <V> the type of the value
 */
sealed interface Lookup<V> {

	/**
	 * A value.
	 *
	 * @param <V> the type of the value
	 * @param value the value, {@code null} if that was cached
	 */
	record Hit<V>(@Nullable V value) implements Lookup<V> {
	}

	/**
	 * Nothing that could be used.
	 *
	 * @param <V> the type of the value
	 * @param reason why not
	 * @param generation the cache's generation, or {@code null} if there is none
	 * @param rejected how the entry begins that could not be used; empty if there is none
	 */
	@SuppressWarnings("ArrayRecordComponent")
	record Miss<V>(MissReason reason, byte @Nullable [] generation, byte[] rejected) implements Lookup<V> {
	}

}
