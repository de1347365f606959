/**
 * Leaderboards, and who is alive.
 */
@NullMarked
package io.github.rediskit.structures;

import org.jspecify.annotations.NullMarked;
