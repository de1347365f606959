package io.github.rediskit.pubsub;

/**
 * Carries what a listener's method threw out of Spring Data's callback, which has no
 * checked exceptions.
 */
final class ListenerCallException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final Throwable failure;

	ListenerCallException(Throwable failure) {
		super(failure);
		this.failure = failure;
	}

	/** What the method threw, not what was put around it. */
	static Throwable causeOf(Throwable thrown) {
		return (thrown instanceof ListenerCallException call) ? call.failure : thrown;
	}

}
