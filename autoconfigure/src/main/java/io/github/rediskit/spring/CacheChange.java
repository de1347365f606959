package io.github.rediskit.spring;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.github.rediskit.cache.RedisCaches;
import org.jspecify.annotations.Nullable;

/**
 * What an annotation has happen to a cache around a method that changes what is cached.
 * Each step is started in the caller's thread, in whose transaction it may be.
 */
sealed interface CacheChange permits CacheInvalidation, CacheWriteThrough {

	/**
	 * Begins, before the method runs.
	 * @param caches the caches
	 * @param call the call
	 * @return completed when the method may run
	 */
	CompletionStage<? extends Begun> begin(RedisCaches caches, Call call);

	/** Whether what comes after the method depends on what it yields. */
	boolean needsResult();

	/**
	 * The name of the cache.
	 * @return the name
	 */
	String cache();

	/**
	 * A change that has begun.
	 */
	interface Begun {

		/** There is nothing more to do. */
		Begun DONE = (result) -> CompletableFuture.completedStage(true);

		/**
		 * Ends, after the method has returned.
		 * @param result what it has yielded
		 * @return completed when that is done
		 */
		CompletionStage<?> succeed(@Nullable Object result);

		/**
		 * Ends, after the method has thrown.
		 * @return completed when that is done
		 */
		default CompletionStage<?> fail() {
			return CompletableFuture.completedStage(true);
		}

		/**
		 * Ends, after nobody wants to know how the method ends: it may have changed
		 * something.
		 * @return completed when that is done
		 */
		default CompletionStage<?> abandon() {
			return CompletableFuture.completedStage(true);
		}

	}

}
