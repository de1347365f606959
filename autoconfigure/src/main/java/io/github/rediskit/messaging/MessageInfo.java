package io.github.rediskit.messaging;

/**
 * What is known of a message beside what it says.
 *
 * @param name the stream or queue
 * @param group the group that handles it
 * @param id the message's id, which stays the same when it is delayed or replayed
 * @param recordId the id of the record in Redis that carries it
 * @param attempt how often it has been delivered, this time included
 */
public record MessageInfo(String name, String group, String id, String recordId, long attempt) {
}
