/**
 * Fills the empty database.
 */
package io.github.rediskit.sample.seed;
