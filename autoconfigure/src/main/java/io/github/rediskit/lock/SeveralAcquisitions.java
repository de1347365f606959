package io.github.rediskit.lock;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

import io.github.rediskit.lock.LockNotAcquiredException.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Acquires several locks that one script may not have, one after the other in the order
 * of their keys, which is the same for everybody. Gives back what it has if it does not
 * get the next one in time.
 */
final class SeveralAcquisitions extends CompletableFuture<HeldLock> {

	private final LockSources sources;

	private final LockWishes wishes;

	private final Begin begin;

	private final Deadline deadline;

	private final Queue<LockWish> wanted;

	private final Map<LockKey, HeldLock> had = new HashMap<>();

	private @Nullable CompletableFuture<HeldLock> current;

	private boolean over;

	SeveralAcquisitions(LockSources sources, LockWishes wishes, long waitNanos, Begin begin) {
		this.sources = sources;
		this.wishes = wishes;
		this.wanted = new ArrayDeque<>(wishes.inOrder());
		this.begin = begin;
		this.deadline = new Deadline(sources.nanoTime(), waitNanos);
	}

	/** Asks for the next one, or is done. */
	void next() {
		LockWish next;
		synchronized (this) {
			next = this.wanted.poll();
		}
		if (next == null) {
			acquiredAll();
			return;
		}
		long now = this.sources.nanoTime();
		if (this.deadline.isOver(now)) {
			completeExceptionally(new LockNotAcquiredException(next.request().name(), Reason.HELD,
					this.deadline + " together with others", null));
			return;
		}
		CompletableFuture<HeldLock> acquisition = this.begin.begin(next, Math.max(0, this.deadline.left(now)));
		synchronized (this) {
			this.current = acquisition;
		}
		acquisition.whenComplete((lock, failure) -> acquired(next.key(), lock, failure));
		if (isOver()) {
			acquisition.cancel(false);
		}
	}

	/** Unless one was lost while the rest was waited for. */
	private void acquiredAll() {
		String lost = lost();
		if (lost != null) {
			completeExceptionally(new LockNotAcquiredException(lost, Reason.HELD,
					": it was lost before the others were acquired", null));
		}
		else if (ends()) {
			super.complete(together());
		}
		else {
			giveBack();
		}
	}

	private synchronized @Nullable String lost() {
		return this.had.values().stream().filter((lock) -> !lock.isHeld()).findFirst().map(HeldLock::name).orElse(null);
	}

	private void acquired(LockKey key, @Nullable HeldLock lock, @Nullable Throwable failure) {
		if (lock == null) {
			completeExceptionally((failure != null) ? failure : new IllegalStateException("No lock"));
			return;
		}
		synchronized (this) {
			this.had.put(key, lock);
		}
		if (isOver()) {
			giveBack();
		}
		else {
			next();
		}
	}

	private synchronized HeldLock together() {
		return new SeveralLocks(this.wishes.keys().stream().map(this.had::get).toList());
	}

	private void giveBack() {
		List<HeldLock> locks;
		CompletableFuture<HeldLock> last;
		synchronized (this) {
			locks = List.copyOf(this.had.values());
			this.had.clear();
			last = this.current;
		}
		if (last != null) {
			last.cancel(false);
		}
		locks.forEach(HeldLock::release);
	}

	private synchronized boolean ends() {
		boolean first = !this.over;
		this.over = true;
		return first;
	}

	private synchronized boolean isOver() {
		return this.over;
	}

	/** Who hears that it got nothing finds nothing held by itself. */
	private boolean endsInVain() {
		boolean first = ends();
		if (first) {
			giveBack();
		}
		return first;
	}

	/** By somebody else, who wants the locks no more. */
	@Override
	public boolean complete(HeldLock other) {
		return endsInVain() && super.complete(other);
	}

	@Override
	public boolean completeExceptionally(Throwable failure) {
		return endsInVain() && super.completeExceptionally(failure);
	}

	@Override
	public boolean cancel(boolean mayInterruptIfRunning) {
		return endsInVain() && super.cancel(mayInterruptIfRunning);
	}

	/**
	 * Begins to acquire a lock.
	 */
	interface Begin {

		CompletableFuture<HeldLock> begin(LockWish wish, long waitNanos);

	}

}
