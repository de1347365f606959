package io.github.rediskit.messaging;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * Receives the messages of a stream or queue and has them handled. It can be started
 * while Redis is away, and after it was stopped.
 */
public interface MessageConsumer {

	/**
	 * Asks for messages from now on.
	 */
	void start();

	/**
	 * Asks for no more messages. Those that are being handled are handled to their end,
	 * and acknowledged; those that nobody began with are left to others.
	 * @param grace how long that may take. Then the handlers are interrupted
	 * @return completed when everything has ended
	 */
	CompletionStage<?> stop(Duration grace);

	/**
	 * Whether it was started and not stopped.
	 * @return whether it asks for messages
	 */
	boolean isRunning();

	/**
	 * Whether the calling thread is one in which it handles a message. Who waits there
	 * for a stop waits for himself.
	 * @return whether it is
	 */
	boolean isHandling();

	/**
	 * How its group was when last asked for, some seconds ago at most.
	 * @return the figures; zeros as long as nothing is known
	 */
	GroupStatus status();

}
