package io.github.rediskit.cache;

/**
 * Another instance has been loading the value for longer than this cache's callers wait,
 * or too many loads have been running without Redis for so long, and the cache is set to
 * fail then instead of loading, too.
 */
public class CacheWaitException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	CacheWaitException(String message) {
		super(message);
	}

}
