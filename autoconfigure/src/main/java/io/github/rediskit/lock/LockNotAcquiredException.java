package io.github.rediskit.lock;

import org.jspecify.annotations.Nullable;

/**
 * A lock was not acquired, so what it protects was not done.
 */
public class LockNotAcquiredException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String lock;

	private final Reason reason;

	/**
	 * Creates the exception.
	 * @param lock the name of the lock
	 * @param reason why it was not acquired
	 * @param problem the end of a sentence that begins with "The lock … was not acquired"
	 * @param cause what failed, or {@code null}
	 */
	public LockNotAcquiredException(String lock, Reason reason, String problem, @Nullable Throwable cause) {
		super("The lock '%s' was not acquired%s".formatted(lock, problem), cause);
		this.lock = lock;
		this.reason = reason;
	}

	/** The same in another stack. */
	LockNotAcquiredException(LockNotAcquiredException other) {
		super(other.getMessage(), (other.getCause() != null) ? other.getCause() : other);
		this.lock = other.lock;
		this.reason = other.reason;
	}

	/**
	 * The lock that was wanted.
	 * @return its name
	 */
	public String lock() {
		return this.lock;
	}

	/**
	 * Why it was not acquired.
	 * @return the reason
	 */
	public Reason reason() {
		return this.reason;
	}

	/**
	 * Why a lock was not acquired.
	 */
	public enum Reason {

		/** Somebody else held it all the time. */
		HELD,

		/** Redis did not answer, or refused. The cause says how. */
		UNAVAILABLE,

		/** The waiting thread was interrupted, or the stage cancelled. */
		INTERRUPTED,

		/** The application is stopping. */
		STOPPED

	}

}
