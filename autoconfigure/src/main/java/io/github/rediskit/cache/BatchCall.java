package io.github.rediskit.cache;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import io.github.rediskit.cache.Flight.Landing;
import io.github.rediskit.cache.LeasedBatch.Part;
import io.github.rediskit.cache.Lookup.Hit;
import io.github.rediskit.cache.Lookup.Miss;
import io.github.rediskit.cache.Lookup.Old;
import io.github.rediskit.key.KeyId;
import io.github.rediskit.script.RedisUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * One call for the values of several keys: what is cached comes in one read, and what is
 * not is led as a {@link LeasedBatch}, or joined where others in this JVM load it.
 *
 * @param <V> the type of the values
 */
final class BatchCall<V> {

	private final Entries<V> entries;

	private final CacheRegion region;

	private final SingleFlight<V> flights;

	private final BatchLoader<V> loader;

	private final Executor executor;

	private final long start;

	private final Map<KeyId, Landing<V>> answers = new LinkedHashMap<>();

	BatchCall(Entries<V> entries, CacheRegion region, SingleFlight<V> flights, BatchLoader<V> loader,
			Executor executor) {
		this.entries = entries;
		this.region = region;
		this.flights = flights;
		this.loader = loader;
		this.executor = executor;
		this.start = region.services().sources().nanoTime().getAsLong();
	}

	/**
	 * Answers the call.
	 * @param ids the keys
	 * @return completed with how it ended for each
	 */
	CompletionStage<Map<KeyId, Landing<V>>> answer(Collection<KeyId> ids) {
		Set<KeyId> own = new LinkedHashSet<>();
		Set<KeyId> shared = new LinkedHashSet<>();
		ids.forEach((id) -> (this.region.isPending(id) ? own : shared).add(id));
		return loadAlone(own).thenCompose((done) -> lookUp(shared, true)).thenApply((done) -> this.answers);
	}

	private CompletionStage<@Nullable Void> lookUp(Set<KeyId> ids, boolean firstTime) {
		if (ids.isEmpty()) {
			return CompletableFuture.completedStage(null);
		}
		// an entry that is to be invalidated is as good as out of reach
		List<KeyId> trusted = ids.stream().filter((id) -> !this.region.isInDoubt(id)).toList();
		CompletionStage<Map<KeyId, Lookup<V>>> reading = trusted.isEmpty() ? CompletableFuture.completedStage(Map.of())
				: this.entries.readAll(trusted, this.executor);
		return reading.<CompletionStage<@Nullable Void>>handleAsync((found, failure) -> {
			if (failure != null) {
				this.region.goOnWithoutRedis(CallerThread.unwrapped(failure));
			}
			else if (found.size() < ids.size()) {
				this.region.goOnWithoutRedis(
						new RedisUnavailableException("Redis has not confirmed invalidations of some entries", null));
			}
			return answer(ids, (failure == null) ? found : Map.of(), firstTime);
		}, this.executor).thenCompose(Function.identity());
	}

	private CompletionStage<@Nullable Void> answer(Set<KeyId> ids, Map<KeyId, Lookup<V>> found, boolean firstTime) {
		Map<KeyId, Part<V>> mine = new LinkedHashMap<>();
		Map<KeyId, Part<V>> others = new LinkedHashMap<>();
		Map<KeyId, Part<V>> stale = new LinkedHashMap<>();
		Set<KeyId> recursive = new LinkedHashSet<>();
		for (KeyId id : ids) {
			Lookup<V> lookup = found.getOrDefault(id, Entries.outOfReach());
			if (firstTime) { // a call that looks again has been counted
				this.entries.noted(id, lookup);
			}
			if (lookup instanceof Hit<V> hit) {
				this.answers.put(id, Landing.of(hit.value()));
				continue;
			}
			Flight<V> own = new Flight<>(null);
			Flight<V> flight = this.flights.startOrJoin(id, own);
			Part<V> part = (lookup instanceof Old<V> old) ? new Part<>(id, flight, this.flights, old.miss(), old)
					: new Part<>(id, flight, this.flights, (Miss<V>) lookup, null);
			if (part.canGoOnWithOld() && (flight != own || isStale(part))) {
				answerWithOld(part, flight == own, stale);
			}
			else if (flight == own) {
				mine.put(id, part);
			}
			else if (flight.isLedByCurrentThread()) { // a loader asks for what it loads
				recursive.add(id);
			}
			else {
				others.put(id, part);
			}
		}
		refreshInBackground(stale);
		return lead(mine).thenCompose((done) -> loadAlone(recursive)).thenCompose((done) -> join(others, firstTime));
	}

	private static boolean isStale(Part<?> part) {
		Old<?> old = part.old();
		return old != null && old.age() == Age.STALE;
	}

	private void answerWithOld(Part<V> part, boolean led, Map<KeyId, Part<V>> stale) {
		if (isStale(part)) {
			this.region.listener().staleServed(this.region.name(), StaleReason.REVALIDATING);
			if (led) {
				stale.put(part.id(), part);
			}
		}
		this.answers.put(part.id(), Landing.of(part.oldValue()));
	}

	private void refreshInBackground(Map<KeyId, Part<V>> stale) {
		if (stale.isEmpty()) {
			return;
		}
		CompletableFuture<@Nullable Void> started = this.region.background()
			.start((background) -> new LeasedBatch<>(this.entries, this.region, this.loader, background, stale)
				.begin());
		if (started == null) {
			this.region.listener().refreshSkipped(this.region.name());
			stale.values().forEach((part) -> part.land(Landing.ofLeader(part.oldValue())));
		}
	}

