/**
 * Lua scripts, and the narrow seam through which the features reach Redis.
 */
@NullMarked
package io.github.rediskit.script;

import org.jspecify.annotations.NullMarked;
