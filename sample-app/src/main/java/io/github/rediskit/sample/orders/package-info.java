/**
 * Orders: placed once, looked at often.
 */
package io.github.rediskit.sample.orders;
