package io.github.rediskit.cache;

/**
 * A call waited longer for a load than its cache's settings say. The load goes on, and
 * its value answers later calls.
 */
public class CacheLoadTimeoutException extends RuntimeException {

	/**
	 * Creates the exception.
	 * @param message which cache it is and how long the call waited
	 */
	public CacheLoadTimeoutException(String message) {
		super(message);
	}

}
