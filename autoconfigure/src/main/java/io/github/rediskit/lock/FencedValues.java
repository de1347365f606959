package io.github.rediskit.lock;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Values in Redis that only the newest holder of a lock can change: whoever comes with a
 * smaller fence than the one before is refused. Who changes a value by what it was, reads
 * it with the fence, too; otherwise an older holder, who has not noticed that it is one,
 * can still write between that read and the write.
 */
public interface FencedValues {

	/**
	 * Writes a value, unless somebody with a larger fence has written or read it.
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
	 * Reads a value under a lock. From then on smaller fences are refused.
	 * @param name the name of the value
	 * @param key which of the values of that name
	 * @param ttl how long value and fence are kept
	 * @param fence the fence of the lock under which it is read
	 * @return completed with the value, if there is one; failed with a
	 * {@link LockLostException} if somebody with a larger fence has written or read it
	 */
	CompletionStage<Optional<byte[]>> read(String name, Object key, Duration ttl, long fence);

	/**
	 * Reads a value without a lock.
	 * @param name the name of the value
	 * @param key which of the values of that name
	 * @return completed with the value, if there is one
	 */
	CompletionStage<Optional<byte[]>> read(String name, Object key);

}
