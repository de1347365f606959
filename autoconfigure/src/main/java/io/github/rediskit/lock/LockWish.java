package io.github.rediskit.lock;

/**
 * A lock that somebody wants.
 *
 * @param target the lock in Redis
 * @param request what was asked for
 * @param terms how it is to be held
 */
record LockWish(LockTarget target, LockRequest request, Terms terms) {

	LockKey key() {
		return this.target.key;
	}

}
