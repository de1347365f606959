/**
 * Rediskit side by side with what else could be used, all in one process.
 */
@NullMarked
package io.github.rediskit.benchmark;

import org.jspecify.annotations.NullMarked;
