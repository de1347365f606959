/**
 * Meters of what the features tell their listeners.
 */
@NullMarked
package io.github.rediskit.metrics;

import org.jspecify.annotations.NullMarked;
