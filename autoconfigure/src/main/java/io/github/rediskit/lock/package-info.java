/**
 * Distributed locks: requests, held locks, fences, and their protocol in Redis.
 */
@NullMarked
package io.github.rediskit.lock;

import org.jspecify.annotations.NullMarked;
