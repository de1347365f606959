package io.github.rediskit.metrics;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.github.rediskit.cache.MissReason;
import io.github.rediskit.cache.RefreshReason;
import io.github.rediskit.cache.StaleReason;
import io.github.rediskit.cache.ValueTooLargeException;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

class CacheMetersTests {

	private final MeterRegistry registry = new SimpleMeterRegistry();

	private final CacheMeters meters = new CacheMeters();

	@Test
	void everyEventIsInItsMeter() {
		this.meters.bindTo(this.registry, "rediskit");
		tellEverything("products");
		assertThat(values("products"))
			.containsExactlyInAnyOrderEntriesOf(Map.ofEntries(Map.entry("cache.gets{result=hit}", 1.0),
					Map.entry("cache.gets{result=miss}", 8.0), Map.entry("cache.puts", 1.0),
					Map.entry("cache.removals", 1.0), Map.entry("rediskit.cache.misses{reason=absent}", 1.0),
					Map.entry("rediskit.cache.misses{reason=invalidated}", 1.0),
					Map.entry("rediskit.cache.misses{reason=format}", 1.0),
					Map.entry("rediskit.cache.misses{reason=schema}", 1.0),
					Map.entry("rediskit.cache.misses{reason=unreadable}", 1.0),
					Map.entry("rediskit.cache.misses{reason=unavailable}", 1.0),
					Map.entry("rediskit.cache.misses{reason=expired}", 1.0),
					Map.entry("rediskit.cache.misses{reason=decryption}", 1.0),
					Map.entry("rediskit.cache.stores{result=too-large}", 1.0), Map.entry("rediskit.cache.leases", 1.0),
					Map.entry("rediskit.cache.stores{result=stored}", 1.0),
					Map.entry("rediskit.cache.stores{result=rejected}", 1.0),
					Map.entry("rediskit.cache.stores{result=failed}", 1.0),
					Map.entry("rediskit.cache.stale{reason=revalidating}", 1.0),
					Map.entry("rediskit.cache.stale{reason=load-failed}", 1.0),
					Map.entry("rediskit.cache.stale{reason=load-slow}", 1.0),
					Map.entry("rediskit.cache.refreshes{reason=early}", 1.0),
					Map.entry("rediskit.cache.refreshes{reason=stale}", 1.0),
					Map.entry("rediskit.cache.refreshes{reason=ahead}", 1.0),
					Map.entry("rediskit.cache.refreshes.skipped", 1.0), Map.entry("rediskit.cache.load.timeouts", 1.0),
					Map.entry("rediskit.cache.unavailable{result=bypassed}", 1.0),
					Map.entry("rediskit.cache.unavailable{result=refused}", 1.0),
					Map.entry("rediskit.cache.invalidations.deferred", 1.0),
					Map.entry("rediskit.cache.load{result=success}", 1.0),
					Map.entry("rediskit.cache.load{result=failure}", 1.0), Map.entry("rediskit.cache.wait", 1.0),
					Map.entry("rediskit.cache.entry.size", 1.0)));
	}

	@Test
	void timesAndSizesAreThoseOfTheEvents() {
		this.meters.bindTo(this.registry, "rediskit");
		tellEverything("products");
		assertThat(loadTime("success")).isEqualTo(Duration.ofMillis(10));
		assertThat(loadTime("failure")).isEqualTo(Duration.ofMillis(20));
		assertThat(this.registry.get("rediskit.cache.wait").timer().totalTime(TimeUnit.MILLISECONDS)).isEqualTo(30);
		assertThat(this.registry.get("rediskit.cache.entry.size").summary().totalAmount()).isEqualTo(512);
		assertThat(this.registry.get("rediskit.cache.entry.size").summary().getId().getBaseUnit()).isEqualTo("bytes");
	}

	private Duration loadTime(String result) {
		return Duration.ofNanos((long) this.registry.get("rediskit.cache.load")
			.tag("result", result)
			.timer()
			.totalTime(TimeUnit.NANOSECONDS));
	}

	@Test
	void whatHappenedBeforeThereWasARegistryIsCounted() {
		this.meters.hit("products");
		this.meters.miss("products", MissReason.ABSENT);
		this.meters.loaded("products", Duration.ofMillis(1));
		this.meters.bindTo(this.registry, "rediskit");
		this.meters.hit("products");
		assertThat(values("products")).containsEntry("cache.gets{result=hit}", 2.0)
			.containsEntry("cache.gets{result=miss}", 1.0)
			.containsEntry("rediskit.cache.load{result=success}", 0.0);
	}

	@Test
	void aCacheHasItsMetersAsSoonAsItIsOpened() {
		this.meters.opened("early");
		this.meters.bindTo(this.registry, "rediskit");
		this.meters.opened("late");
		assertThat(values("late").keySet()).isEqualTo(values("early").keySet()).hasSize(32);
		assertThat(values("late").values()).containsOnly(0.0);
	}

	@Test
	void everyMeterNameHasOneSetOfTagKeys() {
		bindSomeCachesAsSpringBootDoes();
		Map<String, Set<String>> keys = this.registry.getMeters()
			.stream()
			.collect(Collectors.groupingBy((meter) -> meter.getId().getName(),
					Collectors.mapping((meter) -> tagKeys(meter).toString(), Collectors.toSet())));
		assertThat(keys.values()).isNotEmpty().allSatisfy((sets) -> assertThat(sets).hasSize(1));
		assertThat(keys.get("cache.gets")).containsExactly("[cache, cache.manager, name, result]");
		assertThat(keys.get("cache.puts")).containsExactly("[cache, cache.manager, name]");
		assertThat(keys.get("cache.removals")).containsExactly("[cache, cache.manager, name]");
	}

