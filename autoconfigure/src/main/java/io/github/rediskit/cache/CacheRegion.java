package io.github.rediskit.cache;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.github.rediskit.cache.CacheSettings.Lifetime;
import io.github.rediskit.key.KeyGlob;
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

	private final RedisTags tags;

	private final MatchingInvalidation matching;

	private final Services services;

	private final InvalidationBacklog backlog;

	private final LoadLimit loadsWithoutRedis;

	private final BackgroundLoads background;

	private final List<SingleFlight<?>> flights = new CopyOnWriteArrayList<>();

	private volatile Duration longestEntry;

	private volatile @Nullable Long generationKeptAt;

	CacheRegion(String name, CacheSettings settings, Services services) {
		this.name = name;
		this.settings = settings;
		this.services = services;
		this.store = new RedisEntryStore(services.redis(), services.keys(), name, services.sources(), services.clock());
		this.tags = new RedisTags(services.redis(), this.store, services.keys(), name, services.sources(),
				this::longestEntry);
		this.matching = new MatchingInvalidation(services.redis(), this.store, services.keys(), name,
				services.sources());
		this.background = services.backgrounds().get();
		this.loadsWithoutRedis = new LoadLimit(settings.loading().maxLoadsWithoutRedis(),
				settings.loading().waitTimeout());
		this.longestEntry = longest(settings.lifetime());
		this.backlog = new InvalidationBacklog(services.timer(), this.store::remove,
				() -> this.store.rotateGeneration(this.longestEntry),
				() -> services.listener().invalidationsCaughtUp(name));
	}

	private static Duration longest(Lifetime lifetime) {
		Duration value = lifetime.ttl().plus(lifetime.stale());
		return (value.compareTo(lifetime.nullTtl()) > 0) ? value : lifetime.nullTtl();
	}

	private Duration longestEntry() {
		return this.longestEntry;
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

	RedisTags tags() {
		return this.tags;
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
		return this.services.transactions().defer(this.name, id, () -> remove(id));
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

	/** A call does not wait for its load any more, and has no old value. */
	CacheLoadTimeoutException timedOut(Duration patience) {
		listener().loadTimedOut(this.name);
		return new CacheLoadTimeoutException(
				"A load of the cache '%s' takes more than %d ms; it goes on in the background".formatted(this.name,
						patience.toMillis()));
	}

	/** Loads for which no caller waits, or not to the end. */
	BackgroundLoads background() {
		return this.background;
	}

	/** How many loads may run at once that no lease keeps from running everywhere. */
	LoadLimit loadsWithoutRedis() {
		return this.loadsWithoutRedis;
	}

	<V> SingleFlight<V> newFlights() {
		SingleFlight<V> result = new SingleFlight<>(this.services.sources().nanoTime(),
				this.settings.loading().loadTimeout());
		this.flights.add(result);
		return result;
	}

	/** Starts those of the generations that there are not. */
	CompletionStage<Generations> started(Generations known) {
		byte[] cache = known.cache();
		byte[] tags = known.tags();
		boolean tagsMissing = this.tags.areExpected() && tags == null;
		if (cache != null && !tagsMissing) {
			return CompletableFuture.completedStage(known);
		}
		CompletionStage<byte[]> current = (cache != null) ? CompletableFuture.completedStage(cache)
				: this.store.startGeneration(this.longestEntry);
		return tagsMissing ? current.thenCombine(this.tags.startEpoch(), Generations::new)
				: current.thenApply((generation) -> new Generations(generation, tags));
	}

	/** The generations that an entry must be of that is made now. */
	CompletionStage<Generations> generations() {
		return this.store.generations(this.tags.epochKeyIfExpected()).thenCompose(this::started);
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
		return deferInvalidation(id) ? CompletableFuture.completedStage(false) : remove(id);
	}

	private CompletionStage<Boolean> remove(KeyId id) {
		listener().invalidated(this.name);
		return confirmed(id, this.store.remove(id));
	}

	/** Removes an entry as soon as Redis answers again. */
	CompletionStage<Boolean> invalidateLater(KeyId id, Throwable failure) {
		return confirmed(id, CompletableFuture.failedStage(failure));
	}

	/** Replaces an entry; if that is in doubt, the old one is removed. */
	CompletionStage<Boolean> put(KeyId id, byte[] entry, Duration ttl) {
		keepGeneration(ttl);
		return confirmed(id, this.store.put(id, entry, ttl).thenRun(() -> listener().stored(this.name, entry.length)));
	}

	private CompletionStage<Boolean> confirmed(KeyId id, CompletionStage<?> change) {
		forgetLoads(id);
		return change.handle((ignored, failure) -> {
			if (failure != null) {
				this.backlog.add(id);
				listener().invalidationDeferred(this.name, CallerThread.unwrapped(failure));
			}
			forgetLoads(id);
			return failure == null;
		});
	}

	/** A load that began before a change that has been stored is nobody's to join. */
	void forgetLoads(KeyId id) {
		this.flights.forEach((flight) -> flight.detach(id));
	}

	CompletionStage<Boolean> invalidateAll() {
		return invalidateMany(() -> this.store.rotateGeneration(this.longestEntry), SingleFlight::detachAll)
			.whenComplete((confirmed, failure) -> this.generationKeptAt = null);
	}

	CompletionStage<Boolean> invalidateTag(String tag) {
		return invalidateMany(() -> this.tags.invalidate(tag), SingleFlight::detachAll);
	}

	CompletionStage<Boolean> invalidateMatching(KeyGlob glob) {
		return glob.matchesEverything() ? invalidateAll()
				: invalidateMany(() -> this.matching.remove(glob), (flights) -> flights.detachIf(glob::matches));
	}

	/**
	 * Invalidates more than one entry, now or at the end of the caller's transaction. If
	 * that is in doubt, all are.
	 */
	private CompletionStage<Boolean> invalidateMany(Supplier<CompletionStage<?>> change,
			Consumer<SingleFlight<?>> detach) {
		return this.services.transactions().defer(this.name, null, () -> invalidateManyNow(change, detach))
				? CompletableFuture.completedStage(false) : invalidateManyNow(change, detach);
	}

	private CompletionStage<Boolean> invalidateManyNow(Supplier<CompletionStage<?>> change,
			Consumer<SingleFlight<?>> detach) {
		listener().invalidated(this.name);
		this.flights.forEach(detach);
		return change.get().handle((ignored, failure) -> {
			if (failure != null) {
				this.backlog.addAll();
				listener().invalidationDeferred(this.name, CallerThread.unwrapped(failure));
			}
			this.flights.forEach(detach);
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
	 * @param clock the server's time
	 * @param signals wakes those who wait
	 * @param timer runs short steps later
	 * @param executor runs the steps of asynchronous calls
	 * @param loadThreads where the loads of asynchronous calls start
	 * @param backgrounds makes what a cache loads in the background: the loads of one
	 * hold up none of another
	 * @param transactions the transactions of the callers
	 */
	record Services(RedisGateway redis, KeySpace keys, CacheListener listener, Sources sources, ServerClock clock,
			StoredSignals signals, ScheduledExecutorService timer, Executor executor, LoadThreads loadThreads,
			Supplier<BackgroundLoads> backgrounds, Transactions transactions) {

	}

}
