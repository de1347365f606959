package io.github.rediskit.lock;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Those in this instance who wait for several locks at once, by each of these. When one
 * is released only the first of those whom it keeps out asks again.
 */
final class JointWaiters {

	private final Map<LockKey, Set<JointAcquisition>> waiting = new HashMap<>();

	synchronized void add(JointAcquisition one) {
		for (LockKey key : one.wishes().keys()) {
			this.waiting.computeIfAbsent(key, (added) -> new LinkedHashSet<>()).add(one);
		}
	}

	synchronized void remove(JointAcquisition one) {
		for (LockKey key : one.wishes().keys()) {
			this.waiting.computeIfPresent(key, (same, those) -> {
				those.remove(one);
				return those.isEmpty() ? null : those;
			});
		}
	}

	/**
	 * A lock was released, or one that was woken for it does not take it.
	 * @param key the lock
	 * @param but who knows already
	 */
	void wake(LockKey key, @Nullable JointAcquisition but) {
		for (JointAcquisition one : waitingFor(key)) {
			if (one != but && one.wakeFor(key)) {
				return;
			}
		}
	}

	synchronized List<JointAcquisition> waitingFor(LockKey key) {
		return List.copyOf(this.waiting.getOrDefault(key, Set.of()));
	}

	synchronized boolean isEmpty() {
		return this.waiting.isEmpty();
	}

}
