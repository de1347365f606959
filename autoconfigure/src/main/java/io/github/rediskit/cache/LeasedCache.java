package io.github.rediskit.cache;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import io.github.rediskit.cache.Flight.Landing;
import io.github.rediskit.cache.Lookup.Hit;
import io.github.rediskit.cache.Lookup.Miss;
import io.github.rediskit.cache.RedisEntryStore.Reading;
import io.github.rediskit.codec.CodecException;
import io.github.rediskit.key.KeyId;
import io.github.rediskit.script.RedisUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * A cache whose loads hold leases: the only place that decides whether a call is a hit, a
 * miss, or goes without the cache. A hit is one read. A miss is shared by all callers of
 * this JVM, one of which leads a {@link LeasedLoad}.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class LeasedCache<K, V> implements ReadThroughCache<K, V> {

	private static final byte[] NOTHING = {};

	private final CacheRegion region;

	private final EntryFormat<V> format;

	private final SingleFlight<V> flights;

	LeasedCache(CacheRegion region, EntryFormat<V> format) {
		this.region = region;
		this.format = format;
		this.flights = region.newFlights();
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
	 * The value of a key, loaded in this thread if need be.
	 * @param id the key
	 * @param loader what loads the value in this thread
	 * @return the value
	 * @throws Throwable what the loader threw
	 */
	public @Nullable V get(KeyId id, Loader<V> loader) throws Throwable {
		if (this.region.isPending(id)) {
			CallerThread alone = new CallerThread();
			return valueOf(alone.await(loadAlone(id, loader, alone)));
		}
		Lookup<V> lookup = lookUp(id);
		if (lookup instanceof Hit<V> hit) {
			return hit.value();
		}
		CallerThread caller = new CallerThread();
		return valueOf(caller.await(load(id, (Miss<V>) lookup, loader, caller, true)));
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
	 * @param loader what starts the load
	 * @return completed with the value
	 */
	public CompletionStage<@Nullable V> getAsync(KeyId id, Loader<V> loader) {
		CompletionStage<Landing<V>> end = this.region.isPending(id)
				? loadAlone(id, loader, this.region.services().executor())
				: lookUpAndLoad(id, loader, this.region.services().executor(), true);
		return end.thenCompose(
				(landing) -> (landing.failure() != null) ? CompletableFuture.<@Nullable V>failedStage(landing.failure())
						: CompletableFuture.completedStage(landing.value()));
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
		return new Look<>(this, id, this.region.isPending(id) ? nothing() : lookUp(id));
	}

	/**
	 * What is cached, without loading or blocking.
	 * @param id the key
	 * @return completed with what was found
	 */
	public CompletionStage<Look<V>> lookAsync(KeyId id) {
		CompletionStage<Lookup<V>> lookup = this.region.isPending(id) ? CompletableFuture.completedStage(nothing())
				: lookUp(id, this.region.services().executor());
		return lookup.thenApply((found) -> new Look<>(this, id, found));
	}

	CompletionStage<StoreTicket<V>> ticket(KeyId id, @Nullable Miss<V> miss) {
		StoreTicket<V> none = new StoreTicket<>(this, this.region, id, null, NOTHING);
		if (miss == null || miss.reason() == MissReason.UNAVAILABLE) {
			return CompletableFuture.completedStage(none);
		}
		byte[] known = miss.generation();
		CompletionStage<byte[]> generation = (known != null) ? CompletableFuture.completedStage(known)
				: this.region.startGeneration();
		Sources sources = this.region.services().sources();
		return generation
			.thenCompose((current) -> this.region.store()
				.ticket(id, sources.ticket(), this.region.settings().loading().loadTimeout())
				.thenApply((token) -> new StoreTicket<>(this, this.region, id, token, stamp(current))))
			.exceptionally((failure) -> {
				this.region.listener().bypassed(this.region.name(), CallerThread.unwrapped(failure));
				return none;
			});
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
		Duration ttl = ttlOf(value);
		if (ttl.isZero()) {
			return this.region.invalidate(id);
		}
		return this.region.generation().handle((generation, failure) -> {
			if (failure != null) {
				return this.region.invalidateLater(id, CallerThread.unwrapped(failure));
			}
			byte[] entry;
			try {
				entry = entry(id, value.value(), ttl, Duration.ZERO, stamp(generation));
			}
			catch (RuntimeException ex) {
				this.region.listener().storeFailed(this.region.name(), ex);
				return this.region.invalidate(id);
			}
			return this.region.put(id, entry,
					this.region.services().sources().jittered(ttl, this.region.settings().lifetime().jitter()));
		}).thenCompose(Function.identity());
	}

	private Lookup<V> lookUp(KeyId id) {
		try {
			return counted(examine(id, CallerThread.join(read(id))));
		}
		catch (Throwable ex) {
			return withoutRedis(ex);
		}
	}

	private CompletionStage<Landing<V>> lookUpAndLoad(KeyId id, Loader<V> loader, Executor executor,
			boolean firstTime) {
		return lookUp(id, executor).thenCompose((found) -> (found instanceof Hit<V> hit)
				? CompletableFuture.completedStage(new Landing<>(hit.value(), null, false, null))
				: load(id, (Miss<V>) found, loader, executor, firstTime));
	}

	private CompletionStage<Lookup<V>> lookUp(KeyId id, Executor executor) {
		return read(id).handleAsync((reading, failure) -> (failure != null)
				? withoutRedis(CallerThread.unwrapped(failure)) : counted(examine(id, reading)), executor);
	}

	/** An entry that is to be invalidated is as good as out of reach. */
	private CompletionStage<Reading> read(KeyId id) {
		return this.region.isInDoubt(id)
				? CompletableFuture.failedStage(
						new RedisUnavailableException("Redis has not confirmed an invalidation of this entry", null))
				: this.region.store().read(id);
	}

	private Lookup<V> withoutRedis(Throwable failure) {
		Lookup<V> nothing = counted(nothing());
		this.region.goOnWithoutRedis(failure);
		return nothing;
	}

	private Lookup<V> nothing() {
		return new Miss<>(MissReason.UNAVAILABLE, null, NOTHING);
	}

	/**
	 * Leads a load, or joins the one under way. Who joined asks again, once, if the load
	 * may have begun before an invalidation that was over when the caller came.
	 */
	private CompletionStage<Landing<V>> load(KeyId id, Miss<V> miss, Loader<V> loader, Executor executor,
			boolean firstTime) {
		Flight<V> mine = new Flight<>((executor instanceof CallerThread) ? Thread.currentThread() : null);
		Flight<V> flight = this.flights.startOrJoin(id, mine);
		if (flight == mine) {
			return lead(mine, id, miss, loader, executor);
		}
		if (flight.isLedByCurrentThread()) { // a loader asks for what it loads
			return loadAlone(id, loader, executor);
		}
		boolean blind = flight.isBlind() && miss.reason() != MissReason.UNAVAILABLE;
		return flight.landing()
			.orTimeout(this.region.settings().loading().loadTimeout().toMillis(), TimeUnit.MILLISECONDS)
			.handleAsync((landing, timeout) -> {
				if (timeout != null) {
					this.flights.detach(id, flight);
					return lookUpAndLoad(id, loader, executor, firstTime);
				}
				return (firstTime && (blind || landing.isOutdatedFor(miss)))
						? lookUpAndLoad(id, loader, executor, false) : CompletableFuture.completedStage(landing);
			}, executor)
			.thenCompose(Function.identity());
	}

	private CompletionStage<Landing<V>> lead(Flight<V> flight, KeyId id, Miss<V> miss, Loader<V> loader,
			Executor executor) {
		LeasedLoad<V> load = new LeasedLoad<>(this, this.region, id, loader, executor, flight);
		CompletionStage<Landing<V>> landing;
		try {
			landing = (miss.reason() == MissReason.UNAVAILABLE) ? load.loadWithoutRedis() : load.begin(miss);
		}
		catch (RuntimeException | Error ex) { // whatever it is, nobody may wait for ever
			landing = CompletableFuture.failedStage(ex);
		}
		// the callers' steps go on where they belong, not on the client's I/O thread
		return landing.handleAsync((landed, failure) -> {
			Landing<V> end = (failure == null) ? landed
					: new Landing<>(null, CallerThread.unwrapped(failure), false, null);
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
		return new LeasedLoad<>(this, this.region, id, loader, executor, new Flight<>(null)).loadWithoutLease();
	}

	private Lookup<V> counted(Lookup<V> lookup) {
		if (lookup instanceof Miss<V> miss) {
			this.region.listener().miss(this.region.name(), miss.reason());
		}
		else {
			this.region.listener().hit(this.region.name());
		}
		return lookup;
	}

	Lookup<V> examine(KeyId id, Reading reading) {
		byte[] generation = reading.generation();
		if (generation == null) {
			return new Miss<>((reading.entry() != null) ? MissReason.INVALIDATED : MissReason.ABSENT, null, NOTHING);
		}
		return (reading.entry() != null) ? examine(id, reading.entry(), generation)
				: new Miss<>(MissReason.ABSENT, generation, NOTHING);
	}

	Lookup<V> examine(KeyId id, byte[] entry, byte[] generation) {
		MissReason reason = this.format.mismatch(entry, generation);
		if (reason == null) {
			try {
				return new Hit<>(this.format.read(id, entry, EntryHeader.of(entry)));
			}
			catch (CodecException ex) {
				reason = EntryFormat.reason(ex);
			}
		}
		return new Miss<>(reason, generation, EntryHeader.beginning(entry));
	}

	byte[] stamp(byte[] generation) {
		return this.format.stamp(generation);
	}

	/** How long a value is kept: zero for not at all. */
	Duration ttlOf(Loaded<V> loaded) {
		Duration ttl = loaded.ttl();
		if (ttl != null && ttl.isZero()) {
			return ttl;
		}
		if (loaded.value() == null) {
			return this.region.settings().lifetime().nullTtl();
		}
		return (ttl != null) ? ttl : this.region.settings().lifetime().ttl();
	}

	byte[] entry(KeyId id, @Nullable V value, Duration ttl, Duration loadTime, byte[] stamp) {
		long now = this.region.services().sources().clock().millis();
		return this.format.write(id, stamp,
				new EntryHeader((byte) 0, now, loadTime.toMillis(), ttl.toMillis(), 0, 0, List.of()), value);
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
