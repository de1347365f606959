package io.github.rediskit.ratelimit;

import io.github.rediskit.key.KeyId;

/**
 * A call that asks.
 *
 * @param policy its policy
 * @param id who or what is limited
 * @param cost what it costs, at least 1
 */
record RateLimitRequest(RateLimitPolicy policy, KeyId id, long cost) {
}
