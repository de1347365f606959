package io.github.rediskit.metrics;

import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.github.rediskit.lock.LockListener.LossReason;
import io.github.rediskit.lock.LockNotAcquiredException.Reason;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LockMetersTests {

	private final MeterRegistry registry = new SimpleMeterRegistry();

	private final LockMeters meters = new LockMeters();

	@Test
	void everyEventIsInItsMeter() {
		this.meters.bindTo(this.registry);
		this.meters.acquired("order", Duration.ofMillis(3), false);
		this.meters.acquired("order", Duration.ofMillis(4), true);
		this.meters.notAcquired("order", Duration.ofMillis(50), Reason.HELD);
		this.meters.notAcquired("order", Duration.ofMillis(60), Reason.UNAVAILABLE);
		this.meters.skipped("order");
		this.meters.released("order", Duration.ofMillis(10));
		this.meters.lost("order", Duration.ofMillis(20), LossReason.NOT_RENEWED);
		assertThat(waited("acquired").count()).isEqualTo(2);
		assertThat(waited("acquired").totalTime(TimeUnit.MILLISECONDS)).isEqualTo(7);
		assertThat(waited("held").totalTime(TimeUnit.MILLISECONDS)).isEqualTo(50);
		assertThat(waited("unavailable").totalTime(TimeUnit.MILLISECONDS)).isEqualTo(60);
		assertThat(waited("interrupted").count()).isZero();
		assertThat(this.registry.get("rediskit.lock.hold").timer().totalTime(TimeUnit.MILLISECONDS)).isEqualTo(30);
		assertThat(count("contended")).isOne();
		assertThat(count("lost")).isOne();
		assertThat(count("skipped")).isOne();
	}

	@Test
	void whatHappenedBeforeThereWasARegistryIsCounted() {
		this.meters.skipped("order");
		this.meters.bindTo(this.registry);
		this.meters.skipped("order");
		assertThat(count("skipped")).isEqualTo(2);
	}

	@Test
	void whoTakesKeysForNamesDoesNotFillTheRegistry() {
		this.meters.bindTo(this.registry);
		for (int i = 0; i < LockMeters.MOST_NAMES + 5; i++) {
			this.meters.skipped("order-" + i);
		}
		assertThat(this.registry.find("rediskit.lock.skipped").functionCounters()).hasSize(LockMeters.MOST_NAMES + 1);
		assertThat(this.registry.get("rediskit.lock.skipped").tag("lock", LockMeters.OTHERS).functionCounter().count())
			.isEqualTo(5);
	}

	@Test
	void everyMeterNameHasOneSetOfTagKeys() {
		this.meters.bindTo(this.registry);
		this.meters.skipped("order");
		this.meters.skipped("nightly");
		assertThat(this.registry.getMeters()
			.stream()
			.collect(Collectors.groupingBy((meter) -> meter.getId().getName(),
					Collectors.mapping(LockMetersTests::keys, Collectors.toSet()))))
			.allSatisfy((name, keys) -> assertThat(keys).as(name).hasSize(1))
			.containsEntry("rediskit.lock.wait", Set.of("lock,outcome"))
			.containsEntry("rediskit.lock.hold", Set.of("lock"));
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

	private Timer waited(String outcome) {
		return this.registry.get("rediskit.lock.wait").tag("lock", "order").tag("outcome", outcome).timer();
	}

	private double count(String name) {
		return this.registry.get("rediskit.lock." + name).tag("lock", "order").functionCounter().count();
	}

}
