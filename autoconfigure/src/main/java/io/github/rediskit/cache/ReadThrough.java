package io.github.rediskit.cache;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

import io.github.rediskit.cache.Flight.Landing;
import io.github.rediskit.cache.Lookup.Hit;
import io.github.rediskit.cache.Lookup.Miss;
import io.github.rediskit.cache.Lookup.Old;
import io.github.rediskit.cache.RedisEntryStore.Reading;
import io.github.rediskit.key.KeyId;
import io.github.rediskit.script.RedisUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * Answers calls for one key: the only place that decides whether that is done with what
 * is cached, with a load, or without the cache. A hit is one read. A load is shared by
 * all callers of this JVM, one of which leads a {@link LeasedLoad}.
 *
 * @param <V> the type of the values
 */
final class ReadThrough<V> {

	private final CacheRegion region;

	private final Entries<V> entries;

	private final SingleFlight<V> flights;

	private final @Nullable HotKeys<V> hotKeys;

	ReadThrough(CacheRegion region, Entries<V> entries, SingleFlight<V> flights) {
		this.region = region;
		this.entries = entries;
		this.flights = flights;
		this.hotKeys = hotKeys();
	}

	private @Nullable HotKeys<V> hotKeys() {
		CacheSettings.Lifetime lifetime = this.region.settings().lifetime();
		if (lifetime.refreshAhead() == 0) {
			return null;
		}
		long period = Math.max(20, Math.min(1000, lifetime.ttl().toMillis() / 20));
		HotKeys<V> keys = new HotKeys<>(lifetime.refreshAhead(), Duration.ofMillis(period),
				this.region.background()::inContext);
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

	/** Answers a call in this thread. */
	Landing<V> get(KeyId id, Loader<V> loader) throws Throwable {
		if (this.region.isPending(id)) {
			CallerThread alone = caller();
			return alone.await(loadAlone(id, loader, alone));
		}
		Lookup<V> found = lookUp(id);
		if (found instanceof Hit<V> hit) {
			return Landing.of(valueOf(hit, id, loader));
		}
		CallerThread caller = caller();
		return caller.await(answer(id, found, loader, caller, true));
	}

	private CallerThread caller() {
		return new CallerThread(this.region.services().executor());
	}

	/** Answers a call without blocking. */
	CompletionStage<Landing<V>> getAsync(KeyId id, Loader<V> loader) {
		Executor executor = this.region.services().executor();
		Loader<V> inContext = this.region.background().inContext(loader);
		// a transaction is bound to its thread
		return this.region.isPending(id) ? loadAlone(id, inContext, executor)
				: lookUpAndLoad(id, this.region.services().loadThreads().in(inContext), executor, true);
	}

	CompletionStage<Lookup<V>> lookUpAsync(KeyId id) {
		return lookUp(id, this.region.services().executor(), true);
	}

	private @Nullable V valueOf(Hit<V> hit, KeyId id, Loader<V> loader) {
		if (this.hotKeys != null) {
			this.hotKeys.hit(id, hit.header(), loader);
		}
		return hit.value();
	}

	Lookup<V> lookUp(KeyId id) {
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
		CompletableFuture<Landing<V>> started = this.region.background().start((executor) -> {
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
		CompletionStage<Landing<V>> load = this.region.background().start((background) -> {
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
			.orTimeout(Math.max(1, this.flights.millisLeft(flight)), TimeUnit.MILLISECONDS)
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

}
