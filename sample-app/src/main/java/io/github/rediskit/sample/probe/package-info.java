/**
 * Shows from outside whether the cache or the database answered.
 */
package io.github.rediskit.sample.probe;
