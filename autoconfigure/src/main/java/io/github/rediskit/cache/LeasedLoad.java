package io.github.rediskit.cache;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import io.github.rediskit.cache.Flight.Landing;
import io.github.rediskit.cache.Lookup.Hit;
import io.github.rediskit.cache.Lookup.Miss;
import io.github.rediskit.cache.RedisEntryStore.Claim;
import io.github.rediskit.key.KeyId;
import io.github.rediskit.script.RedisReplyException;
import org.jspecify.annotations.Nullable;

/*
 * The lease protocol, after "Scaling Memcache at Facebook" (Nishtala et al., NSDI 2013).
 *
 * A miss claims a lease: a short-lived key with a random token. Of all instances one gets
 * it and loads; a store is carried out only while the lease still holds the same token. An
 * eviction drops the lease, so a value that was read from the database before the eviction
 * can't be stored after it. The lease is renewed while the load runs and so can be short:
 * when the loading process dies, another takes over after at most one lease.
 *
 * Those who wait look again when the holder signals the end of its lease, and now and then
 * by themselves, since signals can get lost.
 *
 * Whatever Redis does or fails to do, the loader runs at most once here, and what it
 * returned or threw is what the caller gets.
 */

/**
 * One caller's way from a miss to a value, on behalf of all callers in this JVM.
 *
 * @param <V> the type of the value
 */
final class LeasedLoad<V> {

	private static final long FIRST_LOOK_MILLIS = 20;

	private static final long LAST_LOOK_MILLIS = 250;

	private static final int CLAIMS_OF_UNREADABLE_ENTRIES = 2;

	private final LeasedCache<?, V> cache;

	private final CacheRegion region;

	private final KeyId id;

	private final Loader<V> loader;

	private final Executor executor;

	private final Flight<V> flight;

	private final byte[] token;

	private final long start;

	private long nextLook = FIRST_LOOK_MILLIS;

	private int unreadable;

	private @Nullable CompletableFuture<@Nullable Void> signal;

	LeasedLoad(LeasedCache<?, V> cache, CacheRegion region, KeyId id, Loader<V> loader, Executor executor,
			Flight<V> flight) {
		this.cache = cache;
		this.region = region;
		this.id = id;
		this.loader = loader;
		this.executor = executor;
		this.flight = flight;
		this.token = region.services().sources().token();
		this.start = region.services().sources().nanoTime().getAsLong();
	}

	CompletionStage<Landing<V>> begin(Miss<V> miss) {
		return claim(miss).whenComplete((landing, failure) -> forgetSignal());
	}

	private CompletionStage<Landing<V>> claim(Miss<V> miss) {
		byte[] generation = miss.generation();
		CompletionStage<byte[]> current = (generation != null) ? CompletableFuture.completedStage(generation)
				: this.region.startGeneration();
		return andThen(current, (known) -> claim(known, miss.rejected()));
	}

	private CompletionStage<Landing<V>> claim(byte[] generation, byte[] rejected) {
		byte[] stamp = this.cache.stamp(generation);
		return andThen(
				this.region.store()
					.claim(this.id, this.token, this.region.settings().loading().lease(), stamp, rejected),
				(answer) -> act(answer, generation, stamp));
	}

	private CompletionStage<Landing<V>> act(Claim answer, byte[] generation, byte[] stamp) {
		if (answer instanceof Claim.Found found) {
			Lookup<V> lookup = this.cache.examine(this.id, found.entry(), generation);
			if (lookup instanceof Hit<V> hit) {
				return landed(hit.value(), null);
			}
			boolean again = this.unreadable++ < CLAIMS_OF_UNREADABLE_ENTRIES;
			return again ? claim(generation, EntryHeader.beginning(found.entry())) : loadWithoutLease();
		}
		if (answer instanceof Claim.HeldByAnother other) {
			return waitFor(other.remaining());
		}
		this.region.listener().leased(this.region.name());
		return loadWithLease(generation, stamp);
	}

