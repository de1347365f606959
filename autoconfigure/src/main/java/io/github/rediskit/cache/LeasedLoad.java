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
import io.github.rediskit.cache.Lookup.Old;
import io.github.rediskit.cache.RedisEntryStore.Claim;
import io.github.rediskit.cache.RedisEntryStore.Reading;
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

	private static final int CLAIMS_OF_UNUSABLE_ENTRIES = 2;

	private final Entries<V> entries;

	private final CacheRegion region;

	private final KeyId id;

	private final Loader<V> loader;

	private final Executor executor;

	private final Flight<V> flight;

	private final @Nullable Old<V> old;

	private final byte[] token;

	private final long start;

	private final Pace pace;

	private int unusable;

	private @Nullable CompletableFuture<@Nullable Void> signal;

	/**
	 * Creates the way to one value.
	 * @param entries the entries
	 * @param region their cache
	 * @param id the key
	 * @param loader what loads the value
	 * @param executor runs the steps, the loader among them
	 * @param flight on whose behalf it happens
	 * @param old what the caller can go on with, or {@code null}
	 */
	LeasedLoad(Entries<V> entries, CacheRegion region, KeyId id, Loader<V> loader, Executor executor, Flight<V> flight,
			@Nullable Old<V> old) {
		this.entries = entries;
		this.region = region;
		this.id = id;
		this.loader = loader;
		this.executor = executor;
		this.flight = flight;
		this.old = old;
		this.pace = new Pace(region.services().sources().random());
		this.token = region.services().sources().token();
		this.start = region.services().sources().nanoTime().getAsLong();
	}

	CompletionStage<Landing<V>> begin(Miss<V> miss) {
		return claim(miss).whenComplete((landing, failure) -> forgetSignal());
	}

	private CompletionStage<Landing<V>> claim(Miss<V> miss) {
		return andThen(this.region.started(miss.generations()), (known) -> claim(known, miss.rejected()));
	}

	private CompletionStage<Landing<V>> claim(Generations generations, byte[] rejected) {
		byte[] generation = Objects.requireNonNull(generations.cache());
		return andThen(
				this.region.store()
					.claim(this.id, this.token, this.region.settings().loading().lease(),
							this.entries.stamp(generation), rejected, this.old != null),
				(answer) -> act(answer, generations));
	}

	private CompletionStage<Landing<V>> act(Claim answer, Generations generations) {
		if (answer instanceof Claim.Found found) {
			return andThen(this.entries.examine(this.id, new Reading(found.entry(), generations)),
					(lookup) -> useOrClaim(lookup, generations, found.entry()));
		}
		if (answer instanceof Claim.HeldByAnother other) {
			return canGoOnWithOld() ? goOnWithOld(StaleReason.REVALIDATING) : waitFor(other.remaining());
		}
		if (answer instanceof Claim.FailedBefore) {
			return goOnWithOld(StaleReason.LOAD_FAILED);
		}
		this.region.listener().leased(this.region.name());
		if (this.old != null && this.old.age() != Age.LAST_RESORT) {
			this.region.listener().refreshing(this.region.name(), RefreshReason.of(this.old.age()));
		}
		return loadWithLease(generations);
	}

	private CompletionStage<Landing<V>> useOrClaim(Lookup<V> lookup, Generations generations, byte[] entry) {
		if (lookup instanceof Hit<V> hit) {
			return landed(Landing.of(hit.value()));
		}
		if (lookup instanceof Old<V> other && other.age().answers()) {
			return landed(Landing.ofLeader(other.value()));
		}
		boolean again = this.unusable++ < CLAIMS_OF_UNUSABLE_ENTRIES;
		return again ? claim(generations, EntryHeader.beginning(entry)) : loadWithoutLease();
	}

	/** Whether there is no need to wait for anybody. */
	private boolean canGoOnWithOld() {
		return this.old != null && this.old.age().answers();
	}

	private CompletionStage<Landing<V>> goOnWithOld(StaleReason reason) {
		Old<V> mine = Objects.requireNonNull(this.old);
		if (mine.age() == Age.LAST_RESORT) {
			this.region.listener().staleServed(this.region.name(), reason);
		}
		return landed(Landing.ofLeader(mine.value()));
	}

	/** Without an answer from Redis there is nothing to wait for and nowhere to store. */
	private <T> CompletionStage<Landing<V>> andThen(CompletionStage<T> step,
			Function<T, CompletionStage<Landing<V>>> next) {
		return step.handleAsync((result, failure) -> {
			if (failure != null) {
				if (canGoOnWithOld()) {
					return goOnWithOld(StaleReason.REVALIDATING);
				}
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
			if (this.old != null) {
				return goOnWithOld(StaleReason.LOAD_SLOW);
			}
			return loadOrFail("Another instance has been loading an entry of the cache '%s' for more than %d ms"
				.formatted(this.region.name(), settings.loading().waitTimeout().toMillis()));
		}
		StoredSignals signals = this.region.services().signals();
		CompletableFuture<?> pause = (this.signal != null) ? this.signal : signals.listen();
		// a look misses nothing if the expectation stood before it
		this.signal = signals.expect(this.region.store().signal(this.id));
		long millis = Math.min(Math.min(left, remainingLease.toMillis() + 1), this.pace.nextMillis());
		return pause.handle((signalled, failure) -> true)
			.completeOnTimeout(false, millis, TimeUnit.MILLISECONDS)
			.thenComposeAsync((signalled) -> lookAgain(), this.executor);
	}

	private CompletionStage<Landing<V>> lookAgain() {
		return andThen(this.entries.read(this.id, this.executor), (lookup) -> {
			if (lookup instanceof Hit<V> hit) {
				this.region.listener().waited(this.region.name(), waited());
				return landed(Landing.of(hit.value()));
			}
			if (lookup instanceof Old<V> due && due.age().answers()) {
				this.region.listener().waited(this.region.name(), waited());
				return landed(Landing.ofLeader(due.value()));
			}
			return claim((lookup instanceof Old<V> other) ? other.miss() : (Miss<V>) lookup);
		});
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
				: landed(Landing.failed(new CacheWaitException(whatTookTooLong)));
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
		return load().thenApply((answer) -> landing(answer, false, Generations.UNKNOWN));
	}

	private CompletionStage<Landing<V>> loadWithLease(Generations generations) {
		CacheSettings.Loading settings = this.region.settings().loading();
		Lease<V> lease = new Lease<>(this.entries, this.region, this.id, this.token,
				Objects.requireNonNull(generations.cache()), generations.tags());
		LeaseRenewal renewal = LeaseRenewal.start(this.region.services().timer(), settings.lease(),
				settings.loadTimeout(), lease::renew);
		long began = this.region.services().sources().nanoTime().getAsLong();
		return load().whenComplete((answer, failure) -> renewal.close())
			.thenCompose((answer) -> settle(lease, answer, began)
				.thenApply((outdated) -> landing(answer, outdated, generations)));
	}

	/** Whether the answer may be outdated. */
	private CompletionStage<Boolean> settle(Lease<V> lease, Answer<V> answer, long began) {
		Loaded<V> loaded = answer.loaded();
		return (loaded != null) ? lease.storeOrRelease(loaded, this.region.services().sources().since(began))
				: lease.releaseQuietly((this.old != null) ? Lease.PAUSE_AFTER_FAILURE : Duration.ZERO);
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

	private static <V> Landing<V> landing(Answer<V> answer, boolean outdated, Generations generations) {
		Loaded<V> loaded = answer.loaded();
		return new Landing<>((loaded != null) ? loaded.value() : null, answer.failure(), outdated, generations);
	}

	private static <V> CompletionStage<Landing<V>> landed(Landing<V> landing) {
		return CompletableFuture.completedStage(landing);
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
