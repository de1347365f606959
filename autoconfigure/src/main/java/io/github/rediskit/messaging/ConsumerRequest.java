package io.github.rediskit.messaging;

import io.github.rediskit.setting.InvalidSettingException;

/**
 * Asks for messages of a stream or a queue.
 *
 * @param id names the consumer in this application, in logs and to stop it
 * @param name the stream or the queue
 * @param group the group, among whose consumers the messages are shared
 * @param consumer its name in Redis, of which there must be one only
 * @param concurrency how many calls of the handler there may be at once
 * @param batchSize how many messages one call gets at most
 * @param ackMode when messages are acknowledged
 * @param startFrom where the group begins if it does not exist
 * @param settings of the stream or queue
 * @param retries whether messages are tried again
 * @param handler handles messages
 */
public record ConsumerRequest(String id, String name, String group, String consumer, int concurrency, int batchSize,
		AckMode ackMode, StartFrom startFrom, MessageSettings settings, Retries retries, MessageHandler handler) {

	private static final int MOST_TOGETHER = 1_000;

	public ConsumerRequest {
		if (concurrency < 1 || concurrency > MOST_TOGETHER) {
			throw new InvalidSettingException("concurrency", "is " + concurrency,
					"Write how many messages are handled at once, from 1 to 1000.");
		}
		if (batchSize < 1 || batchSize > MOST_TOGETHER) {
			throw new InvalidSettingException("batchSize", "is " + batchSize,
					"Write how many messages a batch has at most, from 1 to 1000.");
		}
	}

}
