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
import java.util.function.Function;

import io.github.rediskit.cache.Entries.Written;
import io.github.rediskit.cache.Flight.Landing;
import io.github.rediskit.key.KeyGlob;
import io.github.rediskit.key.KeyId;
import org.jspecify.annotations.Nullable;

/**
 * A cache whose loads hold leases: all that can be asked of it, by keys or by their ids,
 * blocking or not.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class LeasedCache<K, V> implements ReadThroughCache<K, V> {

	private final CacheRegion region;

	private final Entries<V> entries;

	private final SingleFlight<V> flights;

	private final ReadThrough<V> readThrough;

	LeasedCache(CacheRegion region, EntryFormat<V> format) {
		this.region = region;
		this.entries = new Entries<>(region, format);
		this.flights = region.newFlights();
		this.readThrough = new ReadThrough<>(region, this.entries, this.flights);
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
		return valueOf(this.readThrough.get(id, loader));
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
		return this.readThrough.getAsync(id, loader)
			.thenCompose((landing) -> (landing.failure() != null)
					? CompletableFuture.<@Nullable V>failedStage(landing.failure())
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
		CallerThread caller = new CallerThread(this.region.services().executor());
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
		BatchLoader<V> inContext = this.region.background().inContext(loader);
		BatchLoader<V> elsewhere = this.region.services().loadThreads().in(inContext);
		// a transaction is bound to its thread
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
		return new Look<>(this, id, this.region.isPending(id) ? Entries.outOfReach() : this.readThrough.lookUp(id));
	}

	/**
	 * What is cached, without loading or blocking.
	 * @param id the key
	 * @return completed with what was found
	 */
	public CompletionStage<Look<V>> lookAsync(KeyId id) {
		CompletionStage<Lookup<V>> lookup = this.region.isPending(id)
				? CompletableFuture.completedStage(Entries.outOfReach()) : this.readThrough.lookUpAsync(id);
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
