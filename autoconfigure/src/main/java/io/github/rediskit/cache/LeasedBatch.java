package io.github.rediskit.cache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

import io.github.rediskit.cache.Flight.Landing;
import io.github.rediskit.cache.Lookup.Hit;
import io.github.rediskit.cache.Lookup.Miss;
import io.github.rediskit.cache.Lookup.Old;
import io.github.rediskit.cache.RedisEntryStore.Claim;
import io.github.rediskit.key.KeyId;
import org.jspecify.annotations.Nullable;

/*
 * The lease protocol of LeasedLoad for several keys at once. All leases are claimed in one
 * wave, the loader is called once with the keys that were granted, and all values are stored
 * in one wave. Only then does the batch wait for keys that others load, so that two batches
 * can't wait for each other.
 */

/**
 * One caller's way from several misses to values, on behalf of all callers in this JVM.
 *
 * @param <V> the type of the values
 */
final class LeasedBatch<V> {

	private static final int LOOKS_WITHOUT_PAUSE = 2;

	/** So many scripts are sent at once. */
	private static final int WAVE = 1000;

	private final Entries<V> entries;

	private final CacheRegion region;

	private final BatchLoader<V> loader;

	private final Executor executor;

	private final Map<KeyId, Part<V>> parts;

	private final byte[] token;

	private final long start;

	private final Map<KeyId, CompletableFuture<@Nullable Void>> signals = new HashMap<>();

	private final Pace pace;

	private int looksWithoutPause;

	/**
	 * Creates the way to several values.
	 * @param entries the entries
	 * @param region their cache
	 * @param loader what loads the values
	 * @param executor runs the steps, the loader among them
	 * @param parts what is to be loaded
	 */
	LeasedBatch(Entries<V> entries, CacheRegion region, BatchLoader<V> loader, Executor executor,
			Map<KeyId, Part<V>> parts) {
		this.entries = entries;
		this.region = region;
		this.loader = loader;
		this.executor = executor;
		this.parts = new LinkedHashMap<>(parts);
		this.pace = new Pace(region.services().sources().random());
		this.token = region.services().sources().token();
		this.start = region.services().sources().nanoTime().getAsLong();
	}

	/**
	 * Sees to it that every flight lands.
	 * @return completed when all have
	 */
	CompletionStage<@Nullable Void> begin() {
		Map<KeyId, Miss<V>> misses = new LinkedHashMap<>();
		this.parts.forEach((id, part) -> misses.put(id, part.miss()));
		boolean away = misses.values().stream().anyMatch((miss) -> miss.reason() == MissReason.UNAVAILABLE);
		return landed(() -> away ? loadWithoutRedis() : claim(misses));
	}

	/** Loads everything without storing anything. */
	CompletionStage<@Nullable Void> beginAlone() {
		return landed(() -> load(Map.of(), new LinkedHashSet<>(this.parts.keySet()), Generations.UNKNOWN));
	}

	private CompletionStage<@Nullable Void> landed(Supplier<CompletionStage<@Nullable Void>> batch) {
		CompletionStage<@Nullable Void> end;
		try {
			end = batch.get();
		}
		catch (RuntimeException | Error ex) { // whatever it is, nobody may wait for ever
			end = CompletableFuture.failedStage(ex);
		}
		return end.<@Nullable Void>handleAsync((done, failure) -> {
			forgetSignals();
			if (failure != null) {
				failAll(List.copyOf(this.parts.keySet()), CallerThread.unwrapped(failure));
			}
			return null;
		}, this.executor);
	}

	private CompletionStage<@Nullable Void> claim(Map<KeyId, Miss<V>> misses) {
		Generations seen = misses.values().iterator().next().generations();
		return andThen(this.region.started(seen), (known) -> claim(misses, known));
	}

	private CompletionStage<@Nullable Void> claim(Map<KeyId, Miss<V>> misses, Generations known) {
		byte[] stamp = this.entries.stamp(Objects.requireNonNull(known.cache()));
		Duration lease = this.region.settings().loading().lease();
		Map<KeyId, Claim> answers = new ConcurrentHashMap<>();
		CompletionStage<@Nullable Void> claims = inWaves(List.copyOf(misses.keySet()),
				(id) -> this.region.store()
					.claim(id, this.token, lease, stamp, Objects.requireNonNull(misses.get(id)).rejected(),
							part(id).old() != null)
					.thenAccept((answer) -> answers.put(id, answer)));
		return andThen(claims.whenComplete((done, failure) -> {
			if (failure != null) { // others are not to wait for what is not loaded with a
									// lease
				release(answers);
			}
		}), (done) -> act(misses.keySet(), answers, known));
	}

