/**
 * Who buys most, and which shops are open.
 */
package io.github.rediskit.sample.scores;
