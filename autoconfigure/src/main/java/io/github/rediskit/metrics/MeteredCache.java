package io.github.rediskit.metrics;

import java.time.Duration;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.LongAdder;

import io.github.rediskit.cache.MissReason;
import io.github.rediskit.cache.RefreshReason;
import io.github.rediskit.cache.StaleReason;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

/**
 * What one cache has done, and the meters over it, which are made once. All reasons are
 * there from the start, so that a first failure is a change and not a new series.
 */
final class MeteredCache {

	final LongAdder hits = new LongAdder();

	final CountsByReason<MissReason> misses = new CountsByReason<>(MissReason.class);

	final LongAdder leases = new LongAdder();

	final LongAdder puts = new LongAdder();

	final LongAdder storesRejected = new LongAdder();

	final LongAdder storesFailed = new LongAdder();

	final LongAdder storesTooLarge = new LongAdder();

	final LongAdder removals = new LongAdder();

	final LongAdder invalidationsDeferred = new LongAdder();

	final CountsByReason<StaleReason> stale = new CountsByReason<>(StaleReason.class);

	final CountsByReason<RefreshReason> refreshes = new CountsByReason<>(RefreshReason.class);

	final LongAdder refreshesSkipped = new LongAdder();

	final LongAdder loadTimeouts = new LongAdder();

	final LongAdder bypassed = new LongAdder();

	final LongAdder refused = new LongAdder();

	private final String name;

	private final Tags tags;

	private final Set<MeterRegistry> standardMetersIn = Collections.newSetFromMap(new WeakHashMap<>());

	private volatile @Nullable Distributions distributions;

	MeteredCache(String name) {
		this.name = name;
		this.tags = Tags.of("cache", name);
	}

	String name() {
		return this.name;
	}

	void loaded(Duration duration) {
		Distributions distributions = this.distributions;
		if (distributions != null) {
			distributions.loads().record(duration);
		}
	}

	void loadFailed(Duration duration) {
		Distributions distributions = this.distributions;
		if (distributions != null) {
			distributions.failedLoads().record(duration);
		}
	}

	void waited(Duration duration) {
		Distributions distributions = this.distributions;
		if (distributions != null) {
			distributions.waits().record(duration);
		}
	}

	void stored(int bytes) {
		this.puts.increment();
		Distributions distributions = this.distributions;
		if (distributions != null) {
			distributions.entrySizes().record(bytes);
		}
	}

	synchronized void bindTo(MeterRegistry registry, Iterable<Tag> standardTags) {
		bindStandardMetersTo(registry, standardTags);
		if (this.distributions == null) {
			bindCountsTo(registry);
			this.distributions = new Distributions(load("success", registry), load("failure", registry),
					Timer.builder("rediskit.cache.wait")
						.description("How long calls waited for the load of another instance")
						.tags(this.tags)
						.register(registry),
					DistributionSummary.builder("rediskit.cache.entry.size")
						.description("The size of entries as they are stored")
						.baseUnit("bytes")
						.tags(this.tags)
						.register(registry));
		}
	}

	synchronized void bindStandardMetersTo(MeterRegistry registry, Iterable<Tag> tags) {
		if (this.standardMetersIn.add(registry)) {
			new StandardCacheMeters(this, tags).bindTo(registry);
		}
	}

	private Timer load(String result, MeterRegistry registry) {
		return Timer.builder("rediskit.cache.load")
			.description("How long loads took")
			.tags(this.tags.and("result", result))
			.register(registry);
	}

	private void bindCountsTo(MeterRegistry registry) {
		String misses = "Looks that found no entry to answer with, by reason";
		this.misses.forEach((reason, count) -> count("misses", misses, "reason", reason, count, registry));
		count("leases", "Leases won: loads on behalf of all instances", this.leases, registry);
		String stores = "Values to be stored, by what became of them";
		count("stores", stores, "result", "stored", this.puts, registry);
		count("stores", stores, "result", "rejected", this.storesRejected, registry);
		count("stores", stores, "result", "failed", this.storesFailed, registry);
		count("stores", stores, "result", "too-large", this.storesTooLarge, registry);
		String stale = "Calls answered with a value past its time to live, by reason";
		this.stale.forEach((reason, count) -> count("stale", stale, "reason", reason, count, registry));
		String refreshes = "Loads of values that still could answer calls, by reason";
		this.refreshes.forEach((reason, count) -> count("refreshes", refreshes, "reason", reason, count, registry));
		count("refreshes.skipped", "Refreshes left out because too many others were under way", this.refreshesSkipped,
				registry);
		count("load.timeouts", "Calls that failed because their load took too long", this.loadTimeouts, registry);
		String unavailable = "Calls that Redis did not answer, by what they did";
		count("unavailable", unavailable, "result", "bypassed", this.bypassed, registry);
		count("unavailable", unavailable, "result", "refused", this.refused, registry);
		count("invalidations.deferred", "Invalidations that Redis did not confirm at first", this.invalidationsDeferred,
				registry);
	}

	private void count(String name, String description, LongAdder count, MeterRegistry registry) {
		register(name, description, this.tags, count, registry);
	}

	private void count(String name, String description, String tag, String value, LongAdder count,
			MeterRegistry registry) {
		register(name, description, this.tags.and(tag, value), count, registry);
	}

	private static void register(String name, String description, Tags tags, LongAdder count, MeterRegistry registry) {
		FunctionCounter.builder("rediskit.cache." + name, count, LongAdder::sum)
			.description(description)
			.tags(tags)
			.register(registry);
	}

	/**
	 * What is more than a count.
	 *
	 * @param loads how long successful loads took
	 * @param failedLoads how long failed loads took
	 * @param waits how long calls waited
	 * @param entrySizes how large entries are
	 */
	private record Distributions(Timer loads, Timer failedLoads, Timer waits, DistributionSummary entrySizes) {
	}

}
