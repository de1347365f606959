package io.github.rediskit.spring;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import io.github.rediskit.cache.CacheListener;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Says once when something begins to go wrong with a cache and once when it is well
 * again; what happens in between is for the meters.
 */
public final class LoggingCacheListener implements CacheListener {

	private static final Log logger = LogFactory.getLog("io.github.rediskit.cache");

	private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

	private final Map<String, Long> troubleLogged = new ConcurrentHashMap<>();

	private final LongSupplier nanoTime = System::nanoTime;

	private final Set<String> deferred = ConcurrentHashMap.newKeySet();

	private final Set<String> notStored = ConcurrentHashMap.newKeySet();

	@Override
	public void bypassed(String cache, Throwable failure) {
		if (isNews(cache)) {
			logger.warn("Calls of the cache '%s' go on without it: %s".formatted(cache, failure.getMessage()));
		}
	}

	@Override
	public void refused(String cache, Throwable failure) {
		if (isNews(cache)) {
			logger.warn("Calls of the cache '%s' fail while Redis does not answer (on-failure: closed): %s"
				.formatted(cache, failure.getMessage()));
		}
	}

	/** Once a minute and cache: the rest is for the meters. */
	private boolean isNews(String cache) {
		long now = this.nanoTime.getAsLong();
		Long last = this.troubleLogged.get(cache);
		return (last == null || now - last > QUIET_NANOS)
				&& !Long.valueOf(now).equals(this.troubleLogged.put(cache, now));
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
