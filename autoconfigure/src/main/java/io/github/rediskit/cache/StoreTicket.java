package io.github.rediskit.cache;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.github.rediskit.key.KeyId;
import org.jspecify.annotations.Nullable;

/**
 * The right to store a value that is loaded elsewhere, for callers that can't hold a
 * lease because they may never come back. It ends with the next invalidation, put or
 * store of the key, so what was read before that is not stored after it. Nobody waits for
 * its holder, and it does not keep others from loading.
 *
 * @param <V> the type of the value
 */
public final class StoreTicket<V> {

	private final CacheRegion region;

	private final KeyId id;

	private final @Nullable Lease<V> lease;

	private final long start;

	StoreTicket(CacheRegion region, KeyId id, @Nullable Lease<V> lease) {
		this.region = region;
		this.id = id;
		this.lease = lease;
		this.start = region.services().sources().nanoTime().getAsLong();
	}

	/**
	 * Whether nothing can be stored with it.
	 * @return {@code true} if so
	 */
	public boolean isVoid() {
		return this.lease == null;
	}

	/**
	 * Stores the value if the ticket still stands. A failure to store is told to the
	 * listeners only.
	 * @param loaded what was loaded since the ticket was drawn
	 * @return completed with whether it was stored
	 */
	public CompletionStage<Boolean> store(Loaded<V> loaded) {
		Duration loadTime = this.region.services().sources().since(this.start);
		this.region.listener().loaded(this.region.name(), loadTime);
		return (this.lease == null) ? CompletableFuture.completedStage(false)
				: this.lease.store(loaded, loadTime).thenApply((outcome) -> outcome == Lease.Outcome.STORED);
	}

	/**
	 * Stores the value that a change has led to, if the ticket still stands, and else
	 * removes the entry: then somebody else has changed it too, and nobody knows here
	 * which value is newer. Within a transaction the entry is removed when that is
	 * committed.
	 * @param loaded the new value
	 * @return completed with whether it was stored
	 */
	public CompletionStage<Boolean> storeOrInvalidate(Loaded<V> loaded) {
		if (this.lease == null || this.region.deferInvalidation(this.id)) {
			return invalidate();
		}
		return this.lease.store(loaded, this.region.services().sources().since(this.start)).thenCompose((outcome) -> {
			if (outcome == Lease.Outcome.STORED) {
				this.region.forgetLoads(this.id);
				return CompletableFuture.completedStage(true);
			}
			return invalidate();
		});
	}

	/**
	 * Removes the entry, because it was changed to something that is not to be kept.
	 * @return completed with {@code false}
	 */
	public CompletionStage<Boolean> invalidate() {
		return this.region.invalidate(this.id).thenApply((confirmed) -> false);
	}

	/**
	 * Ends the ticket without storing anything, because nothing was changed.
	 * @return completed when that is done, or can't be
	 */
	public CompletionStage<Boolean> giveUp() {
		return (this.lease == null) ? CompletableFuture.completedStage(false)
				: this.lease.release(Duration.ZERO).exceptionally((failure) -> false);
	}

}
