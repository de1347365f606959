/**
 * What happens to an order after it was placed: a stream, and a queue of e-mails.
 */
package io.github.rediskit.sample.pipeline;
