/**
 * Settings that can't be meant.
 */
@NullMarked
package io.github.rediskit.setting;

import org.jspecify.annotations.NullMarked;
