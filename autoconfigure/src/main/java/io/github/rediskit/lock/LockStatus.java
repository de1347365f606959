package io.github.rediskit.lock;

import java.time.Duration;

import io.github.rediskit.key.KeyId;

/**
 * A lock that this instance holds, for people to look at.
 *
 * @param name the name of the lock
 * @param id which of the locks of that name
 * @param kind how many may hold it
 * @param fence the holder's fence
 * @param heldFor how long it has been held
 * @param validFor how long it is held if it is not renewed
 * @param waiting how many wait for it in this instance
 */
public record LockStatus(String name, KeyId id, LockKind kind, long fence, Duration heldFor, Duration validFor,
		int waiting) {
}
