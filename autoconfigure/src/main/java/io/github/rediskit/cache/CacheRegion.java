package io.github.rediskit.cache;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

import io.github.rediskit.key.KeyId;
import io.github.rediskit.key.KeySpace;
import io.github.rediskit.script.RedisGateway;
import org.jspecify.annotations.Nullable;

/**
 * What all caches of one name share, whatever the type of their values: settings, entries
 * and invalidation.
 */
final class CacheRegion {

	private static final Duration GENERATION_KEPT_EVERY = Duration.ofHours(1);

	private final String name;

	private final CacheSettings settings;

	private final RedisEntryStore store;

	private final Services services;

	private final InvalidationBacklog backlog;

	private final LoadLimit loadsWithoutRedis;

	private final List<SingleFlight<?>> flights = new CopyOnWriteArrayList<>();

	private volatile Duration longestEntry;

	private volatile @Nullable Long generationKeptAt;

	CacheRegion(String name, CacheSettings settings, Services services) {
		this.name = name;
		this.settings = settings;
		this.services = services;
		this.store = new RedisEntryStore(services.redis(), services.keys(), name, services.sources());
		this.loadsWithoutRedis = new LoadLimit(settings.loading().maxLoadsWithoutRedis(),
				settings.loading().waitTimeout());
		this.longestEntry = settings.lifetime().ttl().compareTo(settings.lifetime().nullTtl()) > 0
				? settings.lifetime().ttl() : settings.lifetime().nullTtl();
		this.backlog = new InvalidationBacklog(services.timer(), this.store::remove,
				() -> this.store.rotateGeneration(this.longestEntry),
				() -> services.listener().invalidationsCaughtUp(name));
	}

	String name() {
		return this.name;
	}

	CacheSettings settings() {
		return this.settings;
	}

	RedisEntryStore store() {
		return this.store;
	}

	Services services() {
		return this.services;
	}

	CacheListener listener() {
		return this.services.listener();
	}

	/** Whether an invalidation of the entry is still to be carried out. */
	boolean isInDoubt(KeyId id) {
		return this.backlog.concerns(id);
	}

	/**
	 * Whether an invalidation of the entry waits for the end of the caller's transaction:
	 * then what it loads is nobody else's, and nobody else's is good enough for it.
	 */
	boolean isPending(KeyId id) {
		return this.services.transactions().concerns(this.name, id);
	}

	/** Whether the entry will be removed at the end of the caller's transaction. */
	boolean deferInvalidation(KeyId id) {
		return this.services.transactions().defer(this.name, id, () -> confirmed(id, this.store.remove(id)));
	}

	/**
	 * Goes on without Redis, if the cache is set so.
	 * @param failure why Redis is of no use
	 * @throws CacheUnavailableException if the cache is not set so
	 */
	void goOnWithoutRedis(Throwable failure) {
		if (this.settings.loading().onFailure() == CacheSettings.OnFailure.OPEN) {
			listener().bypassed(this.name, failure);
			return;
		}
		listener().refused(this.name, failure);
		throw new CacheUnavailableException("The cache '%s' fails while Redis does not answer (on-failure: closed): %s"
			.formatted(this.name, failure.getMessage()), failure);
	}

	/** How many loads may run at once that no lease keeps from running everywhere. */
	LoadLimit loadsWithoutRedis() {
		return this.loadsWithoutRedis;
	}

	<V> SingleFlight<V> newFlights() {
		SingleFlight<V> result = new SingleFlight<>();
		this.flights.add(result);
		return result;
	}

	CompletionStage<byte[]> startGeneration() {
		return this.store.startGeneration(this.longestEntry);
	}

	/** The cache's generation, made now if there is none. */
	CompletionStage<byte[]> generation() {
		return this.store.generation()
			.thenCompose(
					(current) -> (current != null) ? CompletableFuture.completedStage(current) : startGeneration());
	}

	/** Makes sure that the cache's generation outlives an entry that is to be stored. */
	void keepGeneration(Duration ttl) {
		long now = this.services.sources().nanoTime().getAsLong();
		boolean longer = ttl.compareTo(this.longestEntry) > 0;
		if (longer) {
			this.longestEntry = ttl;
		}
		Long keptAt = this.generationKeptAt;
		if (longer || keptAt == null || now - keptAt > GENERATION_KEPT_EVERY.toNanos()) {
			this.generationKeptAt = now;
			this.store.keepGeneration(this.longestEntry);
		}
	}

	/**
	 * Removes an entry, now or at the end of the caller's transaction. No later caller
	 * joins a load that began before: neither one that began before this call, nor one
	 * that began before Redis carried it out.
	 */
	CompletionStage<Boolean> invalidate(KeyId id) {
		return deferInvalidation(id) ? CompletableFuture.completedStage(false) : confirmed(id, this.store.remove(id));
	}

	/** Removes an entry as soon as Redis answers again. */
	CompletionStage<Boolean> invalidateLater(KeyId id, Throwable failure) {
		return confirmed(id, CompletableFuture.failedStage(failure));
	}

	/** Replaces an entry; if that is in doubt, the old one is removed. */
	CompletionStage<Boolean> put(KeyId id, byte[] entry, Duration ttl) {
		keepGeneration(ttl);
		return confirmed(id, this.store.put(id, entry, ttl));
	}

	private CompletionStage<Boolean> confirmed(KeyId id, CompletionStage<?> change) {
		this.flights.forEach((flight) -> flight.detach(id));
		return change.handle((ignored, failure) -> {
			if (failure != null) {
				this.backlog.add(id);
				listener().invalidationDeferred(this.name, CallerThread.unwrapped(failure));
			}
			this.flights.forEach((flight) -> flight.detach(id));
			return failure == null;
		});
	}

	CompletionStage<Boolean> invalidateAll() {
		return this.services.transactions().defer(this.name, null, this::invalidateAllNow)
				? CompletableFuture.completedStage(false) : invalidateAllNow();
	}

	private CompletionStage<Boolean> invalidateAllNow() {
		this.flights.forEach(SingleFlight::detachAll);
		return this.store.rotateGeneration(this.longestEntry).handle((ignored, failure) -> {
			if (failure != null) {
				this.backlog.addAll();
				listener().invalidationDeferred(this.name, CallerThread.unwrapped(failure));
			}
			this.flights.forEach(SingleFlight::detachAll);
			return failure == null;
		});
	}

	/**
	 * What all caches of the application share.
	 *
	 * @param redis the connection of the caches
	 * @param keys where their keys lie
	 * @param listener is told what happens
	 * @param sources time, chance and identity
	 * @param signals wakes those who wait
	 * @param timer runs short steps later
	 * @param executor runs the steps of asynchronous calls
	 * @param transactions the transactions of the callers
	 */
	record Services(RedisGateway redis, KeySpace keys, CacheListener listener, Sources sources, StoredSignals signals,
			ScheduledExecutorService timer, Executor executor, Transactions transactions) {
	}

}
