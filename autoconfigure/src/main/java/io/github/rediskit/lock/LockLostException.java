package io.github.rediskit.lock;

/**
 * A lock is not held any more, although what it protects has not ended.
 */
public class LockLostException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String lock;

	/**
	 * Creates the exception.
	 * @param lock the name of the lock
	 * @param problem the end of a sentence that begins with "The lock …"
	 */
	public LockLostException(String lock, String problem) {
		super("The lock '%s' %s".formatted(lock, problem));
		this.lock = lock;
	}

	/**
	 * The lock.
	 * @return its name
	 */
	public String lock() {
		return this.lock;
	}

}
