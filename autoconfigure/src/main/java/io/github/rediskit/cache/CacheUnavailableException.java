package io.github.rediskit.cache;

/**
 * Redis did not answer, and the cache is set to fail then instead of loading the value
 * without it. Nothing was loaded.
 */
public class CacheUnavailableException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	CacheUnavailableException(String message, Throwable cause) {
		super(message, cause);
	}

}
