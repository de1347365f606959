package io.github.rediskit.lock;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * How a lock is to be held, with all that the request left open.
 *
 * @param leaseMillis how long without a sign of life
 * @param renewed whether it is renewed
 * @param atLeastNanos how long others do not get it
 * @param maxHoldNanos when renewing stops
 */
record Terms(long leaseMillis, boolean renewed, long atLeastNanos, long maxHoldNanos) {

	/** Both clocks may be wrong by that much of a lease, in parts of it. */
	private static final long DRIFT = 100;

	private static final long MARGIN_NANOS = Duration.ofMillis(50).toNanos();

	static Terms of(LockRequest request, LockSettings settings) {
		Duration lease = (request.lease() != null) ? request.lease() : settings.lease();
		Duration maxHold = (request.maxHold() != null) ? request.maxHold() : settings.maxHold();
		return new Terms(lease.toMillis(), request.renewed(), request.atLeast().toNanos(), nanos(maxHold));
	}

	private static long nanos(@Nullable Duration maxHold) {
		return ((maxHold != null) ? maxHold : LockRequest.LONGEST).toNanos();
	}

	/**
	 * For how long Redis is to keep the lock.
	 * @param atLeastUntil until when nobody else may have it
	 */
	long millis(long now, long atLeastUntil) {
		return Math.max(this.leaseMillis, (atLeastUntil - now + 999_999) / 1_000_000);
	}

	/** For how long its holder may believe that it holds a lock. */
	long validNanos() {
		long lease = this.leaseMillis * 1_000_000;
		return lease - lease / DRIFT - MARGIN_NANOS;
	}

	/** Whether a lock may go from one holder to the next without Redis. */
	boolean fits(Terms next) {
		return this.renewed && next.renewed && this.leaseMillis == next.leaseMillis && this.atLeastNanos == 0
				&& next.atLeastNanos == 0;
	}

}
