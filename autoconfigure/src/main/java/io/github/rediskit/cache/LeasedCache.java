package io.github.rediskit.cache;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

import io.github.rediskit.cache.Entries.Written;
import io.github.rediskit.cache.Flight.Landing;
import io.github.rediskit.cache.Lookup.Hit;
import io.github.rediskit.cache.Lookup.Miss;
import io.github.rediskit.cache.Lookup.Old;
import io.github.rediskit.cache.RedisEntryStore.Reading;
import io.github.rediskit.key.KeyGlob;
import io.github.rediskit.key.KeyId;
import io.github.rediskit.script.RedisUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * A cache whose loads hold leases: the only place that decides whether a call is answered
 * with what is cached, loads, or goes without the cache. A hit is one read. A load is
 * shared by all callers of this JVM, one of which leads a {@link LeasedLoad}.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class LeasedCache<K, V> implements ReadThroughCache<K, V> {

	private final CacheRegion region;

	private final Entries<V> entries;

	private final SingleFlight<V> flights;

	private final @Nullable HotKeys<V> hotKeys;

	LeasedCache(CacheRegion region, EntryFormat<V> format) {
		this.region = region;
		this.entries = new Entries<>(region, format);
		this.flights = region.newFlights();
		this.hotKeys = hotKeys();
	}

	private @Nullable HotKeys<V> hotKeys() {
		CacheSettings.Lifetime lifetime = this.region.settings().lifetime();
		if (lifetime.refreshAhead() == 0) {
			return null;
		}
		long period = Math.max(20, Math.min(1000, lifetime.ttl().toMillis() / 20));
		HotKeys<V> keys = new HotKeys<>(lifetime.refreshAhead(), Duration.ofMillis(period),
				this.region.services().background()::inContext);
		try {
			this.region.services()
				.timer()
				.scheduleWithFixedDelay(() -> refreshAhead(keys), period, period, TimeUnit.MILLISECONDS);
		}
		catch (RejectedExecutionException ex) {
			// the application is stopping
		}
		return keys;
	}

	@Override
	public @Nullable V get(K key, Function<? super K, ? extends @Nullable V> loader) {
		try {
			return get(KeyId.of(key), () -> CompletableFuture.completedStage(Loaded.of(loader.apply(key))));
		}
		catch (RuntimeException | Error ex) {
			throw ex;
		}
		catch (Throwable ex) {
			throw new IllegalStateException("A loader without checked exceptions threw one", ex);
		}
	}

	@Override
	public CompletionStage<@Nullable V> getAsync(K key,
			Function<? super K, ? extends CompletionStage<? extends @Nullable V>> loader) {
		KeyId id = KeyId.of(key);
		return getAsync(id, () -> loader.apply(key).thenApply((value) -> Loaded.<V>of(value)));
	}

	@Override
	public Map<K, V> getAll(Collection<K> keys,
			Function<? super Collection<K>, ? extends Map<K, ? extends @Nullable V>> loader) {
		Map<KeyId, K> byId = new LinkedHashMap<>();
		keys.forEach((key) -> byId.putIfAbsent(KeyId.of(key), key));
		try {
			Map<KeyId, @Nullable V> values = getAll(byId.keySet(),
					(missing) -> CompletableFuture.completedStage(loaded(loader, missing, byId)));
			Map<K, V> result = new LinkedHashMap<>();
			byId.forEach((id, key) -> {
				V value = values.get(id);
				if (value != null) {
					result.put(key, value);
				}
			});
			return result;
		}
		catch (RuntimeException | Error ex) {
			throw ex;
		}
		catch (Throwable ex) {
			throw new IllegalStateException("A loader without checked exceptions threw one", ex);
		}
	}

	/** What was not asked for is not taken. */
	private Map<KeyId, Loaded<V>> loaded(
			Function<? super Collection<K>, ? extends Map<K, ? extends @Nullable V>> loader, Set<KeyId> missing,
			Map<KeyId, K> byId) {
		Map<K, ? extends @Nullable V> values = loader
			.apply(missing.stream().map((id) -> Objects.requireNonNull(byId.get(id))).toList());
		Map<KeyId, Loaded<V>> result = new LinkedHashMap<>();
		values.forEach((key, value) -> result.put(KeyId.of(key), Loaded.of(value)));
		result.keySet().retainAll(missing);
		return result;
	}

	@Override
	public Optional<V> getIfPresent(K key) {
		return Optional.ofNullable(look(KeyId.of(key)).value());
	}

	@Override
	public void put(K key, V value) {
		joinQuietly(putAsync(KeyId.of(key), Loaded.of(value)));
	}

	@Override
	public void invalidate(K key) {
		invalidate(KeyId.of(key));
	}

	@Override
	public void invalidateAll() {
		joinQuietly(this.region.invalidateAll());
	}

	/**
	 * Prepares loads for values that have tags: without that the first of them is not
	 * stored.
	 */
	public void expectTags() {
		this.region.tags().expect();
	}

	@Override
	public void invalidateTag(String tag) {
		joinQuietly(this.region.invalidateTag(tag));
	}

	@Override
	public void invalidateMatching(String glob) {
		joinQuietly(this.region.invalidateMatching(KeyGlob.of(glob)));
	}

	/**
	 * The value of a key, loaded in this thread if need be.
	 * @param id the key
	 * @param loader what loads the value; it may be called later, in another thread, to
	 * load the value again
	 * @return the value
	 * @throws Throwable what the loader threw
	 */
	public @Nullable V get(KeyId id, Loader<V> loader) throws Throwable {
		if (this.region.isPending(id)) {
			CallerThread alone = caller();
			return valueOf(alone.await(loadAlone(id, loader, alone)));
		}
		Lookup<V> found = lookUp(id);
		if (found instanceof Hit<V> hit) {
			return valueOf(hit, id, loader);
		}
		CallerThread caller = caller();
		return valueOf(caller.await(answer(id, found, loader, caller, true)));
	}

	private CallerThread caller() {
		return new CallerThread(this.region.services().executor());
	}

	private @Nullable V valueOf(Hit<V> hit, KeyId id, Loader<V> loader) {
		if (this.hotKeys != null) {
			this.hotKeys.hit(id, hit.header(), loader);
		}
		return hit.value();
	}

	private static <V> @Nullable V valueOf(Landing<V> landing) throws Throwable {
		if (landing.failure() != null) {
			throw landing.failure();
		}
		return landing.value();
	}

	/**
	 * The value of a key, without blocking.
	 * @param id the key
	 * @param loader what starts the load; it may be called later to load the value again
	 * @return completed with the value
	 */
	public CompletionStage<@Nullable V> getAsync(KeyId id, Loader<V> loader) {
		Executor executor = this.region.services().executor();
		Loader<V> inContext = this.region.services().background().inContext(loader);
		// a transaction is bound to its thread
		CompletionStage<Landing<V>> end = this.region.isPending(id) ? loadAlone(id, inContext, executor)
				: lookUpAndLoad(id, this.region.services().loadThreads().in(inContext), executor, true);
		return end.thenCompose(
				(landing) -> (landing.failure() != null) ? CompletableFuture.<@Nullable V>failedStage(landing.failure())
						: CompletableFuture.completedStage(landing.value()));
	}

	/**
	 * The values of several keys. What is not cached is loaded in one go, in this thread.
	 * @param ids the keys
	 * @param loader what loads values; it may be called later, in another thread, to load
	 * values again
	 * @return the value of each key, {@code null} if there is none
	 * @throws Throwable what the loader threw
	 */
	public Map<KeyId, @Nullable V> getAll(Collection<KeyId> ids, BatchLoader<V> loader) throws Throwable {
		CallerThread caller = caller();
		Map<KeyId, Landing<V>> landings = caller
			.await(new BatchCall<>(this.entries, this.region, this.flights, loader, caller).answer(ids));
		return valuesOf(landings, ids);
	}

	private static <V> Map<KeyId, @Nullable V> valuesOf(Map<KeyId, Landing<V>> landings, Collection<KeyId> ids)
			throws Throwable {
		Map<KeyId, @Nullable V> result = new LinkedHashMap<>();
		for (KeyId id : ids) {
			result.put(id, valueOf(Objects.requireNonNull(landings.get(id))));
		}
		return result;
	}

	/**
	 * The values of several keys, without blocking.
	 * @param ids the keys
	 * @param loader what starts the load; it may be called later to load values again
	 * @return completed with the value of each key, {@code null} if there is none
	 */
	public CompletionStage<Map<KeyId, @Nullable V>> getAllAsync(Collection<KeyId> ids, BatchLoader<V> loader) {
		Executor executor = this.region.services().executor();
		BatchLoader<V> inContext = this.region.services().background().inContext(loader);
		BatchLoader<V> elsewhere = this.region.services().loadThreads().in(inContext);
		BatchLoader<V> either = (missing) -> missing.stream().anyMatch(this.region::isPending) ? inContext.load(missing)
				: elsewhere.load(missing);
		return new BatchCall<>(this.entries, this.region, this.flights, either, executor).answer(ids)
			.thenCompose((landings) -> {
				try {
					return CompletableFuture.completedStage(valuesOf(landings, ids));
				}
				catch (Throwable ex) {
					return CompletableFuture.failedStage(ex);
				}
			});
	}

	/**
	 * Removes an entry.
	 * @param id the key
	 */
	public void invalidate(KeyId id) {
		joinQuietly(this.region.invalidate(id));
	}

	/**
	 * What is cached, without loading.
	 * @param id the key
	 * @return what was found
	 */
	public Look<V> look(KeyId id) {
		return new Look<>(this, id, this.region.isPending(id) ? Entries.outOfReach() : lookUp(id));
	}

	/**
	 * What is cached, without loading or blocking.
	 * @param id the key
	 * @return completed with what was found
	 */
	public CompletionStage<Look<V>> lookAsync(KeyId id) {
		CompletionStage<Lookup<V>> lookup = this.region.isPending(id)
				? CompletableFuture.completedStage(Entries.outOfReach())
				: lookUp(id, this.region.services().executor(), true);
		return lookup.thenApply((found) -> new Look<>(this, id, found));
	}

	/**
	 * The right to store what a caller is going to load.
	 * @param own whether nobody else must have it, too
	 */
	CompletionStage<StoreTicket<V>> ticket(KeyId id, Generations seen, boolean own) {
		return this.region.started(seen)
			.thenCompose((generations) -> this.region.store()
				.ticket(id, this.region.services().sources().ticket(), this.region.settings().loading().loadTimeout(),
						own)
				.thenApply((token) -> ticket(id, token, generations)))
			.exceptionally((failure) -> {
				this.region.listener().bypassed(this.region.name(), CallerThread.unwrapped(failure));
				return noTicket(id);
			});
	}

	StoreTicket<V> noTicket(KeyId id) {
		return ticket(id, null, Generations.UNKNOWN);
	}

	private StoreTicket<V> ticket(KeyId id, byte @Nullable [] token, Generations generations) {
		byte[] generation = generations.cache();
		Lease<V> lease = (token != null && generation != null)
				? new Lease<>(this.entries, this.region, id, token, generation, generations.tags()) : null;
		return new StoreTicket<>(this.region, id, lease);
	}

	/**
	 * Announces that a caller is going to change what is cached. It ends every load that
	 * is under way and every announcement before, so of several callers at most the last
	 * stores its value.
	 * @param id the key
	 * @return completed with the right to store the new value
	 */
	public CompletionStage<StoreTicket<V>> announceUpdate(KeyId id) {
		byte[] token = this.region.services().sources().update();
		CompletionStage<?> taken = this.region.store()
			.takeLease(id, token, this.region.settings().loading().loadTimeout());
		return this.region.generations()
			.thenCombine(taken, (generations, ignored) -> ticket(id, token, generations))
			.exceptionally((failure) -> noTicket(id));
	}

	/**
	 * Replaces an entry, without blocking. A value that can't be written removes the old
	 * one, and so does one that is put within a transaction, when that is committed.
	 * @param id the key
	 * @param value the new value
	 * @return completed with whether Redis has confirmed it; else the removal is repeated
	 */
	public CompletionStage<Boolean> putAsync(KeyId id, Loaded<V> value) {
		if (this.region.deferInvalidation(id)) {
			return CompletableFuture.completedStage(false);
		}
		if (this.entries.ttlOf(value).isZero()) {
			return this.region.invalidate(id);
		}
		return this.region.generations().handleAsync((generations, failure) -> {
			byte[] generation = (generations != null) ? generations.cache() : null;
			if (generation == null) {
				return this.region.invalidateLater(id, CallerThread.unwrapped(failure));
			}
			Written written;
			try {
				written = this.entries.written(id, value, Duration.ZERO, generation, List.of());
			}
			catch (RuntimeException ex) {
				this.region.listener().storeFailed(this.region.name(), ex);
				return this.region.invalidate(id);
			}
			return this.region.put(id, written.entry(), written.kept());
		}, this.region.services().executor()).thenCompose(Function.identity());
	}

	private Lookup<V> lookUp(KeyId id) {
		try {
			return this.entries.noted(id, CallerThread.join(this.entries.examine(id, CallerThread.join(read(id)))));
		}
		catch (Throwable ex) {
			return withoutRedis(ex);
		}
	}

	private CompletionStage<Landing<V>> lookUpAndLoad(KeyId id, Loader<V> loader, Executor executor,
			boolean firstTime) {
		return lookUp(id, executor, firstTime).thenCompose((found) -> (found instanceof Hit<V> hit)
				? CompletableFuture.completedStage(Landing.of(valueOf(hit, id, loader)))
				: answer(id, found, loader, executor, firstTime));
	}

	/** A call that looks again has been counted. */
	private CompletionStage<Lookup<V>> lookUp(KeyId id, Executor executor, boolean firstTime) {
		return read(id).thenComposeAsync((reading) -> this.entries.examine(id, reading), executor)
			.handleAsync((found, failure) -> (failure != null) ? withoutRedis(CallerThread.unwrapped(failure))
					: firstTime ? this.entries.noted(id, found) : found, executor);
	}

	/** An entry that is to be invalidated is as good as out of reach. */
	private CompletionStage<Reading> read(KeyId id) {
		return this.region.isInDoubt(id)
				? CompletableFuture.failedStage(
						new RedisUnavailableException("Redis has not confirmed an invalidation of this entry", null))
				: this.entries.read(id);
	}

	private Lookup<V> withoutRedis(Throwable failure) {
		Miss<V> nothing = Entries.outOfReach();
		this.region.listener().miss(this.region.name(), nothing.reason());
		this.region.goOnWithoutRedis(failure);
		return nothing;
	}

	/**
	 * An old value answers the call, if it may, and else is what is left if the load
	 * fails.
	 */
	private CompletionStage<Landing<V>> answer(KeyId id, Lookup<V> found, Loader<V> loader, Executor executor,
			boolean firstTime) {
		if (!(found instanceof Old<V> old)) {
			return inTime(null, (Miss<V>) found, id, loader, executor, firstTime);
		}
		if (old.age() == Age.STALE) {
			refreshInBackground(id, old, loader);
			this.region.listener().staleServed(this.region.name(), StaleReason.REVALIDATING);
			return CompletableFuture.completedStage(Landing.of(old.value()));
		}
		if (old.age() == Age.EARLY) {
			return refreshEarly(id, old, loader, executor);
		}
		return inTime(old, old.miss(), id, loader, executor, firstTime).thenApply((landing) -> orOld(landing, old));
	}

	/** Whoever is not alone in this JVM has its answer. */
	private CompletionStage<Landing<V>> refreshEarly(KeyId id, Old<V> old, Loader<V> loader, Executor executor) {
		Duration patience = this.region.settings().loading().patience(true);
		Flight<V> mine = patience.isZero() ? newFlight(executor) : new Flight<>(null);
		if (this.flights.startOrJoin(id, mine) != mine) {
			return CompletableFuture.completedStage(Landing.of(old.value()));
		}
		return patience.isZero() ? refresh(mine, id, old, loader, executor)
				: leadInTime(mine, old, patience, id, old.miss(), loader, executor)
					.thenApply((landing) -> orOld(landing, old));
	}

	private CompletionStage<Landing<V>> refresh(Flight<V> flight, KeyId id, Old<V> old, Loader<V> loader,
			Executor executor) {
		return lead(flight, id, old.miss(), loader, executor, old).thenApply((landing) -> orOld(landing, old));
	}

	/** What is no exception but an error is nothing to be glossed over. */
	private Landing<V> orOld(Landing<V> landing, Old<V> old) {
		if (!(landing.failure() instanceof Exception)) {
			return landing;
		}
		if (old.age() == Age.LAST_RESORT) {
			this.region.listener().staleServed(this.region.name(), StaleReason.LOAD_FAILED);
		}
		return Landing.of(old.value());
	}

	/** One load per key and JVM; the caller has its answer. */
	private void refreshInBackground(KeyId id, Old<V> old, Loader<V> loader) {
		Flight<V> mine = new Flight<>(null);
		if (this.flights.startOrJoin(id, mine) != mine) {
			return;
		}
		CompletableFuture<Landing<V>> started = this.region.services().background().start((executor) -> {
			mine.ledByCurrentThread();
			return refresh(mine, id, old, loader, executor);
		});
		if (started == null) {
			this.region.listener().refreshSkipped(this.region.name());
			this.flights.detach(id, mine);
			mine.land(Landing.ofLeader(old.value()));
		}
	}

	private void refreshAhead(HotKeys<V> keys) {
		ServerClock clock = this.region.services().clock();
		for (HotKeys.Hot<V> hot : keys.due(clock.millis())) {
			read(hot.id())
				.thenComposeAsync((reading) -> this.entries.examine(hot.id(), reading),
						this.region.services().executor())
				.thenAccept((found) -> {
					if (found instanceof Hit<V> hit && keys.isDue(hit.header(), clock.millis())) {
						refreshInBackground(hot.id(), this.entries.ahead(hit), hot.loader());
					}
					else if (found instanceof Old<V> old) {
						refreshInBackground(hot.id(), old, hot.loader());
					}
				});
		}
	}

	/**
	 * Waits no longer for a load than the cache's settings say. It then needs a thread of
	 * its own, in which it goes on.
	 */
	private CompletionStage<Landing<V>> inTime(@Nullable Old<V> old, Miss<V> miss, KeyId id, Loader<V> loader,
			Executor executor, boolean firstTime) {
		Duration patience = this.region.settings().loading().patience(old != null);
		if (patience.isZero()) {
			return load(id, miss, loader, executor, firstTime, old);
		}
		Flight<V> mine = new Flight<>(null);
		Flight<V> flight = this.flights.startOrJoin(id, mine);
		return (flight == mine) ? leadInTime(mine, old, patience, id, miss, loader, executor)
				// to wait takes no thread
				: inTime(join(flight, id, miss, loader, executor, firstTime), old, patience, executor);
	}

	private CompletionStage<Landing<V>> leadInTime(Flight<V> mine, @Nullable Old<V> old, Duration patience, KeyId id,
			Miss<V> miss, Loader<V> loader, Executor executor) {
		if (!(executor instanceof CallerThread)) {
			return inTime(lead(mine, id, miss, loader, executor, old), old, patience, executor);
		}
		CompletionStage<Landing<V>> load = this.region.services().background().start((background) -> {
			mine.ledByCurrentThread();
			return lead(mine, id, miss, loader, background, old);
		});
		return (load != null) ? inTime(load, old, patience, executor)
				: withoutBackground(mine, old, patience, id, miss, loader, executor);
	}

	private CompletionStage<Landing<V>> inTime(CompletionStage<Landing<V>> load, @Nullable Old<V> old,
			Duration patience, Executor executor) {
		return load.toCompletableFuture()
			.copy()
			.orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
			.exceptionallyAsync((failure) -> (CallerThread.unwrapped(failure) instanceof TimeoutException)
					? tooSlow(old, patience) : Landing.failed(CallerThread.unwrapped(failure)), executor);
	}

	/** An old value must do; where there is none the caller's thread loads. */
	private CompletionStage<Landing<V>> withoutBackground(Flight<V> mine, @Nullable Old<V> old, Duration patience,
			KeyId id, Miss<V> miss, Loader<V> loader, Executor executor) {
		this.region.listener().refreshSkipped(this.region.name());
		if (old == null) {
			mine.ledByCurrentThread();
			return lead(mine, id, miss, loader, executor, null);
		}
		this.flights.detach(id, mine);
		mine.land(Landing.ofLeader(old.value()));
		return CompletableFuture.completedStage(tooSlow(old, patience));
	}

	private Landing<V> tooSlow(@Nullable Old<V> old, Duration patience) {
		if (old != null) {
			if (!old.age().answers()) {
				this.region.listener().staleServed(this.region.name(), StaleReason.LOAD_SLOW);
			}
			return Landing.of(old.value());
		}
		return Landing.failed(this.region.timedOut(patience));
	}

	private static <V> Flight<V> newFlight(Executor executor) {
		return new Flight<>((executor instanceof CallerThread) ? Thread.currentThread() : null);
	}

	/**
	 * Leads a load, or joins the one under way. Who joined asks again, once, if the load
	 * may have begun before an invalidation that was over when the caller came.
	 */
	private CompletionStage<Landing<V>> load(KeyId id, Miss<V> miss, Loader<V> loader, Executor executor,
			boolean firstTime, @Nullable Old<V> old) {
		Flight<V> mine = newFlight(executor);
		Flight<V> flight = this.flights.startOrJoin(id, mine);
		return (flight == mine) ? lead(mine, id, miss, loader, executor, old)
				: join(flight, id, miss, loader, executor, firstTime);
	}

	private CompletionStage<Landing<V>> join(Flight<V> flight, KeyId id, Miss<V> miss, Loader<V> loader,
			Executor executor, boolean firstTime) {
		if (flight.isLedByCurrentThread()) { // a loader asks for what it loads
			return loadAlone(id, loader, executor);
		}
		boolean blind = flight.isBlind() && miss.reason() != MissReason.UNAVAILABLE;
		return flight.landing()
			.orTimeout(this.region.settings().loading().loadTimeout().toMillis(), TimeUnit.MILLISECONDS)
			.whenComplete((landing, timeout) -> { // also where the caller has not waited
													// so long
				if (timeout != null) {
					this.flights.detach(id, flight);
				}
			})
			.handleAsync((landing, timeout) -> {
				if (timeout != null) {
					return lookUpAndLoad(id, loader, executor, firstTime);
				}
				return (firstTime && (blind || landing.isOutdatedFor(miss)))
						? lookUpAndLoad(id, loader, executor, false) : CompletableFuture.completedStage(landing);
			}, executor)
			.thenCompose(Function.identity());
	}

	private CompletionStage<Landing<V>> lead(Flight<V> flight, KeyId id, Miss<V> miss, Loader<V> loader,
			Executor executor, @Nullable Old<V> old) {
		LeasedLoad<V> load = new LeasedLoad<>(this.entries, this.region, id, loader, executor, flight, old);
		CompletionStage<Landing<V>> landing;
		try {
			landing = (miss.reason() == MissReason.UNAVAILABLE) ? load.loadWithoutRedis() : load.begin(miss);
		}
		catch (RuntimeException | Error ex) { // whatever it is, nobody may wait for ever
			landing = CompletableFuture.failedStage(ex);
		}
		// the callers' steps go on where they belong, not on the client's I/O thread
		return landing.handleAsync((landed, failure) -> {
			Landing<V> end = (failure == null) ? landed : Landing.failed(CallerThread.unwrapped(failure));
			this.flights.detach(id, flight);
			flight.land(end);
			return end;
		}, executor);
	}

	/**
	 * For the caller only: its loader asks for the key it loads, or its transaction has
	 * changed what nobody else may see yet.
	 */
	private CompletionStage<Landing<V>> loadAlone(KeyId id, Loader<V> loader, Executor executor) {
		return new LeasedLoad<>(this.entries, this.region, id, loader, executor, new Flight<V>(null), null)
			.loadWithoutLease();
	}

	static void joinQuietly(CompletionStage<?> change) {
		try {
			CallerThread.join(change);
		}
		catch (RuntimeException | Error ex) {
			throw ex;
		}
		catch (Throwable ex) {
			throw new IllegalStateException(ex);
		}
	}

}
