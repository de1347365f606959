package io.github.rediskit.lock;

/**
 * How many may hold a lock at the same time.
 */
public sealed interface LockKind {

	/** One. */
	LockKind EXCLUSIVE = new Exclusive();

	/** Any number of readers, while there is no writer. */
	LockKind READ = new Read();

	/**
	 * One writer, while there is no reader. Readers who come while it waits stand behind.
	 */
	LockKind WRITE = new Write();

	/**
	 * A plain lock.
	 */
	record Exclusive() implements LockKind {
	}

	/**
	 * The reader's side of a read-write lock.
	 */
	record Read() implements LockKind {
	}

	/**
	 * The writer's side of a read-write lock.
	 */
	record Write() implements LockKind {
	}

	/**
	 * One permit of a semaphore. Everybody must name the same number.
	 *
	 * @param permits how many there are, at least 1
	 */
	record Permit(int permits) implements LockKind {

		public Permit {
			if (permits < 1) {
				throw new IllegalArgumentException(
						"A semaphore can't have %d permits. Give 1 or more".formatted(permits));
			}
		}

	}

}
