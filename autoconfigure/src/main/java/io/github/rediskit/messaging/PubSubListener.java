package io.github.rediskit.messaging;

import java.time.Duration;
import java.util.function.IntSupplier;

/**
 * Told of what happens to the messages of listeners, to count it. It must be quick and
 * not throw; {@link #received} and {@link #dropped} come on a thread that must not be
 * blocked.
 */
public interface PubSubListener {

	/**
	 * A listener was added.
	 * @param listener its id
	 * @param queued says how many messages wait for it
	 */
	default void added(String listener, IntSupplier queued) {
	}

	/**
	 * A message came and waits for a listener.
	 * @param listener the listener's id
	 */
	default void received(String listener) {
	}

	/**
	 * A listener has handled a message.
	 * @param listener the listener's id
	 * @param took how long it took
	 */
	default void handled(String listener, Duration took) {
	}

	/**
	 * A listener could not handle a message.
	 * @param listener the listener's id
	 * @param took how long it took
	 */
	default void failed(String listener, Duration took) {
	}

	/**
	 * A message was dropped.
	 * @param listener the listener's id
	 * @param reason why
	 */
	default void dropped(String listener, DropReason reason) {
	}

	/**
	 * Messages may have been missed.
	 * @param event what is known about it
	 */
	default void gap(SubscriptionGapEvent event) {
	}

	/**
	 * Why a message was dropped.
	 */
	enum DropReason {

		/** The listener's queue was full. */
		OVERFLOW,

		/** The application stopped, and the time to finish was over. */
		STOPPED

	}

}
