package io.github.rediskit.messaging;

import java.time.Duration;

/**
 * Is told what happens to messages, by the names of streams, queues and groups, and never
 * by their ids. Implementations must be quick and must not throw; what they throw is
 * ignored.
 */
public interface ConsumerListener {

	/**
	 * A consumer was started.
	 * @param consumer which
	 * @param request what it asks for
	 */
	default void started(Source consumer, ConsumerRequest request) {
	}

	/**
	 * A consumer has stopped.
	 * @param consumer which
	 * @param left how many messages it had and did not handle, which are left to others
	 */
	default void stopped(Source consumer, long left) {
	}

	/**
	 * Messages were handled, and will be acknowledged.
	 * @param consumer by whom
	 * @param count how many
	 * @param took how long it took
	 */
	default void handled(Source consumer, int count, Duration took) {
	}

	/**
	 * A message could not be handled.
	 * @param consumer by whom
	 * @param attempt how often it was delivered by now
	 * @param failure why
	 */
	default void failed(Source consumer, long attempt, Throwable failure) {
	}

	/**
	 * A message was given up, and is a dead letter now.
	 * @param consumer by whom
	 * @param attempts how often it was delivered
	 * @param failure why it could not be handled the last time
	 */
	default void dead(Source consumer, long attempts, Throwable failure) {
	}

	/**
	 * Messages of other consumers were taken over, because these had been silent.
	 * @param consumer by whom
	 * @param count how many
	 */
	default void claimed(Source consumer, int count) {
	}

	/**
	 * Messages were removed from the stream before they were handled: it is too short.
	 * @param consumer for whom they were
	 * @param count how many
	 */
	default void lost(Source consumer, int count) {
	}

	/**
	 * The server had forgotten the group, and it was made again from the oldest message
	 * on: what is there may be handled again.
	 * @param consumer by whom
	 */
	default void madeAgain(Source consumer) {
	}

	/**
	 * Redis could not be asked. This is told once, and asked again until it works.
	 * @param consumer by whom
	 * @param failure why
	 */
	default void interrupted(Source consumer, Throwable failure) {
	}

	/**
	 * Redis could be asked again.
	 * @param consumer by whom
	 */
	default void resumed(Source consumer) {
	}

	/**
	 * How a group is, every few seconds.
	 * @param consumer who asked
	 * @param status how it is
	 * @param maxLength how long its stream or queue may be
	 */
	default void sampled(Source consumer, GroupStatus status, long maxLength) {
	}

	/**
	 * A group of which messages are asked for.
	 *
	 * @param queue whether they are those of a queue
	 * @param name the name of the stream or queue
	 * @param group the name of the group
	 * @param id names the consumer in this application
	 */
	record Source(boolean queue, String name, String group, String id) {
	}

}
