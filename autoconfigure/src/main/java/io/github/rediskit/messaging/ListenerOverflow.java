package io.github.rediskit.messaging;

/**
 * Which message goes if a listener's queue is full. Redis can't be told to wait: it would
 * close the connection of a subscriber that reads too slowly.
 */
public enum ListenerOverflow {

	/** The one that has waited longest: what is new counts. */
	DROP_OLDEST,

	/** The one that has just come: what was begun is finished. */
	DROP_NEWEST

}
