package io.github.rediskit.lock;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import io.github.rediskit.lock.LockNotAcquiredException.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Acquires several locks, one after the other in the order of their keys, which is the
 * same for everybody. Gives back what it has if it does not get the next one in time.
 */
final class SeveralAcquisitions extends CompletableFuture<HeldLock> {

	private final LockSources sources;

	private final List<LockRequest> requests;

	private final Function<LockRequest, LockKey> keys;

	private final Begin begin;

	private final long start;

	private final long waitNanos;

	private final TreeMap<LockKey, LockRequest> wanted = new TreeMap<>(Comparator.naturalOrder());

	private final Map<LockKey, HeldLock> had = new HashMap<>();

	private @Nullable CompletableFuture<HeldLock> current;

	private boolean over;

	SeveralAcquisitions(LockSources sources, List<LockRequest> requests, long waitNanos,
			Function<LockRequest, LockKey> keys, Begin begin) {
		this.sources = sources;
		this.requests = List.copyOf(requests);
		this.keys = keys;
		this.begin = begin;
		this.start = sources.nanoTime();
		this.waitNanos = waitNanos;
		for (LockRequest request : this.requests) {
			LockRequest other = this.wanted.put(keys.apply(request), request);
			if (other != null && !other.equals(request)) {
				throw new IllegalArgumentException(
						"The lock '%s' is wanted twice, in different ways. Ask for it once".formatted(request.name()));
			}
		}
	}

	/** Asks for the next one, or is done. */
	void next() {
		Map.Entry<LockKey, LockRequest> next;
		synchronized (this) {
			next = this.wanted.pollFirstEntry();
		}
		if (next == null) {
			acquiredAll();
			return;
		}
		long left = this.waitNanos - (this.sources.nanoTime() - this.start);
		if (this.waitNanos > 0 && left <= 0) {
			completeExceptionally(new LockNotAcquiredException(next.getValue().name(), Reason.HELD,
					" within %d ms together with others".formatted(this.waitNanos / 1_000_000), null));
			return;
		}
		CompletableFuture<HeldLock> acquisition = this.begin.begin(next.getValue(), Math.max(0, left));
		synchronized (this) {
			this.current = acquisition;
		}
		acquisition.whenComplete((lock, failure) -> acquired(next.getKey(), lock, failure));
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
		return new SeveralLocks(this.requests.stream().map(this.keys).distinct().map(this.had::get).toList());
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

		CompletableFuture<HeldLock> begin(LockRequest request, long waitNanos);

	}

}
