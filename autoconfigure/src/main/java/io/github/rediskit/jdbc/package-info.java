/**
 * Guards of tables: only the newest holder of a lock changes what it protects.
 */
@NullMarked
package io.github.rediskit.jdbc;

import org.jspecify.annotations.NullMarked;
