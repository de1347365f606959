package io.github.rediskit.lock;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Looks every {@value #TICK_MILLIS} ms at all locks that are held or waited for, as long
 * as there are any. No timer is set for one of them: most are released long before it
 * would fire.
 */
final class LockWatch implements Runnable, AutoCloseable {

	static final long TICK_MILLIS = 10;

	private final Set<Watched> watched = ConcurrentHashMap.newKeySet();

	private final AtomicBoolean ticking = new AtomicBoolean();

	private final LockSources sources;

	private final ScheduledThreadPoolExecutor timer;

	LockWatch(LockSources sources) {
		this.sources = sources;
		this.timer = new ScheduledThreadPoolExecutor(1, (task) -> {
			Thread thread = new Thread(task, "rediskit-lock-watch");
			thread.setDaemon(true);
			return thread;
		});
		this.timer.setRemoveOnCancelPolicy(true);
	}

	void add(Watched one) {
		this.watched.add(one);
		if (!this.ticking.get() && this.ticking.compareAndSet(false, true)) {
			later(this, TICK_MILLIS);
		}
	}

	void remove(Watched one) {
		this.watched.remove(one);
	}

	Set<Watched> watched() {
		return this.watched;
	}

	void later(Runnable task, long millis) {
		try {
			this.timer.schedule(task, millis, TimeUnit.MILLISECONDS);
		}
		catch (RejectedExecutionException ex) {
			// the application is stopping: leases end by themselves
		}
	}

	@Override
	public void run() {
		try {
			look();
		}
		finally { // whatever happens: nothing else renews what is held
			again();
		}
	}

	private void look() {
		long now = this.sources.nanoTime();
		for (Watched one : this.watched) {
			try {
				one.look(now);
			}
			catch (RuntimeException ex) {
				// the others are to be looked at all the same; this one is the next time
			}
		}
	}

	private void again() {
		if (!this.watched.isEmpty()) {
			later(this, TICK_MILLIS);
			return;
		}
		this.ticking.set(false);
		if (!this.watched.isEmpty() && this.ticking.compareAndSet(false, true)) { // came
																					// in
																					// between
			later(this, TICK_MILLIS);
		}
	}

	@Override
	public void close() {
		this.timer.shutdownNow();
	}

	/**
	 * What is looked at.
	 */
	interface Watched {

		/**
		 * Does what is due.
		 * @param now the time
		 */
		void look(long now);

	}

}
