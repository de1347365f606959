package io.github.rediskit.cache;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

import io.github.rediskit.key.KeyId;

/**
 * Loads the values of several keys when the cache lacks them.
 *
 * @param <V> the type of the values
 */
@FunctionalInterface
public interface BatchLoader<V> {

	/**
	 * Starts the load, or carries it out in this thread and returns a completed stage.
	 * @param missing the keys
	 * @return completed with what was loaded, by key; for a key that is not in it there
	 * is no value
	 * @throws Throwable if the load fails, for the callers to see
	 */
	CompletionStage<? extends Map<KeyId, Loaded<V>>> load(Set<KeyId> missing) throws Throwable;

}
