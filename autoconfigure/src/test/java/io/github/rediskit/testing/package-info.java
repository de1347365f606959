/**
 * Real Redis servers for tests: alone, as replica, cluster, Sentinel trio, with TLS, with
 * restricted users, and behind a faulty network.
 */
@NullMarked
package io.github.rediskit.testing;

import org.jspecify.annotations.NullMarked;