	private void release(Map<KeyId, Claim> answers) {
		answers.forEach((id, answer) -> {
			if (answer instanceof Claim.Leased) {
				this.region.store().release(id, this.token, Duration.ZERO);
			}
		});
	}

	private CompletionStage<@Nullable Void> act(Set<KeyId> ids, Map<KeyId, Claim> answers, Generations known) {
		Map<KeyId, Lease<V>> leases = new LinkedHashMap<>();
		Set<KeyId> held = new LinkedHashSet<>();
		Set<KeyId> found = new LinkedHashSet<>();
		ids.forEach((id) -> {
			Claim answer = answers.get(id);
			if (answer instanceof Claim.Found) {
				found.add(id);
			}
			else if (answer instanceof Claim.Leased) {
				leases.put(id, new Lease<>(this.entries, this.region, id, this.token,
						Objects.requireNonNull(known.cache()), known.tags()));
			}
			else if (answer instanceof Claim.FailedBefore || part(id).canGoOnWithOld()) {
				landOld(id,
						(answer instanceof Claim.FailedBefore) ? StaleReason.LOAD_FAILED : StaleReason.REVALIDATING);
			}
			else {
				held.add(id);
			}
		});
		leases.keySet().forEach((id) -> tellLeased(part(id)));
		boolean unusable = !found.isEmpty() && ++this.looksWithoutPause > LOOKS_WITHOUT_PAUSE;
		CompletionStage<@Nullable Void> load = load(leases, unusable ? found : Set.of(), known);
		return load.thenCompose((done) -> awaitOthers(held, unusable ? Set.of() : found));
	}

	private void tellLeased(Part<V> part) {
		this.region.listener().leased(this.region.name());
		Old<V> old = part.old();
		if (old != null && old.age() != Age.LAST_RESORT) {
			this.region.listener().refreshing(this.region.name(), RefreshReason.of(old.age()));
		}
	}

	/**
	 * Looks again for what others load, and at once for what is there already.
	 */
	private CompletionStage<@Nullable Void> awaitOthers(Set<KeyId> held, Set<KeyId> found) {
		if (held.isEmpty() && found.isEmpty()) {
			return CompletableFuture.completedStage(null);
		}
		Duration waitTimeout = this.region.settings().loading().waitTimeout();
		long left = waitTimeout.minus(waited()).toMillis();
		if (!held.isEmpty() && left <= 0) {
			this.region.listener().waited(this.region.name(), waited());
			return withoutOld(held, StaleReason.LOAD_SLOW,
					(others) -> loadOrFail(others,
							"Another instance has been loading entries of the cache '%s' for more than %d ms"
								.formatted(this.region.name(), waitTimeout.toMillis())));
		}
		Set<KeyId> wanted = new LinkedHashSet<>(held);
		wanted.addAll(found);
		CompletionStage<@Nullable Void> pause = found.isEmpty() ? pause(held, left)
				: CompletableFuture.completedStage(null);
		return pause.thenComposeAsync((ready) -> lookAgain(wanted), this.executor);
	}

	private CompletionStage<@Nullable Void> pause(Set<KeyId> held, long left) {
		StoredSignals stored = this.region.services().signals();
		CompletableFuture<?> listening = stored.listen();
		boolean first = this.signals.isEmpty();
		CompletableFuture<?> all = first ? listening
				: CompletableFuture.allOf(this.signals.values().toArray(CompletableFuture<?>[]::new));
		// a look misses nothing if the expectation stood before it
		held.forEach((id) -> this.signals.put(id, stored.expect(this.region.store().signal(id))));
		return all.<@Nullable Void>handle((signalled, failure) -> null)
			.completeOnTimeout(null, Math.min(left, this.pace.nextMillis()), TimeUnit.MILLISECONDS);
	}

	private CompletionStage<@Nullable Void> lookAgain(Set<KeyId> wanted) {
		return andThen(this.entries.readAll(wanted, this.executor), (found) -> {
			Map<KeyId, Miss<V>> misses = new LinkedHashMap<>();
			found.forEach((id, lookup) -> {
				if (lookup instanceof Hit<V> hit) {
					land(id, Landing.of(hit.value()));
				}
				else {
					misses.put(id, (lookup instanceof Old<V> other) ? other.miss() : (Miss<V>) lookup);
				}
			});
			return misses.isEmpty() ? CompletableFuture.completedStage(null) : claim(misses);
		});
	}