	/** Without an answer from Redis there is nothing to wait for and nowhere to store. */
	private <T> CompletionStage<Landing<V>> andThen(CompletionStage<T> step,
			Function<T, CompletionStage<Landing<V>>> next) {
		return step.handleAsync((result, failure) -> {
			if (failure != null) {
				this.region.goOnWithoutRedis(CallerThread.unwrapped(failure));
				return loadWithoutRedis();
			}
			return next.apply(result);
		}, this.executor).thenCompose(Function.identity());
	}

	private CompletionStage<Landing<V>> waitFor(Duration remainingLease) {
		CacheSettings settings = this.region.settings();
		long left = settings.loading().waitTimeout().minus(waited()).toMillis();
		if (left <= 0) {
			this.region.listener().waited(this.region.name(), waited());
			return loadOrFail("Another instance has been loading an entry of the cache '%s' for more than %d ms"
				.formatted(this.region.name(), settings.loading().waitTimeout().toMillis()));
		}
		StoredSignals signals = this.region.services().signals();
		CompletableFuture<?> pause = (this.signal != null) ? this.signal : signals.listen();
		// a look misses nothing if the expectation stood before it
		this.signal = signals.expect(this.region.store().signal(this.id));
		long millis = Math.min(Math.min(left, remainingLease.toMillis() + 1), nextLook());
		return pause.handle((signalled, failure) -> true)
			.completeOnTimeout(false, millis, TimeUnit.MILLISECONDS)
			.thenComposeAsync((signalled) -> lookAgain(), this.executor);
	}

	private CompletionStage<Landing<V>> lookAgain() {
		return andThen(this.region.store().read(this.id), (reading) -> {
			Lookup<V> lookup = this.cache.examine(this.id, reading);
			if (lookup instanceof Hit<V> hit) {
				this.region.listener().waited(this.region.name(), waited());
				return landed(hit.value(), null);
			}
			return claim((Miss<V>) lookup);
		});
	}

	private long nextLook() {
		long look = this.nextLook;
		this.nextLook = Math.min(LAST_LOOK_MILLIS, look * 2);
		return (long) (look * (0.8 + 0.4 * this.region.services().sources().random().nextDouble()));
	}

	private Duration waited() {
		return this.region.services().sources().since(this.start);
	}

	private void forgetSignal() {
		if (this.signal != null) {
			this.region.services().signals().forget(this.region.store().signal(this.id), this.signal);
		}
	}

	private CompletionStage<Landing<V>> loadOrFail(String whatTookTooLong) {
		return (this.region.settings().loading().afterWait() == CacheSettings.AfterWait.LOAD) ? loadWithoutLease()
				: landed(null, new CacheWaitException(whatTookTooLong));
	}

	/**
	 * Loads, unless too many others do: every call that Redis would have answered comes
	 * here now.
	 */
	CompletionStage<Landing<V>> loadWithoutRedis() {
		CacheSettings settings = this.region.settings();
		LoadLimit limit = this.region.loadsWithoutRedis();
		return limit.enter()
			.thenComposeAsync((entered) -> entered
					? loadWithoutLease().whenComplete((landing, failure) -> limit.leave())
					: loadOrFail("%d loads of the cache '%s' have been running without Redis for more than %d ms"
						.formatted(settings.loading().maxLoadsWithoutRedis(), this.region.name(),
								settings.loading().waitTimeout().toMillis())),
					this.executor);
	}

	/** Loads for the callers of this JVM only. */
	CompletionStage<Landing<V>> loadWithoutLease() {
		this.flight.beginWithoutLease();
		return load().thenApply((answer) -> landing(answer, false, null));
	}

	private CompletionStage<Landing<V>> loadWithLease(byte[] generation, byte[] stamp) {
		CacheSettings settings = this.region.settings();
		LeaseRenewal renewal = LeaseRenewal.start(this.region.services().timer(), settings.loading().lease(),
				settings.loading().loadTimeout(),
				() -> this.region.store().renew(this.id, this.token, settings.loading().lease()));
		long began = this.region.services().sources().nanoTime().getAsLong();
		return load().whenComplete((answer, failure) -> renewal.close())
			.thenCompose((answer) -> isKept(answer)
					? store(answer, this.region.services().sources().since(began), generation, stamp)
					: release(answer, generation));
	}

