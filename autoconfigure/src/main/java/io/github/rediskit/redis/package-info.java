/**
 * The seam's implementation on Lettuce and Spring Data Redis, and named connections.
 */
@NullMarked
package io.github.rediskit.redis;

import org.jspecify.annotations.NullMarked;
