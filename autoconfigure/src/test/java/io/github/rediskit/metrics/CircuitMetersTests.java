package io.github.rediskit.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CircuitMetersTests {

	private static final RuntimeException SILENCE = new IllegalStateException("no answer");

	private final MeterRegistry registry = new SimpleMeterRegistry();

	private final CircuitMeters meters = new CircuitMeters();

	@Test
	void aCircuitIsThereBeforeItOpens() {
		this.meters.guarded("default");
		this.meters.bindTo(this.registry);
		this.meters.guarded("locks");
		assertThat(open("default")).isZero();
		assertThat(open("locks")).isZero();
		assertThat(openings("locks")).isZero();
	}

	@Test
	void openingsAreCountedFromTheBeginning() {
		this.meters.circuitOpened("default", SILENCE);
		this.meters.circuitClosed("default");
		this.meters.circuitOpened("default", SILENCE);
		this.meters.bindTo(this.registry);
		assertThat(open("default")).isOne();
		assertThat(openings("default")).isEqualTo(2);
		this.meters.circuitClosed("default");
		assertThat(open("default")).isZero();
	}

	@Test
	void aClosingThatIsToldBeforeItsOpeningLeavesTheCircuitClosed() {
		this.meters.bindTo(this.registry);
		this.meters.circuitClosed("default");
		this.meters.circuitOpened("default", SILENCE);
		assertThat(open("default")).isZero();
		this.meters.circuitOpened("default", SILENCE);
		assertThat(open("default")).isOne();
	}

	private double open(String connection) {
		return this.registry.get("rediskit.circuit.open").tag("connection", connection).gauge().value();
	}

	private double openings(String connection) {
		return this.registry.get("rediskit.circuit.openings").tag("connection", connection).functionCounter().count();
	}

}