	/** Without an answer from Redis there is nothing to wait for and nowhere to store. */
	private <T> CompletionStage<@Nullable Void> andThen(CompletionStage<T> step,
			Function<T, CompletionStage<@Nullable Void>> next) {
		return step.<CompletionStage<@Nullable Void>>handleAsync((result, failure) -> {
			if (failure == null) {
				return next.apply(result);
			}
			List.copyOf(this.parts.values())
				.stream()
				.filter(Part::canGoOnWithOld)
				.forEach((part) -> landOld(part.id(), StaleReason.REVALIDATING));
			if (this.parts.isEmpty()) {
				return CompletableFuture.completedStage(null);
			}
			this.region.goOnWithoutRedis(CallerThread.unwrapped(failure));
			return loadWithoutRedis();
		}, this.executor).thenCompose(Function.identity());
	}

	/**
	 * Loads what has not landed, unless too many other loads run: a batch counts as one.
	 */
	private CompletionStage<@Nullable Void> loadWithoutRedis() {
		Set<KeyId> all = new LinkedHashSet<>(this.parts.keySet());
		CacheSettings.Loading settings = this.region.settings().loading();
		LoadLimit limit = this.region.loadsWithoutRedis();
		return limit.enter()
			.thenComposeAsync((entered) -> entered
					? load(Map.of(), all, Generations.UNKNOWN).whenComplete((done, failure) -> limit.leave())
					: loadOrFail(all,
							"%d loads of the cache '%s' have been running without Redis for more than %d ms".formatted(
									settings.maxLoadsWithoutRedis(), this.region.name(),
									settings.waitTimeout().toMillis())),
					this.executor);
	}

	private CompletionStage<@Nullable Void> loadOrFail(Set<KeyId> ids, String whatTookTooLong) {
		if (this.region.settings().loading().afterWait() == CacheSettings.AfterWait.LOAD) {
			return load(Map.of(), ids, Generations.UNKNOWN);
		}
		failAll(ids, new CacheWaitException(whatTookTooLong));
		return CompletableFuture.completedStage(null);
	}

	/** Calls the loader once, if there is anything to load. */
	private CompletionStage<@Nullable Void> load(Map<KeyId, Lease<V>> leases, Set<KeyId> withoutLease,
			Generations known) {
		Set<KeyId> ids = new LinkedHashSet<>(leases.keySet());
		ids.addAll(withoutLease);
		if (ids.isEmpty()) {
			return CompletableFuture.completedStage(null);
		}
		withoutLease.forEach((id) -> part(id).flight().beginWithoutLease());
		ids.forEach((id) -> part(id).flight().ledByCurrentThread());
		CacheSettings.Loading settings = this.region.settings().loading();
		LeaseRenewal renewal = LeaseRenewal.start(this.region.services().timer(), settings.lease(),
				settings.loadTimeout(), () -> renewed(leases));
		long began = this.region.services().sources().nanoTime().getAsLong();
		return load(ids).whenComplete((answer, failure) -> renewal.close())
			.thenCompose((answer) -> settle(ids, leases, answer, this.region.services().sources().since(began), known));
	}

	/** A lease that was lost is no reason to let the others go. */
	private static CompletionStage<Boolean> renewed(Map<KeyId, ? extends Lease<?>> leases) {
		leases.values().forEach(Lease::renew);
		return CompletableFuture.completedStage(!leases.isEmpty());
	}

	private CompletionStage<Answer<V>> load(Set<KeyId> ids) {
		try {
			return this.loader.load(new LinkedHashSet<>(ids))
				.handle((values, failure) -> (values != null) ? new Answer<V>(new HashMap<>(values), null)
						: new Answer<V>(Map.of(), (failure != null) ? CallerThread.unwrapped(failure)
								: new NullPointerException("The loader answered nothing")));
		}
		catch (Throwable ex) {
			return CompletableFuture.completedStage(new Answer<>(Map.of(), ex));
		}
	}

