/**
 * Read-through caching with leases: annotations, operations and their Redis
 * implementation.
 */
@NullMarked
package io.github.rediskit.cache;

import org.jspecify.annotations.NullMarked;
