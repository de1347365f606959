package io.github.rediskit.cache;

import java.util.concurrent.CompletionStage;

/**
 * Loads the value of one key when the cache lacks it.
 *
 * @param <V> the type of the value
 */
@FunctionalInterface
public interface Loader<V> {

	/**
	 * Starts the load, or carries it out in this thread and returns a completed stage.
	 * @return completed with what was loaded
	 * @throws Throwable if there is nothing to load, for the callers to see
	 */
	CompletionStage<Loaded<V>> load() throws Throwable;

}
