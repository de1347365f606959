package io.github.rediskit.cache;

import java.time.Duration;
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

	private final byte[] token;

	private final long start;

	private long nextLook = FIRST_LOOK_MILLIS;

	private int unreadable;

	private @Nullable CompletableFuture<@Nullable Void> signal;

	LeasedLoad(LeasedCache<?, V> cache, CacheRegion region, KeyId id, Loader<V> loader, Executor executor) {
		this.cache = cache;
		this.region = region;
		this.id = id;
		this.loader = loader;
		this.executor = executor;
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
		return andThen(this.region.store().claim(this.id, this.token, this.region.settings().lease(), stamp, rejected),
				(answer) -> act(answer, generation, stamp));
	}

	private CompletionStage<Landing<V>> act(Claim answer, byte[] generation, byte[] stamp) {
		if (answer instanceof Claim.Found found) {
			Lookup<V> lookup = this.cache.examine(found.entry(), generation);
			if (lookup instanceof Hit<V> hit) {
				return landed(hit.value());
			}
			boolean again = this.unreadable++ < CLAIMS_OF_UNREADABLE_ENTRIES;
			return again ? claim(generation, LeasedCache.beginningOf(found.entry())) : loadWithoutLease();
		}
		return (answer instanceof Claim.HeldByAnother other) ? waitFor(other.remaining()) : loadWithLease(stamp);
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
		long left = settings.waitTimeout().minus(waited()).toMillis();
		if (left <= 0) {
			this.region.listener().waited(this.region.name(), waited());
			return loadOrFail("Another instance has been loading an entry of the cache '%s' for more than %d ms"
				.formatted(this.region.name(), settings.waitTimeout().toMillis()));
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
			Lookup<V> lookup = this.cache.examine(reading);
			if (lookup instanceof Hit<V> hit) {
				this.region.listener().waited(this.region.name(), waited());
				return landed(hit.value());
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
		return (this.region.settings().afterWait() == CacheSettings.AfterWait.LOAD) ? loadWithoutLease()
				: CompletableFuture.failedStage(new CacheWaitException(whatTookTooLong));
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
						.formatted(settings.maxLoadsWithoutRedis(), this.region.name(),
								settings.waitTimeout().toMillis())),
					this.executor);
	}

	/** Loads for the callers of this JVM only. */
	CompletionStage<Landing<V>> loadWithoutLease() {
		return load().thenCompose((loaded) -> landed(loaded.value()));
	}

	private CompletionStage<Landing<V>> loadWithLease(byte[] stamp) {
		CacheSettings settings = this.region.settings();
		LeaseRenewal renewal = LeaseRenewal.start(this.region.services().timer(), settings.lease(),
				settings.loadTimeout(), () -> this.region.store().renew(this.id, this.token, settings.lease()));
		long began = this.region.services().sources().nanoTime().getAsLong();
		return load().whenComplete((loaded, failure) -> renewal.close())
			.thenCompose((loaded) -> store(loaded, this.region.services().sources().since(began), stamp))
			.exceptionallyCompose(
					(failure) -> released().thenCompose((done) -> CompletableFuture.failedStage(failure)));
	}

	/**
	 * Completed when the lease has been given back, or could not be: then it ends by
	 * itself.
	 */
	private CompletionStage<Boolean> released() {
		return this.region.store().release(this.id, this.token).exceptionally((failure) -> false);
	}

	private CompletionStage<Loaded<V>> load() {
		long began = this.region.services().sources().nanoTime().getAsLong();
		CompletionStage<Loaded<V>> load;
		try {
			load = this.loader.load();
		}
		catch (Throwable ex) {
			load = CompletableFuture.failedStage(ex);
		}
		return load.whenComplete((loaded, failure) -> {
			if (failure != null) {
				this.region.listener().loadFailed(this.region.name(), CallerThread.unwrapped(failure));
			}
			else {
				this.region.listener().loaded(this.region.name(), this.region.services().sources().since(began));
			}
		});
	}

	/** A failure to store is never the caller's: it has its value. */
	private CompletionStage<Landing<V>> store(Loaded<V> loaded, Duration loadTime, byte[] stamp) {
		Duration ttl = this.cache.ttlOf(loaded);
		if (ttl.isZero() || this.region.isInDoubt(this.id) || this.region.isPending(this.id)) {
			return released().thenApply((done) -> new Landing<>(loaded.value(), false));
		}
		byte[] entry;
		try {
			entry = this.cache.entry(loaded.value(), ttl, loadTime, stamp);
		}
		catch (RuntimeException ex) {
			return released().thenApply((done) -> landing(loaded.value(), false, ex));
		}
		this.region.keepGeneration(ttl);
		Duration kept = this.region.services().sources().jittered(ttl, this.region.settings().jitter());
		return this.region.store()
			.store(this.id, this.token, entry, kept)
			.handle((accepted, failure) -> landing(loaded.value(), accepted, failure));
	}

	private Landing<V> landing(@Nullable V value, @Nullable Boolean accepted, @Nullable Throwable failure) {
		if (failure != null) {
			this.region.listener().storeFailed(this.region.name(), CallerThread.unwrapped(failure));
			return new Landing<>(value, false);
		}
		boolean rejected = !Boolean.TRUE.equals(accepted);
		if (rejected) {
			this.region.listener().storeRejected(this.region.name());
		}
		return new Landing<>(value, rejected);
	}

	private static <V> CompletionStage<Landing<V>> landed(@Nullable V value) {
		return CompletableFuture.completedStage(new Landing<>(value, false));
	}

}
