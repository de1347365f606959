package io.github.rediskit.lock;

import java.util.List;

/**
 * What Redis said to one who asked.
 */
sealed interface Answer {

	/**
	 * It is the caller's.
	 *
	 * @param tenures what it got, one for each lock
	 */
	record Granted(List<Tenure> tenures) implements Answer {

		boolean isValid(long now) {
			for (Tenure tenure : this.tenures) {
				if (!tenure.isValid(now)) {
					return false;
				}
			}
			return true;
		}

	}

	/**
	 * Somebody else has it, or one of several.
	 *
	 * @param key the lock that is in the way
	 * @param remainingMillis for how long, unless it is renewed
	 */
	record Denied(LockKey key, long remainingMillis) implements Answer {
	}

}
