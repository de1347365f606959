/**
 * Rate limits: policies, decisions, and their exact arithmetic in Redis.
 */
@NullMarked
package io.github.rediskit.ratelimit;

import org.jspecify.annotations.NullMarked;
