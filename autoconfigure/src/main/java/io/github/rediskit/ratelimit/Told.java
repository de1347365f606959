package io.github.rediskit.ratelimit;

/**
 * Who asked, and is told once what came of it, on any thread. A stage for each who has a
 * part in an answer would be work for the I/O thread, of which all callers have one.
 */
interface Told {

	void answered(Answer answer);

	void failed(Throwable failure);

	/**
	 * Whoever may have to wait for long hears that nobody waits any more.
	 * @param end what is done then
	 */
	default void whenGivenUp(Runnable end) {
	}

}
