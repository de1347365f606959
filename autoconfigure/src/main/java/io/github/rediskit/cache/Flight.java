package io.github.rediskit.cache;

import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * One load under way in this JVM, which several callers share.
 *
 * @param <V> the type of the value
 */
final class Flight<V> {

	private final Thread leader = Thread.currentThread();

	private final CompletableFuture<Landing<V>> landing = new CompletableFuture<>();

	/** Whether this thread leads it: then to wait for it would be for ever. */
	boolean isLedByCurrentThread() {
		return this.leader == Thread.currentThread();
	}

	void land(@Nullable Landing<V> landing, @Nullable Throwable failure) {
		if (landing != null) {
			this.landing.complete(landing);
		}
		else {
			this.landing.completeExceptionally((failure != null) ? failure : new IllegalStateException("No landing"));
		}
	}

	/**
	 * How it ended. Each caller gets a future of its own, which it may time out.
	 * @return completed with the landing, or with the load's exception
	 */
	CompletableFuture<Landing<V>> landing() {
		return this.landing.copy();
	}

	/**
	 * How a load ended.
	 *
	 * @param <V> the type of the value
	 * @param value the value
	 * @param outdated whether the value may be of before an invalidation: those who
	 * joined should ask again
	 */
	record Landing<V>(@Nullable V value, boolean outdated) {
	}

}
