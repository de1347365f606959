package io.github.rediskit.cache;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

import io.github.rediskit.cache.Entries.Written;
import io.github.rediskit.cache.EntryHeader.TagStamp;
import io.github.rediskit.key.KeyId;
import io.github.rediskit.script.RedisReplyException;
import org.jspecify.annotations.Nullable;

/**
 * The right to store one entry, as long as nothing happens to it: an invalidation, a put
 * or a store ends it.
 *
 * @param <V> the type of the value
 */
final class Lease<V> {

	/** So that a database that is down is not asked by everybody all the time. */
	static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);

	private final Entries<V> entries;

	private final CacheRegion region;

	private final KeyId id;

	private final byte[] token;

	private final byte[] generation;

	private final byte @Nullable [] tagEpoch;

	/**
	 * Creates a lease that has been granted.
	 * @param entries turns values into entries
	 * @param region the cache
	 * @param id the key
	 * @param token by which Redis knows it
	 * @param generation the cache's generation before the load
	 * @param tagEpoch the epoch of the tags before the load, if it was read
	 */
	Lease(Entries<V> entries, CacheRegion region, KeyId id, byte[] token, byte[] generation,
			byte @Nullable [] tagEpoch) {
		this.entries = entries;
		this.region = region;
		this.id = id;
		this.token = token;
		this.generation = generation;
		this.tagEpoch = tagEpoch;
	}

	CompletionStage<Boolean> renew() {
		return this.region.store().renew(this.id, this.token, this.region.settings().loading().lease());
	}

	/**
	 * Gives it back.
	 * @param pause for how long callers with an old value should not try again
	 * @return whether it was still held
	 */
	CompletionStage<Boolean> release(Duration pause) {
		return this.region.store().release(this.id, this.token, pause);
	}

	/**
	 * Stores a value. A failure to store is told to the listeners only.
	 * @param loaded the value
	 * @param loadTime how long it took to load
	 * @return completed with what became of it
	 */
	CompletionStage<Outcome> store(Loaded<V> loaded, Duration loadTime) {
		if (loaded.problem() != null) {
			this.region.listener().storeFailed(this.region.name(), loaded.problem());
		}
		if (loaded.problem() != null || this.entries.ttlOf(loaded).isZero() || this.region.isInDoubt(this.id)
				|| this.region.isPending(this.id)) {
			return CompletableFuture.completedStage(Outcome.NOT_STORED);
		}
		return loaded.tags().isEmpty() ? store(loaded, loadTime, List.of()) : storeTagged(loaded, loadTime);
	}

	/**
	 * Stores a value, or gives the lease back if the value is not to be stored.
	 * @return completed with whether the value may be outdated: a lease that was lost
	 * says so
	 */
	CompletionStage<Boolean> storeOrRelease(Loaded<V> loaded, Duration loadTime) {
		return store(loaded, loadTime).exceptionallyCompose((failure) -> notStored(CallerThread.unwrapped(failure)))
			.thenCompose((outcome) -> (outcome == Outcome.NOT_STORED) ? releaseQuietly(Duration.ZERO)
					: CompletableFuture.completedStage(outcome == Outcome.REJECTED));
	}

	/**
	 * Gives it back.
	 * @return completed with whether it was lost before
	 */
	CompletionStage<Boolean> releaseQuietly(Duration pause) {
		return release(pause).handle((held, failure) -> Boolean.FALSE.equals(held));
	}

	private CompletionStage<Outcome> storeTagged(Loaded<V> loaded, Duration loadTime) {
		if (loaded.tags().size() > EntryHeader.MOST_TAGS) {
			return notStored(new IllegalArgumentException("A value of the cache '%s' has %d tags; there may be %d"
				.formatted(this.region.name(), loaded.tags().size(), EntryHeader.MOST_TAGS)));
		}
		if (this.tagEpoch == null) { // the first tag ever: the next load is prepared
			this.region.tags().expect();
			return CompletableFuture.completedStage(Outcome.NOT_STORED);
		}
		return this.region.tags()
			.stamps(loaded.tags(), this.tagEpoch)
			.handleAsync((stamps, failure) -> (failure != null) ? notStored(CallerThread.unwrapped(failure))
					: store(loaded, loadTime, stamps), this.region.services().executor())
			.thenCompose(Function.identity());
	}

	private CompletionStage<Outcome> store(Loaded<V> loaded, Duration loadTime, Optional<List<TagStamp>> tags) {
		if (tags.isPresent()) {
			return store(loaded, loadTime, tags.get());
		}
		this.region.listener().storeRejected(this.region.name());
		return release(Duration.ZERO).handle((held, failure) -> Outcome.REJECTED);
	}

	private CompletionStage<Outcome> store(Loaded<V> loaded, Duration loadTime, List<TagStamp> tags) {
		Written written;
		try {
			written = this.entries.written(this.id, loaded, loadTime, this.generation, tags);
		}
		catch (RuntimeException ex) {
			return notStored(ex);
		}
		this.region.keepGeneration(written.kept());
		return this.region.store()
			.store(this.id, this.token, written.entry(), written.kept())
			.handle((accepted, failure) -> outcome(accepted, failure, written.entry().length));
	}

	private CompletionStage<Outcome> notStored(Throwable failure) {
		this.region.listener().storeFailed(this.region.name(), failure);
		return CompletableFuture.completedStage(Outcome.NOT_STORED);
	}

	private Outcome outcome(@Nullable Boolean accepted, @Nullable Throwable failure, int bytes) {
		if (failure != null) {
			Throwable cause = CallerThread.unwrapped(failure);
			this.region.listener().storeFailed(this.region.name(), cause);
			// a server without memory for the entry can still drop the lease
			return (cause instanceof RedisReplyException) ? Outcome.NOT_STORED : Outcome.UNKNOWN;
		}
		if (!Boolean.TRUE.equals(accepted)) {
			this.region.listener().storeRejected(this.region.name());
			return Outcome.REJECTED;
		}
		this.region.listener().stored(this.region.name(), bytes);
		return Outcome.STORED;
	}

	/**
	 * What became of a value that was to be stored.
	 */
	enum Outcome {

		/** It is stored. */
		STORED,

		/** It may be outdated: the lease has ended. */
		REJECTED,

		/** It could not, or should not, be stored. The lease is still held. */
		NOT_STORED,

		/** Redis did not answer. */
		UNKNOWN

	}

}
