package io.github.rediskit.lock;

import java.time.Duration;

import io.github.rediskit.key.KeyId;
import org.jspecify.annotations.Nullable;

/**
 * Which lock is wanted, and how. What is not said comes from the settings.
 *
 * @param name the name of the lock: letters, digits, {@code -}, {@code _} and {@code .}
 * @param id which of the locks of that name
 * @param kind how many may hold it
 * @param maxWait how long to wait for it; {@code null} for the default of the method that
 * is called
 * @param lease how long it is held without a sign of life; {@code null} for
 * {@code rediskit.lock.lease}
 * @param renewed whether it is held by renewing the lease until it is released; otherwise
 * it ends with the lease
 * @param atLeast how long others do not get it, even if it is released before
 * @param maxHold when renewing stops; {@code null} for {@code rediskit.lock.max-hold}
 */
public record LockRequest(String name, KeyId id, LockKind kind, @Nullable Duration maxWait, @Nullable Duration lease,
		boolean renewed, Duration atLeast, @Nullable Duration maxHold) {

	/** Shorter ones would be lost to the safety margin. */
	static final Duration SHORTEST_LEASE = Duration.ofMillis(100);

	static final Duration LONGEST = Duration.ofDays(365);

	private static final KeyId NO_KEY = KeyId.ofArguments();

	/**
	 * Checks the request.
	 * @throws IllegalArgumentException if it says what can't be meant
	 */
	public LockRequest {
		if (maxWait != null) {
			check(name, "maxWait", maxWait, Duration.ZERO);
		}
		if (lease != null) {
			check(name, "lease", lease, SHORTEST_LEASE);
		}
		else if (!renewed) {
			throw new IllegalArgumentException(
					"The lock '%s' is not renewed and has no lease. Give one of them".formatted(name));
		}
		if (maxHold != null) {
			check(name, "maxHold", maxHold, SHORTEST_LEASE);
		}
		check(name, "atLeast", atLeast, Duration.ZERO);
		if (!renewed && lease != null && atLeast.compareTo(lease) > 0) {
			throw new IllegalArgumentException(
					"The lock '%s' has an atLeast of %s, which is more than its lease of %s. Make the lease longer, or leave it out"
						.formatted(name, atLeast, lease));
		}
	}

	private static void check(String name, String what, Duration value, Duration least) {
		if (value.compareTo(least) < 0 || value.compareTo(LONGEST) > 0) {
			throw new IllegalArgumentException("The lock '%s' can't have a %s of %s. Give %d ms to %d days"
				.formatted(name, what, value, least.toMillis(), LONGEST.toDays()));
		}
	}

	/**
	 * A lock of which there is one for each key.
	 * @param name the name of the lock
	 * @param key anything of which a key can be made, such as an order's id
	 * @return the request
	 * @throws IllegalArgumentException if the key is {@code null}, or can't be one
	 */
	public static LockRequest of(String name, Object key) {
		return of(name, key, LockKind.EXCLUSIVE);
	}

	/**
	 * A lock of which there is one.
	 * @param name the name of the lock
	 * @return the request
	 */
	public static LockRequest of(String name) {
		return new LockRequest(name, NO_KEY, LockKind.EXCLUSIVE, null, null, true, Duration.ZERO, null);
	}

	/**
	 * The reader's side of a read-write lock, which has nothing to do with the plain lock
	 * of that name and key.
	 * @param name the name of the lock
	 * @param key anything of which a key can be made
	 * @return the request
	 */
	public static LockRequest read(String name, Object key) {
		return of(name, key, LockKind.READ);
	}

	/**
	 * The writer's side of a read-write lock.
	 * @param name the name of the lock
	 * @param key anything of which a key can be made
	 * @return the request
	 */
	public static LockRequest write(String name, Object key) {
		return of(name, key, LockKind.WRITE);
	}

	/**
	 * One permit of a semaphore. A permit of which no sign of life comes ends with its
	 * lease.
	 * @param name the name of the semaphore
	 * @param key anything of which a key can be made
	 * @param permits how many permits there are
	 * @return the request
	 */
	public static LockRequest permit(String name, Object key, int permits) {
		return of(name, key, new LockKind.Permit(permits));
	}

	private static LockRequest of(String name, Object key, LockKind kind) {
		if (key == null) {
			throw new IllegalArgumentException(
					"The key of the lock '%s' is null. Give what is locked, such as an id, or no key at all if the name alone is the lock"
						.formatted(name));
		}
		return new LockRequest(name, KeyId.of(key), kind, null, null, true, Duration.ZERO, null);
	}

	/**
	 * The same with a longest wait.
	 * @param maxWait how long to wait for the lock; zero for not at all
	 * @return the request
	 */
	public LockRequest withMaxWait(Duration maxWait) {
		return new LockRequest(this.name, this.id, this.kind, maxWait, this.lease, this.renewed, this.atLeast,
				this.maxHold);
	}

	/**
	 * The same with an end: the lock is not renewed, and is lost when the lease is over,
	 * less a safety margin of 1 % and 50 ms.
	 * @param lease how long it is held at most, at least 100 ms
	 * @return the request
	 */
	public LockRequest withLease(Duration lease) {
		return new LockRequest(this.name, this.id, this.kind, this.maxWait, lease, false, this.atLeast, this.maxHold);
	}

	/**
	 * The same with a lease of its own that is renewed until the lock is released: it is
	 * how soon others take over from a holder that died.
	 * @param lease how long the lock is held without a sign of life, at least 100 ms
	 * @return the request
	 */
	public LockRequest withRenewedLease(Duration lease) {
		return new LockRequest(this.name, this.id, this.kind, this.maxWait, lease, true, this.atLeast, this.maxHold);
	}

	/**
	 * The same with a shortest time for which others do not get the lock.
	 * @param atLeast from when the lock was acquired; not more than a lease that is not
	 * renewed
	 * @return the request
	 */
	public LockRequest withAtLeast(Duration atLeast) {
		return new LockRequest(this.name, this.id, this.kind, this.maxWait, this.lease, this.renewed, atLeast,
				this.maxHold);
	}

	/**
	 * The same with an end of renewing: so work that hangs does not keep the lock.
	 * @param maxHold from when the lock was acquired; the lock is lost when the lease
	 * that covers this moment ends
	 * @return the request
	 */
	public LockRequest withMaxHold(Duration maxHold) {
		return new LockRequest(this.name, this.id, this.kind, this.maxWait, this.lease, this.renewed, this.atLeast,
				maxHold);
	}

}
