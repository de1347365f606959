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

	private final LeasedCache<?, V> cache;

	private final CacheRegion region;

	private final KeyId id;

	private final byte @Nullable [] token;

	private final byte[] stamp;

	private final long start;

	StoreTicket(LeasedCache<?, V> cache, CacheRegion region, KeyId id, byte @Nullable [] token, byte[] stamp) {
		this.cache = cache;
		this.region = region;
		this.id = id;
		this.token = token;
		this.stamp = stamp;
		this.start = region.services().sources().nanoTime().getAsLong();
	}

	/**
	 * Stores the value if the ticket still stands. A failure to store is told to the
	 * listeners only.
	 * @param value what was loaded since the ticket was drawn
	 * @return completed with whether it was stored
	 */
	public CompletionStage<Boolean> store(@Nullable V value) {
		Duration loadTime = this.region.services().sources().since(this.start);
		this.region.listener().loaded(this.region.name(), loadTime);
		Duration ttl = this.cache.ttlOf(Loaded.of(value));
		if (this.token == null || ttl.isZero() || this.region.isInDoubt(this.id) || this.region.isPending(this.id)) {
			return CompletableFuture.completedStage(false);
		}
		byte[] entry;
		try {
			entry = this.cache.entry(this.id, value, ttl, loadTime, this.stamp);
		}
		catch (RuntimeException ex) {
			return CompletableFuture.completedStage(stored(null, ex));
		}
		this.region.keepGeneration(ttl);
		Duration kept = this.region.services().sources().jittered(ttl, this.region.settings().lifetime().jitter());
		return this.region.store().store(this.id, this.token, entry, kept).handle(this::stored);
	}

	private boolean stored(@Nullable Boolean accepted, @Nullable Throwable failure) {
		if (failure != null) {
			this.region.listener().storeFailed(this.region.name(), CallerThread.unwrapped(failure));
			return false;
		}
		boolean stored = Boolean.TRUE.equals(accepted);
		if (!stored) {
			this.region.listener().storeRejected(this.region.name());
		}
		return stored;
	}

}
