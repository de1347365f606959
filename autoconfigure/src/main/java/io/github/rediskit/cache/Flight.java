package io.github.rediskit.cache;

import java.util.concurrent.CompletableFuture;

import io.github.rediskit.cache.Lookup.Miss;
import org.jspecify.annotations.Nullable;

/**
 * One load under way in this JVM, which several callers share.
 *
 * @param <V> the type of the value
 */
final class Flight<V> {

	private volatile @Nullable Thread leader;

	private final CompletableFuture<Landing<V>> landing = new CompletableFuture<>();

	private volatile boolean withoutLease;

	private volatile long startedAt;

	/**
	 * Creates a flight.
	 * @param leader the thread in which it loads, or {@code null} if that is not known
	 */
	Flight(@Nullable Thread leader) {
		this.leader = leader;
	}

	void startedAt(long nanos) {
		this.startedAt = nanos;
	}

	long startedAt() {
		return this.startedAt;
	}

	/** From now on it loads in this thread. */
	void ledByCurrentThread() {
		this.leader = Thread.currentThread();
	}

	/** Whether this thread leads it: then to wait for it would be for ever. */
	boolean isLedByCurrentThread() {
		return this.leader == Thread.currentThread();
	}

	/** Its loader begins now, and no store will tell whether its value is outdated. */
	void beginWithoutLease() {
		this.withoutLease = true;
	}

	/** Whether an invalidation elsewhere, before this moment, may go unnoticed by it. */
	boolean isBlind() {
		return this.withoutLease;
	}

	void land(Landing<V> landing) {
		this.landing.complete(landing);
	}

	/**
	 * How it ended. Each caller gets a future of its own, which it may time out.
	 * @return completed with the landing
	 */
	CompletableFuture<Landing<V>> landing() {
		return this.landing.copy();
	}

	/**
	 * How a load ended.
	 *
	 * @param <V> the type of the value
	 * @param value the value
	 * @param failure what the loader threw, exactly; {@code null} if it did not
	 * @param outdated whether it may be of before an invalidation: those who joined
	 * should ask again
	 * @param generations the generations before the load
	 */
	record Landing<V>(@Nullable V value, @Nullable Throwable failure, boolean outdated, Generations generations) {

		static <V> Landing<V> of(@Nullable V value) {
			return new Landing<>(value, null, false, Generations.UNKNOWN);
		}

		static <V> Landing<V> failed(Throwable failure) {
			return new Landing<>(null, failure, false, Generations.UNKNOWN);
		}

		/** For the leader only: those who joined must ask again. */
		static <V> Landing<V> ofLeader(@Nullable V value) {
			return new Landing<>(value, null, true, Generations.UNKNOWN);
		}

		/** Whether it is of before an invalidation that a caller has seen. */
		boolean isOutdatedFor(Miss<V> miss) {
			return this.outdated || this.generations.differFrom(miss.generations());
		}

	}

}
