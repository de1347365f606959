package io.github.rediskit.messaging;

/**
 * How the messages of one listener are handled, and how many may wait for it.
 *
 * @param concurrency how many of its channels are handled at one time; those of one
 * channel are handled one after the other
 * @param queueCapacity how many messages may wait
 * @param queueBytes how many bytes the waiting messages may have together; a single one
 * may have more
 * @param overflow which message goes if there are more
 */
public record ListenerSettings(int concurrency, int queueCapacity, long queueBytes, ListenerOverflow overflow) {

}
