package io.github.rediskit.lock;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

/**
 * Values in Redis that only the newest holder of a lock can change: a write with a
 * smaller fence than the one before is refused.
 */
public interface FencedValues {

	/**
	 * Writes a value, unless somebody with a larger fence has written it.
	 * @param name the name of the value: letters, digits, {@code -}, {@code _} and
	 * {@code .}
	 * @param key which of the values of that name
	 * @param value the value
	 * @param ttl how long value and fence are kept
	 * @param fence the fence of the lock under which it is written
	 * @return completed with whether it was written
	 */
	CompletionStage<Boolean> write(String name, Object key, byte[] value, Duration ttl, long fence);

	/**
	 * Reads a value.
	 * @param name the name of the value
	 * @param key which of the values of that name
	 * @return completed with the value, {@code null} if there is none
	 */
	CompletionStage<byte @Nullable []> read(String name, Object key);

}
