package io.github.rediskit.messaging;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Whether a message is tried again.
 */
@FunctionalInterface
public interface Retries {

	/**
	 * Decides about a message that could not be handled.
	 * @param attempts how often it was delivered by now, at least 1
	 * @param failure why it could not be handled the last time
	 * @return after which time it is tried again; {@code null} to give it up
	 */
	@Nullable Duration after(long attempts, Throwable failure);

}
