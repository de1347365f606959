package io.github.rediskit.cache;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * How many loads of one cache may run at once: a semaphore for asynchronous flows, which
 * takes in those who wait in the order in which they came. A load that needs another one
 * of the same cache counts twice.
 */
final class LoadLimit {

	private final Deque<CompletableFuture<Boolean>> waiting = new ArrayDeque<>();

	private final Duration patience;

	private int free;

	/**
	 * Creates a limit.
	 * @param loads how many loads may run at once; 0 for any number
	 * @param patience how long others wait
	 */
	LoadLimit(int loads, Duration patience) {
		this.patience = patience;
		this.free = (loads > 0) ? loads : Integer.MAX_VALUE;
	}

	/**
	 * Asks to be let in. Whoever is let in must {@link #leave()}.
	 * @return completed with whether the load is let in, on the thread of one that leaves
	 * or of a timer
	 */
	CompletableFuture<Boolean> enter() {
		CompletableFuture<Boolean> turn = new CompletableFuture<>();
		synchronized (this) {
			if (this.free > 0) {
				this.free--;
				return CompletableFuture.completedFuture(true);
			}
			this.waiting.add(turn);
		}
		return turn.completeOnTimeout(false, this.patience.toMillis(), TimeUnit.MILLISECONDS)
			.whenComplete((entered, failure) -> forgetThoseWhoGaveUp());
	}

	/** All wait for the same time, so those who gave up are the first. */
	private synchronized void forgetThoseWhoGaveUp() {
		while (!this.waiting.isEmpty() && this.waiting.element().isDone()) {
			this.waiting.remove();
		}
	}

	void leave() {
		@Nullable CompletableFuture<Boolean> next;
		do {
			next = nextOrFree();
		}
		while (next != null && !next.complete(true)); // one may just have given up
	}

	private synchronized @Nullable CompletableFuture<Boolean> nextOrFree() {
		CompletableFuture<Boolean> next = this.waiting.poll();
		if (next == null) {
			this.free++;
		}
		return next;
	}

	synchronized int waiting() {
		return this.waiting.size();
	}

}