	private CompletionStage<@Nullable Void> lead(Map<KeyId, Part<V>> mine) {
		if (mine.isEmpty()) {
			return CompletableFuture.completedStage(null);
		}
		boolean allOld = mine.values().stream().allMatch((part) -> part.old() != null);
		Duration patience = this.region.settings().loading().patience(allOld);
		if (patience.isZero() || !(this.executor instanceof CallerThread)) {
			return inTime(new LeasedBatch<>(this.entries, this.region, this.loader, this.executor, mine).begin(), mine,
					patience);
		}
		CompletableFuture<@Nullable Void> started = this.region.background()
			.start((background) -> new LeasedBatch<>(this.entries, this.region, this.loader, background, mine).begin());
		if (started != null) {
			return inTime(started, mine, patience);
		}
		this.region.listener().refreshSkipped(this.region.name());
		return inTime(new LeasedBatch<>(this.entries, this.region, this.loader, this.executor, mine).begin(), mine,
				Duration.ZERO);
	}

	/** When it takes too long, what has not landed is answered without it. */
	private CompletionStage<@Nullable Void> inTime(CompletionStage<@Nullable Void> batch, Map<KeyId, Part<V>> mine,
			Duration patience) {
		CompletableFuture<Boolean> end = batch.toCompletableFuture().handle((done, failure) -> true);
		if (!patience.isZero()) {
			end.completeOnTimeout(false, millisLeft(patience), TimeUnit.MILLISECONDS);
		}
		return end.thenAcceptAsync((inTime) -> mine.forEach((id, part) -> {
			Landing<V> landing = part.flight().landing().getNow(null);
			this.answers.put(id, (landing != null) ? orOld(landing, part) : tooSlow(part, patience));
		}), this.executor);
	}

	/** The call waits for its own loads and for those of others, one after the other. */
	private long millisLeft(Duration patience) {
		return Math.max(1, patience.minus(this.region.services().sources().since(this.start)).toMillis());
	}

	private Landing<V> tooSlow(Part<V> part, Duration patience) {
		if (part.old() != null) {
			this.region.listener().staleServed(this.region.name(), StaleReason.LOAD_SLOW);
			return Landing.of(part.oldValue());
		}
		return Landing.failed(this.region.timedOut(patience));
	}

	private Landing<V> orOld(Landing<V> landing, Part<V> part) {
		if (part.old() == null || !(landing.failure() instanceof Exception)) {
			return landing;
		}
		if (!part.canGoOnWithOld()) {
			this.region.listener().staleServed(this.region.name(), StaleReason.LOAD_FAILED);
		}
		return Landing.of(part.oldValue());
	}

	/**
	 * Joins loads that others lead. What may have begun before an invalidation that was
	 * over when the call came is asked for again, once.
	 */
	private CompletionStage<@Nullable Void> join(Map<KeyId, Part<V>> others, boolean firstTime) {
		if (others.isEmpty()) {
			return CompletableFuture.completedStage(null);
		}
		Map<KeyId, CompletableFuture<@Nullable Landing<V>>> landings = new LinkedHashMap<>();
		Set<KeyId> blind = new LinkedHashSet<>();
		others.forEach((id, part) -> {
			if (part.flight().isBlind() && part.miss().reason() != MissReason.UNAVAILABLE) {
				blind.add(id);
			}
			landings.put(id, landing(id, part, Math.max(1, this.flights.millisLeft(part.flight()))));
		});
		return CompletableFuture.allOf(landings.values().toArray(CompletableFuture<?>[]::new))
			.thenComposeAsync((done) -> {
				Set<KeyId> again = new LinkedHashSet<>();
				others.forEach((id, part) -> {
					Landing<V> landing = Objects.requireNonNull(landings.get(id)).join();
					Duration patience = patience(part);
					if (landing == null && !patience.isZero() && this.flights.millisLeft(part.flight()) > 0) {
						this.answers.put(id, tooSlow(part, patience));
					}
					else if (landing == null) {
						again.add(id);
					}
					else if (firstTime && (blind.contains(id) || landing.isOutdatedFor(part.miss()))) {
						again.add(id);
					}
					else {
						this.answers.put(id, orOld(landing, part));
					}
				});
				return lookUp(again, false);
			}, this.executor);
	}

	/** A load that takes too long is nobody's to join, also where the call waits less. */
	private CompletableFuture<@Nullable Landing<V>> landing(KeyId id, Part<V> part, long timeout) {
		CompletableFuture<@Nullable Landing<V>> landing = part.flight()
			.landing()
			.<@Nullable Landing<V>>thenApply(Function.identity())
			.completeOnTimeout(null, timeout, TimeUnit.MILLISECONDS);
		landing.thenAccept((landed) -> {
			if (landed == null) {
				this.flights.detach(id, part.flight());
			}
		});
		Duration patience = patience(part);
		return patience.isZero() ? landing
				: landing.copy().completeOnTimeout(null, millisLeft(patience), TimeUnit.MILLISECONDS);
	}

	private Duration patience(Part<V> part) {
		return this.region.settings().loading().patience(part.old() != null);
	}

	/** For the caller only. */
	private CompletionStage<@Nullable Void> loadAlone(Set<KeyId> ids) {
		if (ids.isEmpty()) {
			return CompletableFuture.completedStage(null);
		}
		Map<KeyId, Part<V>> parts = new LinkedHashMap<>();
		SingleFlight<V> nobodyElse = this.flights.empty();
		ids.forEach((id) -> parts.put(id, new Part<>(id, new Flight<>(null), nobodyElse, Entries.outOfReach(), null)));
		return inTime(new LeasedBatch<>(this.entries, this.region, this.loader, this.executor, parts).beginAlone(),
				parts, Duration.ZERO);
	}

}
