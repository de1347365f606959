package io.github.rediskit.cache;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

import io.github.rediskit.key.KeyId;

/**
 * The invalidations of one cache that Redis has not confirmed. Until it does, this
 * instance neither reads nor writes these entries; they are sent again and again, and too
 * many of them collapse into one invalidation of the whole cache. What is in the backlog
 * when the process dies is lost: then the entries' time to live is the bound.
 */
final class InvalidationBacklog {

	private static final int CAPACITY = 1000;

	private static final long RETRY_MILLIS = 250;

	/**
	 * Each with a number, so that a late answer does not confirm a newer invalidation.
	 */
	private final Map<KeyId, Long> keys = new ConcurrentHashMap<>();

	private long lastNumber;

	/** The number of an invalidation of everything; 0 for none. */
	private volatile long everything;

	private volatile boolean pending;

	private final ScheduledExecutorService timer;

	private final Function<KeyId, CompletionStage<?>> remove;

	private final Supplier<CompletionStage<?>> removeAll;

	private final Runnable caughtUp;

	InvalidationBacklog(ScheduledExecutorService timer, Function<KeyId, CompletionStage<?>> remove,
			Supplier<CompletionStage<?>> removeAll, Runnable caughtUp) {
		this.timer = timer;
		this.remove = remove;
		this.removeAll = removeAll;
		this.caughtUp = caughtUp;
	}

	/** Whether an entry must not be used. */
	boolean concerns(KeyId id) {
		return this.pending && (this.everything != 0 || this.keys.containsKey(id));
	}

	synchronized void add(KeyId id) {
		if (this.keys.size() >= CAPACITY) {
			addAll();
			return;
		}
		this.keys.put(id, ++this.lastNumber);
		startRetrying();
	}

	synchronized void addAll() {
		this.everything = ++this.lastNumber;
		startRetrying();
	}

	private void startRetrying() {
		if (!this.pending) {
			this.pending = true;
			retryLater();
		}
	}

	private void retryLater() {
		try {
			this.timer.schedule(this::retry, RETRY_MILLIS, TimeUnit.MILLISECONDS);
		}
		catch (RejectedExecutionException ex) {
			// the application is stopping
		}
	}

	private void retry() {
		long all = this.everything;
		CompletionStage<?> sent;
		try {
			sent = (all != 0) ? this.removeAll.get().thenRun(() -> confirmAll(all)) : removeKeys();
		}
		catch (RuntimeException ex) { // whatever it was: the backlog must not stand still
			sent = CompletableFuture.failedStage(ex);
		}
		sent.whenComplete((ignored, failure) -> retryLaterOrEnd());
	}

	private CompletionStage<?> removeKeys() {
		return CompletableFuture.allOf(this.keys.entrySet()
			.stream()
			.map((entry) -> remove(entry).toCompletableFuture())
			.toArray(CompletableFuture<?>[]::new));
	}

	private CompletionStage<?> remove(Map.Entry<KeyId, Long> entry) {
		KeyId id = entry.getKey();
		Long number = entry.getValue();
		return this.remove.apply(id).thenRun(() -> this.keys.remove(id, number));
	}

	private synchronized void confirmAll(long number) {
		if (this.everything == number) {
			this.everything = 0;
			this.keys.values().removeIf((earlier) -> earlier < number);
		}
	}

	private synchronized void retryLaterOrEnd() {
		if (this.everything != 0 || !this.keys.isEmpty()) {
			retryLater();
			return;
		}
		this.pending = false;
		this.caughtUp.run();
	}

}
