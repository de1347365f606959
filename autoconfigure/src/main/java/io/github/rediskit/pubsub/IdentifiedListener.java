package io.github.rediskit.pubsub;

/**
 * A listener that has an id.
 */
interface IdentifiedListener {

	String listenerId();

}