	/** Whatever the loader does becomes its answer, exactly as it was. */
	private CompletionStage<Answer<V>> load() {
		long began = this.region.services().sources().nanoTime().getAsLong();
		try {
			return this.loader.load()
				.handle((loaded, failure) -> answered(loaded,
						(failure != null) ? CallerThread.unwrapped(failure) : null, began));
		}
		catch (Throwable ex) {
			return CompletableFuture.completedStage(answered(null, ex, began));
		}
	}

	private Answer<V> answered(@Nullable Loaded<V> loaded, @Nullable Throwable failure, long began) {
		Duration duration = this.region.services().sources().since(began);
		if (loaded != null) {
			this.region.listener().loaded(this.region.name(), duration);
			return new Answer<>(loaded, null);
		}
		Throwable cause = (failure != null) ? failure : new NullPointerException("The loader answered nothing");
		this.region.listener().loadFailed(this.region.name(), duration, cause);
		return new Answer<>(null, cause);
	}

	private boolean isKept(Answer<V> answer) {
		Loaded<V> loaded = answer.loaded();
		if (loaded != null && loaded.problem() != null) {
			this.region.listener().storeFailed(this.region.name(), loaded.problem());
		}
		return loaded != null && loaded.problem() == null && !this.cache.ttlOf(loaded).isZero()
				&& !this.region.isInDoubt(this.id) && !this.region.isPending(this.id);
	}

	/** A failure to store is never the caller's: it has its value. */
	private CompletionStage<Landing<V>> store(Answer<V> answer, Duration loadTime, byte[] generation, byte[] stamp) {
		Loaded<V> loaded = Objects.requireNonNull(answer.loaded());
		Duration ttl = this.cache.ttlOf(loaded);
		byte[] entry;
		try {
			entry = this.cache.entry(this.id, loaded.value(), ttl, loadTime, stamp);
		}
		catch (RuntimeException ex) {
			this.region.listener().storeFailed(this.region.name(), ex);
			return release(answer, generation);
		}
		this.region.keepGeneration(ttl);
		Duration kept = this.region.services().sources().jittered(ttl, this.region.settings().lifetime().jitter());
		return this.region.store()
			.store(this.id, this.token, entry, kept)
			.handle((accepted, failure) -> stored(answer, accepted, failure, generation))
			.thenCompose(Function.identity());
	}

	private CompletionStage<Landing<V>> stored(Answer<V> answer, @Nullable Boolean accepted,
			@Nullable Throwable failure, byte[] generation) {
		if (failure != null) {
			Throwable cause = CallerThread.unwrapped(failure);
			this.region.listener().storeFailed(this.region.name(), cause);
			// a server without memory for the entry can still drop the lease
			return (cause instanceof RedisReplyException) ? release(answer, generation)
					: CompletableFuture.completedStage(landing(answer, false, generation));
		}
		boolean rejected = !Boolean.TRUE.equals(accepted);
		if (rejected) {
			this.region.listener().storeRejected(this.region.name());
		}
		return CompletableFuture.completedStage(landing(answer, rejected, generation));
	}

	/**
	 * A lease that was lost says the same as a rejected store: the answer may be
	 * outdated.
	 */
	private CompletionStage<Landing<V>> release(Answer<V> answer, byte[] generation) {
		return this.region.store()
			.release(this.id, this.token)
			.handle((held, failure) -> landing(answer, Boolean.FALSE.equals(held), generation));
	}

	private static <V> Landing<V> landing(Answer<V> answer, boolean outdated, byte @Nullable [] generation) {
		Loaded<V> loaded = answer.loaded();
		return new Landing<>((loaded != null) ? loaded.value() : null, answer.failure(), outdated, generation);
	}

	private static <V> CompletionStage<Landing<V>> landed(@Nullable V value, @Nullable Throwable failure) {
		return CompletableFuture.completedStage(new Landing<>(value, failure, false, null));
	}

	/**
	 * What the loader answered: one of the two.
	 *
	 * @param <V> the type of the value
	 * @param loaded what it loaded
	 * @param failure what it threw
	 */
	private record Answer<V>(@Nullable Loaded<V> loaded, @Nullable Throwable failure) {
	}

}
