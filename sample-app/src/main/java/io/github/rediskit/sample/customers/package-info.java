/**
 * What the shop remembers of a customer for a while, in plain structures of Redis.
 */
package io.github.rediskit.sample.customers;
