package io.github.rediskit.metrics;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

import io.github.rediskit.script.RedisGatewayListener;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import org.jspecify.annotations.Nullable;

/**
 * Shows which circuit breakers are open, and counts how often they opened. Their meters
 * are registered when there is a registry, and from then on for every circuit breaker as
 * soon as there is one.
 */
public final class CircuitMeters implements RedisGatewayListener {

	private final ConcurrentMap<String, MeteredCircuit> circuits = new ConcurrentHashMap<>();

	private volatile @Nullable MeterRegistry registry;

	/**
	 * Registers the meters of all circuit breakers, now and as they come.
	 * @param registry where
	 */
	public void bindTo(MeterRegistry registry) {
		this.registry = registry;
		this.circuits.values().forEach((circuit) -> circuit.bindTo(registry));
	}

	@Override
	public void guarded(String connection) {
		of(connection);
	}

	@Override
	public void circuitOpened(String connection, Throwable failure) {
		of(connection).openings.increment();
	}

	@Override
	public void circuitClosed(String connection) {
		of(connection).closings.increment();
	}

	private MeteredCircuit of(String connection) {
		MeteredCircuit circuit = this.circuits.computeIfAbsent(connection, MeteredCircuit::new);
		MeterRegistry registry = this.registry;
		if (registry != null) {
			circuit.bindTo(registry);
		}
		return circuit;
	}

	/**
	 * One circuit breaker. Whether it is open is a difference of two counts, which come
	 * out right even if a closing is told before the opening that it ends.
	 */
	private static final class MeteredCircuit {

		private final LongAdder openings = new LongAdder();

		private final LongAdder closings = new LongAdder();

		private final Tags tags;

		private boolean bound;

		MeteredCircuit(String connection) {
			this.tags = Tags.of("connection", connection);
		}

		synchronized void bindTo(MeterRegistry registry) {
			if (!this.bound) {
				this.bound = true;
				Gauge.builder("rediskit.circuit.open", this, MeteredCircuit::open)
					.description("1 while nothing is sent to Redis because it does not answer, else 0")
					.tags(this.tags)
					.register(registry);
				FunctionCounter.builder("rediskit.circuit.openings", this.openings, LongAdder::sum)
					.description("How often Redis stopped answering")
					.tags(this.tags)
					.register(registry);
			}
		}

		private double open() {
			return (this.openings.sum() > this.closings.sum()) ? 1 : 0;
		}

	}

}
