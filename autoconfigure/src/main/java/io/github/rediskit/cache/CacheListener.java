package io.github.rediskit.cache;

import java.time.Duration;

/**
 * Is told what the caches do. Implementations must be quick and must not throw; what they
 * throw is ignored.
 */
public interface CacheListener {

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
	 * @param failure why
	 */
	default void loadFailed(String cache, Throwable failure) {
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