	@Test
	void whoeverBindsACacheFirstItIsThereOnce() {
		bindSomeCachesAsSpringBootDoes();
		assertThat(this.registry.find("cache.puts").meters()).hasSize(3);
		assertThat(this.registry.find("cache.puts").tag("cache", "managed").meter().getId().getTag("cache.manager"))
			.isEqualTo("cacheManager");
	}

	/** One is bound before, one not at all, and one again with other tags. */
	private void bindSomeCachesAsSpringBootDoes() {
		this.meters.standardMeters("managed", Tags.of("cache.manager", "cacheManager", "name", "managed"))
			.bindTo(this.registry);
		this.meters.bindTo(this.registry, "rediskit");
		tellEverything("unmanaged");
		tellEverything("dynamic");
		this.meters.standardMeters("dynamic", Tags.of("name", "dynamic", "mine", "x")).bindTo(this.registry);
	}

	@Test
	void prometheusTakesEveryMeter() {
		PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
		prometheus.throwExceptionOnRegistrationFailure();
		CircuitMeters circuits = new CircuitMeters();
		this.meters.bindTo(prometheus, "rediskit");
		circuits.bindTo(prometheus);
		tellEverything("products");
		tellEverything("prices");
		circuits.circuitOpened("default", new IllegalStateException());
		assertThat(prometheus.scrape()).contains(
				"cache_gets_total{cache=\"products\",cache_manager=\"rediskit\",name=\"products\",result=\"hit\"} 1.0",
				"rediskit_cache_misses_total{cache=\"prices\",reason=\"unreadable\"} 1.0",
				"rediskit_cache_load_seconds_count{cache=\"products\",result=\"failure\"} 1",
				"rediskit_cache_entry_size_bytes_sum{cache=\"products\"} 512.0",
				"rediskit_circuit_open{connection=\"default\"} 1.0",
				"rediskit_circuit_openings_total{connection=\"default\"} 1.0");
	}

	@Test
	void everyMeterIsDescribed() {
		CircuitMeters circuits = new CircuitMeters();
		this.meters.bindTo(this.registry, "rediskit");
		circuits.bindTo(this.registry);
		tellEverything("products");
		circuits.guarded("default");
		assertThat(this.registry.getMeters())
			.allSatisfy((meter) -> assertThat(meter.getId().getDescription()).as(meter.getId().getName()).isNotBlank());
	}

	@ParameterizedTest
	@EnumSource(Hot.class)
	void whatHappensOftenMakesNoGarbage(Hot event) {
		this.meters.bindTo(this.registry, "rediskit");
		com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
		int times = 20_000;
		repeat(event, times);
		long before = threads.getCurrentThreadAllocatedBytes();
		repeat(event, times);
		assertThat((threads.getCurrentThreadAllocatedBytes() - before) / times).isZero();
	}

	private void repeat(Hot event, int times) {
		for (int i = 0; i < times; i++) {
			event.tell(this.meters);
		}
	}

	private void tellEverything(String cache) {
		RuntimeException failure = new IllegalStateException("secret 42");
		this.meters.opened(cache);
		this.meters.hit(cache);
		Arrays.stream(MissReason.values()).forEach((reason) -> this.meters.miss(cache, reason));
		this.meters.loaded(cache, Duration.ofMillis(10));
		this.meters.loadFailed(cache, Duration.ofMillis(20), failure);
		this.meters.leased(cache);
		this.meters.stored(cache, 512);
		Arrays.stream(StaleReason.values()).forEach((reason) -> this.meters.staleServed(cache, reason));
		Arrays.stream(RefreshReason.values()).forEach((reason) -> this.meters.refreshing(cache, reason));
		this.meters.refreshSkipped(cache);
		this.meters.loadTimedOut(cache);
		this.meters.invalidated(cache);
		this.meters.waited(cache, Duration.ofMillis(30));
		this.meters.storeRejected(cache);
		this.meters.storeFailed(cache, failure);
		this.meters.storeFailed(cache, new ValueTooLargeException(2, 1));
		this.meters.bypassed(cache, failure);
		this.meters.refused(cache, failure);
		this.meters.invalidationDeferred(cache, failure);
		this.meters.invalidationsCaughtUp(cache);
	}

	/** Counts by name and by the tags that are not those of every cache. */
	private Map<String, Double> values(String cache) {
		return this.registry.getMeters()
			.stream()
			.filter((meter) -> cache.equals(meter.getId().getTag("cache")))
			.collect(Collectors.toMap(CacheMetersTests::words, CacheMetersTests::count));
	}

	private static String words(Meter meter) {
		List<Tag> own = meter.getId()
			.getTags()
			.stream()
			.filter((tag) -> Set.of("result", "reason").contains(tag.getKey()))
			.toList();
		return meter.getId().getName()
				+ (own.isEmpty() ? "" : "{" + own.get(0).getKey() + "=" + own.get(0).getValue() + "}");
	}

	/** Of a counter it is the only measurement, of a timer or summary the first. */
	private static double count(Meter meter) {
		return meter.measure().iterator().next().getValue();
	}

	private static Set<String> tagKeys(Meter meter) {
		return meter.getId().getTags().stream().map(Tag::getKey).collect(Collectors.toCollection(TreeSet::new));
	}

	enum Hot {

		HIT {
			@Override
			void tell(CacheMeters meters) {
				meters.hit("products");
			}
		},

		MISS {
			@Override
			void tell(CacheMeters meters) {
				meters.miss("products", MissReason.ABSENT);
			}
		},

		STALE {
			@Override
			void tell(CacheMeters meters) {
				meters.staleServed("products", StaleReason.REVALIDATING);
			}
		};

		abstract void tell(CacheMeters meters);

	}

}
