package io.github.rediskit.spring;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.github.rediskit.cache.CacheListener;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Says once when something begins to go wrong with a cache and once when it is well
 * again; what happens in between is for the meters.
 */
public final class LoggingCacheListener implements CacheListener {

	private static final Log logger = LogFactory.getLog("io.github.rediskit.cache");

	private final Set<String> bypassed = ConcurrentHashMap.newKeySet();

	private final Set<String> deferred = ConcurrentHashMap.newKeySet();

	private final Set<String> notStored = ConcurrentHashMap.newKeySet();

	@Override
	public void bypassed(String cache, Throwable failure) {
		if (this.bypassed.add(cache)) {
			logger.warn("The cache '%s' is bypassed while Redis does not answer: %s".formatted(cache,
					failure.getMessage()));
		}
	}

	@Override
	public void refused(String cache, Throwable failure) {
		if (this.bypassed.add(cache)) {
			logger.warn("Calls of the cache '%s' fail while Redis does not answer (on-failure: closed): %s"
				.formatted(cache, failure.getMessage()));
		}
	}

	@Override
	public void hit(String cache) {
		if (!this.bypassed.isEmpty() && this.bypassed.remove(cache)) {
			logger.info("The cache '%s' answers again".formatted(cache));
		}
	}

	@Override
	public void storeFailed(String cache, Throwable failure) {
		if (this.notStored.add(cache)) {
			logger.warn("A value of the cache '%s' could not be stored; further failures are not logged: %s"
				.formatted(cache, failure.getMessage()));
		}
	}

	@Override
	public void invalidationDeferred(String cache, Throwable failure) {
		if (this.deferred.add(cache)) {
			logger.warn("Invalidations of the cache '%s' are repeated until Redis confirms them: %s".formatted(cache,
					failure.getMessage()));
		}
	}

	@Override
	public void invalidationsCaughtUp(String cache) {
		if (this.deferred.remove(cache)) {
			logger.info("Every invalidation of the cache '%s' has been carried out".formatted(cache));
		}
	}

}
