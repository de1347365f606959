package io.github.rediskit.cache;

import java.time.Duration;

/**
 * Is told what the caches do. Implementations must be quick and must not throw; what they
 * throw is ignored.
 */
public interface CacheListener {

	/**
	 * A cache is used for the first time.
	 * @param cache the name of the cache
	 */
	default void opened(String cache) {
	}

	/**
	 * An entry answered a call.
	 * @param cache the name of the cache
	 */
	default void hit(String cache) {
	}

	/**
	 * No entry answered a call.
	 * @param cache the name of the cache
	 * @param reason why not
	 */
	default void miss(String cache, MissReason reason) {
	}

	/**
	 * A value was loaded.
	 * @param cache the name of the cache
	 * @param duration how long it took
	 */
	default void loaded(String cache, Duration duration) {
	}

	/**
	 * A load failed.
	 * @param cache the name of the cache
	 * @param duration how long it took
	 * @param failure why
	 */
	default void loadFailed(String cache, Duration duration, Throwable failure) {
	}

	/**
	 * A call was given the lease of an entry, and loads it for all instances.
	 * @param cache the name of the cache
	 */
	default void leased(String cache) {
	}

	/**
	 * A value was stored.
	 * @param cache the name of the cache
	 * @param bytes how many bytes its entry has
	 */
	default void stored(String cache, int bytes) {
	}

	/**
	 * A call was answered with a value that is past its time to live.
	 * @param cache the name of the cache
	 * @param reason why
	 */
	default void staleServed(String cache, StaleReason reason) {
	}

	/**
	 * A value is being loaded again that still could answer calls.
	 * @param cache the name of the cache
	 * @param reason why
	 */
	default void refreshing(String cache, RefreshReason reason) {
	}

	/**
	 * A value was not loaded again in the background, because too many others are.
	 * @param cache the name of the cache
	 */
	default void refreshSkipped(String cache) {
	}

	/**
	 * A call failed because its load took longer than the cache's hard timeout. The load
	 * goes on.
	 * @param cache the name of the cache
	 */
	default void loadTimedOut(String cache) {
	}

	/**
	 * Entries were invalidated: one, those of a tag, those that match a pattern, or all.
	 * @param cache the name of the cache
	 */
	default void invalidated(String cache) {
	}

	/**
	 * A call waited for another instance's load.
	 * @param cache the name of the cache
	 * @param duration how long it waited
	 */
	default void waited(String cache, Duration duration) {
	}

	/**
	 * A loaded value was not stored, because the key was invalidated meanwhile or the
	 * lease was lost.
	 * @param cache the name of the cache
	 */
	default void storeRejected(String cache) {
	}

	/**
	 * A loaded value could not be stored. The caller has got it all the same.
	 * @param cache the name of the cache
	 * @param failure why
	 */
	default void storeFailed(String cache, Throwable failure) {
	}

	/**
	 * A call went on without the cache, because Redis did not answer.
	 * @param cache the name of the cache
	 * @param failure why
	 */
	default void bypassed(String cache, Throwable failure) {
	}

	/**
	 * A call failed, because Redis did not answer and the cache is set to fail then.
	 * @param cache the name of the cache
	 * @param failure why
	 */
	default void refused(String cache, Throwable failure) {
	}

	/**
	 * An invalidation could not be carried out and is tried again until it is. This
	 * instance serves no such entry meanwhile.
	 * @param cache the name of the cache
	 * @param failure why
	 */
	default void invalidationDeferred(String cache, Throwable failure) {
	}

	/**
	 * Every deferred invalidation of a cache has been carried out.
	 * @param cache the name of the cache
	 */
	default void invalidationsCaughtUp(String cache) {
	}

}
