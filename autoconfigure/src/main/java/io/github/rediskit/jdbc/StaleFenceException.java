package io.github.rediskit.jdbc;

/**
 * What a holder of a lock wanted to change was changed by a later holder, or is not
 * there.
 */
public class StaleFenceException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final long fence;

	StaleFenceException(long fence, String sql) {
		super(("No row has a fence of at most %d, so nothing was changed: a later holder of the lock has been there, or "
				+ "there is no such row [%s]")
			.formatted(fence, sql));
		this.fence = fence;
	}

	/**
	 * The fence that was refused.
	 * @return the fence of the lock under which the change was tried
	 */
	public long fence() {
		return this.fence;
	}

}
