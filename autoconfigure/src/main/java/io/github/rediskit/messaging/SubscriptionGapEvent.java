package io.github.rediskit.messaging;

import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

/**
 * Published messages may have been missed: what a listener knows from messages may be out
 * of date, and has to be asked for again. It is told to the application when the
 * subscriptions are active again, so that nothing falls between the question and the next
 * message, and as an application event where the application has Spring's.
 *
 * @param connection the name of the connection
 * @param cause why messages may have been missed
 * @param listener the id of the listener whose messages were dropped; {@code null} if it
 * was the connection, and so concerns all its listeners
 * @param channels the channels in question, as they were subscribed
 * @param patterns the patterns in question, as they were subscribed
 * @param since the last moment at which everything was known to be well
 * @param until the moment from which on messages are received again
 * @param dropped how many messages were dropped; 0 if nobody knows how many were missed
 */
public record SubscriptionGapEvent(String connection, Cause cause, @Nullable String listener, Set<String> channels,
		Set<String> patterns, Instant since, Instant until, long dropped) {

	public SubscriptionGapEvent {
		channels = Set.copyOf(channels);
		patterns = Set.copyOf(patterns);
	}

	@Override
	public String toString() {
		return "Messages of %s may have been missed on the connection '%s' between %s and %s".formatted(topics(),
				this.connection, this.since, this.until)
				+ ((this.listener != null) ? ": %d dropped for the listener '%s'".formatted(this.dropped, this.listener)
						: "");
	}

	private Set<String> topics() {
		Set<String> topics = new TreeSet<>(this.channels);
		topics.addAll(this.patterns);
		return topics;
	}

	/**
	 * Why messages may have been missed.
	 */
	public enum Cause {

		/**
		 * The subscriptions were not active: the connection was lost, or Redis was away
		 * when the application started.
		 */
		INTERRUPTED,

		/** A listener was too slow, and its queue was full. */
		OVERFLOW

	}

}