	private CompletionStage<@Nullable Void> settle(Set<KeyId> ids, Map<KeyId, Lease<V>> leases, Answer<V> answer,
			Duration loadTime, Generations known) {
		Throwable failure = answer.failure();
		if (failure != null) {
			this.region.listener().loadFailed(this.region.name(), loadTime, failure);
			leases.forEach((id, lease) -> lease
				.releaseQuietly((part(id).old() != null) ? Lease.PAUSE_AFTER_FAILURE : Duration.ZERO));
			failAll(ids, failure);
			return CompletableFuture.completedStage(null);
		}
		this.region.listener().loaded(this.region.name(), loadTime);
		return inWaves(List.copyOf(ids), (id) -> {
			Loaded<V> loaded = answer.values().getOrDefault(id, Loaded.of(null));
			Lease<V> lease = leases.get(id);
			if (lease == null) {
				land(id, Landing.of(loaded.value()));
				return CompletableFuture.completedStage(null);
			}
			return lease.storeOrRelease(loaded, loadTime)
				.thenAccept((outdated) -> land(id, new Landing<>(loaded.value(), null, outdated, known)));
		});
	}

	private CompletionStage<@Nullable Void> inWaves(List<KeyId> ids,
			Function<KeyId, CompletionStage<@Nullable Void>> step) {
		CompletionStage<@Nullable Void> result = CompletableFuture.completedStage(null);
		for (int from = 0; from < ids.size(); from += WAVE) {
			List<KeyId> wave = ids.subList(from, Math.min(ids.size(), from + WAVE));
			Function<@Nullable Void, CompletionStage<@Nullable Void>> sent = (done) -> CompletableFuture
				.allOf(wave.stream()
					.map((id) -> step.apply(id).toCompletableFuture())
					.toArray(CompletableFuture<?>[]::new));
			result = (from == 0) ? result.thenCompose(sent) : result.thenComposeAsync(sent, this.executor);
		}
		return result;
	}

	/** Answers with old values what has any, and goes on with the rest. */
	private CompletionStage<@Nullable Void> withoutOld(Set<KeyId> ids, StaleReason reason,
			Function<Set<KeyId>, CompletionStage<@Nullable Void>> next) {
		Set<KeyId> rest = new HashSet<>();
		for (KeyId id : new ArrayList<>(ids)) {
			if (part(id).old() != null) {
				landOld(id, reason);
			}
			else {
				rest.add(id);
			}
		}
		return rest.isEmpty() ? CompletableFuture.completedStage(null) : next.apply(rest);
	}

	private void landOld(KeyId id, StaleReason reason) {
		Old<V> old = Objects.requireNonNull(part(id).old());
		if (old.age() == Age.LAST_RESORT) {
			this.region.listener().staleServed(this.region.name(), reason);
		}
		land(id, Landing.ofLeader(old.value()));
	}

	private void failAll(Iterable<KeyId> ids, Throwable failure) {
		ids.forEach((id) -> land(id, Landing.failed(failure)));
	}

	/** The stores of one wave may end on several threads. */
	private void land(KeyId id, Landing<V> landing) {
		Part<V> part;
		synchronized (this.parts) {
			part = this.parts.remove(id);
		}
		if (part != null) {
			part.land(landing);
		}
	}

	private Part<V> part(KeyId id) {
		synchronized (this.parts) {
			return Objects.requireNonNull(this.parts.get(id));
		}
	}

	private void forgetSignals() {
		this.signals
			.forEach((id, signal) -> this.region.services().signals().forget(this.region.store().signal(id), signal));
	}

	private Duration waited() {
		return this.region.services().sources().since(this.start);
	}

	/**
	 * One of the keys.
	 *
	 * @param <V> the type of the value
	 * @param id the key
	 * @param flight on whose behalf it is loaded
	 * @param flights where nobody joins it any more when it has landed
	 * @param miss why it is to be loaded
	 * @param old what the caller can go on with, or {@code null}
	 */
	record Part<V>(KeyId id, Flight<V> flight, SingleFlight<V> flights, Miss<V> miss, @Nullable Old<V> old) {

		/** Whether there is no need to wait for anybody. */
		boolean canGoOnWithOld() {
			return this.old != null && this.old.age().answers();
		}

		@Nullable V oldValue() {
			return (this.old != null) ? this.old.value() : null;
		}

		void land(Landing<V> landing) {
			this.flights.detach(this.id, this.flight);
			this.flight.land(landing);
		}

	}

	/**
	 * What the loader answered.
	 *
	 * @param <V> the type of the values
	 * @param values what it loaded
	 * @param failure what it threw, or {@code null}
	 */
	private record Answer<V>(Map<KeyId, Loaded<V>> values, @Nullable Throwable failure) {
	}

}
