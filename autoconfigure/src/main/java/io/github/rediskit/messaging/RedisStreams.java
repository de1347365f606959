package io.github.rediskit.messaging;

import java.util.concurrent.CompletionStage;

/**
 * Streams of messages, which groups of consumers get at least once:
 * {@code @RedisStreamListener} is one. A stream keeps its messages, up to its
 * {@code max-length}, whether or not they were handled.
 */
public interface RedisStreams {

	/**
	 * Adds a message.
	 * @param stream the name of the stream
	 * @param message the message, which is written as JSON
	 * @return the record's id. Then the message is in Redis; whether it survives a crash
	 * of the server is a matter of how that is configured
	 * @throws RuntimeException if it was not added, or it is not known whether it was: a
	 * {@code RedisUnavailableException} or {@code RedisReplyException}
	 * @throws MessageTooLargeException if it is larger than messages may be
	 */
	String add(String stream, Object message);

	/**
	 * Adds a message without blocking.
	 * @param stream the name of the stream
	 * @param message the message, which is written as JSON before this returns
	 * @return the record's id
	 */
	CompletionStage<String> addAsync(String stream, Object message);

	/**
	 * Moves the dead letters of a group back to the stream, where that group, and no
	 * other one, gets them again. Those that die meanwhile stay.
	 * @param stream the name of the stream
	 * @param group the group that could not handle them
	 * @return how many were moved
	 */
	long replay(String stream, String group);

}
