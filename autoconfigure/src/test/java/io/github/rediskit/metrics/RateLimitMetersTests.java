package io.github.rediskit.metrics;

import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RateLimitMetersTests {

	private final MeterRegistry registry = new SimpleMeterRegistry();

	private final RateLimitMeters meters = new RateLimitMeters();

	@Test
	void everyEventIsInItsMeter() {
		this.meters.bindTo(this.registry);
		this.meters.allowed("search", 3, 10);
		this.meters.allowed("search", 2, 10);
		this.meters.near("search");
		this.meters.overflowed("search", 100);
		this.meters.refused("search", false);
		this.meters.refused("search", true);
		this.meters.shadow("search");
		this.meters.local("search", true);
		this.meters.local("search", false);
		this.meters.outage("search", new IllegalStateException("secret 42"));
		this.meters.waited("search", Duration.ofMillis(30));
		assertThat(count("decisions", "allowed")).isEqualTo(2);
		assertThat(count("decisions", "refused")).isOne();
		assertThat(count("decisions", "remembered")).isOne();
		assertThat(count("decisions", "shadow")).isOne();
		assertThat(count("local", "allowed")).isOne();
		assertThat(count("local", "refused")).isOne();
		assertThat(this.registry.get("rediskit.ratelimit.near").tag("policy", "search").functionCounter().count())
			.isOne();
		assertThat(this.registry.get("rediskit.ratelimit.overflowed").functionCounter().count()).isOne();
		assertThat(this.registry.get("rediskit.ratelimit.outages").functionCounter().count()).isOne();
		assertThat(this.registry.get("rediskit.ratelimit.wait").timer().totalTime(TimeUnit.MILLISECONDS)).isEqualTo(30);
	}

	@Test
	void whatHappenedBeforeThereWasARegistryIsCounted() {
		this.meters.refused("search", false);
		this.meters.bindTo(this.registry);
		this.meters.refused("search", false);
		assertThat(count("decisions", "refused")).isEqualTo(2);
	}

	@Test
	void everyMeterNameHasOneSetOfTagKeys() {
		this.meters.bindTo(this.registry);
		this.meters.allowed("search", 1, 2);
		this.meters.allowed("export", 1, 2);
		assertThat(this.registry.getMeters()
			.stream()
			.collect(Collectors.groupingBy((meter) -> meter.getId().getName(),
					Collectors.mapping(RateLimitMetersTests::keys, Collectors.toSet()))))
			.allSatisfy((name, keys) -> assertThat(keys).as(name).hasSize(1))
			.containsEntry("rediskit.ratelimit.decisions", Set.of("policy,result"));
	}

	private static String keys(Meter meter) {
		return meter.getId()
			.getTags()
			.stream()
			.map(Tag::getKey)
			.collect(Collectors.toCollection(TreeSet::new))
			.stream()
			.collect(Collectors.joining(","));
	}

	private double count(String name, String result) {
		return this.registry.get("rediskit.ratelimit." + name).tag("result", result).functionCounter().count();
	}

}
