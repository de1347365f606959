package io.github.rediskit.spring;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import io.github.rediskit.lock.HeldLock;

/**
 * Tells calls that the lock they run under is lost, for as long as they want to know: a
 * lock itself never forgets whom to tell, and can have any number of calls.
 */
final class LossAlarm {

	private final HeldLock lock;

	private final Set<Runnable> calls = new LinkedHashSet<>();

	private boolean set;

	private boolean lost;

	LossAlarm(HeldLock lock) {
		this.lock = lock;
	}

	/** At once if it is lost already, then in this thread. */
	void add(Runnable call) {
		boolean late;
		boolean first;
		synchronized (this) {
			late = this.lost;
			first = !this.set;
			this.set = true;
			if (!late) {
				this.calls.add(call);
			}
		}
		if (late) {
			call.run();
		}
		else if (first) {
			this.lock.onLost(this::lost);
		}
	}

	synchronized void remove(Runnable call) {
		this.calls.remove(call);
	}

	private void lost() {
		List<Runnable> calls;
		synchronized (this) {
			this.lost = true;
			calls = List.copyOf(this.calls);
			this.calls.clear();
		}
		calls.forEach(Runnable::run);
	}

}
