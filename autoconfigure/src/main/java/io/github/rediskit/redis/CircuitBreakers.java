package io.github.rediskit.redis;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

import io.github.rediskit.script.RedisGatewayListener;

/**
 * The circuit breakers of an application, one per connection: roles that share a
 * connection share what is known about it.
 */
public final class CircuitBreakers implements AutoCloseable {

	private static final Duration TOLERATED_SILENCE = Duration.ofMillis(100);

	private final ConcurrentMap<String, CircuitBreaker> circuits = new ConcurrentHashMap<>();

	private final Function<String, byte[]> probeKey;

	private final RedisGatewayListener listener;

	private final ScheduledThreadPoolExecutor timer;

	/**
	 * Creates the circuit breakers.
	 * @param probeKey a key by the name of a connection, which is read, and never
	 * written, to find out whether Redis is back
	 * @param listeners what is told when circuits open and close
	 */
	public CircuitBreakers(Function<String, byte[]> probeKey, List<RedisGatewayListener> listeners) {
		this.probeKey = probeKey;
		this.listener = new Listeners(List.copyOf(listeners));
		this.timer = new ScheduledThreadPoolExecutor(1, (task) -> {
			Thread thread = new Thread(task, "rediskit-circuit");
			thread.setDaemon(true);
			return thread;
		});
		this.timer.setKeepAliveTime(30, TimeUnit.SECONDS);
		this.timer.allowCoreThreadTimeOut(true);
	}

	/**
	 * Puts a gateway behind the circuit breaker of its connection.
	 * @param connection the name of the connection
	 * @param gateway a gateway on that connection
	 * @return the guarded gateway
	 */
	public GuardedGateway guard(String connection, LettuceGateway gateway) {
		return new GuardedGateway(gateway, connection, circuit(connection), this.probeKey.apply(connection), this.timer,
				this.listener);
	}

	/**
	 * Whether nothing is sent on a connection, because Redis does not answer there.
	 * @param connection the name of the connection
	 * @return whether its circuit is open; it is closed also if nothing uses it
	 */
	public boolean isOpen(String connection) {
		CircuitBreaker circuit = this.circuits.get(connection);
		return circuit != null && circuit.isOpen();
	}

	private CircuitBreaker circuit(String connection) {
		CircuitBreaker mine = new CircuitBreaker(TOLERATED_SILENCE, System::nanoTime);
		CircuitBreaker other = this.circuits.putIfAbsent(connection, mine);
		if (other != null) {
			return other;
		}
		this.listener.guarded(connection);
		return mine;
	}

	@Override
	public void close() {
		this.timer.shutdownNow();
	}

	/**
	 * Several listeners as one. What a listener throws does no harm.
	 */
	private record Listeners(List<RedisGatewayListener> listeners) implements RedisGatewayListener {

		@Override
		public void guarded(String connection) {
			tell((listener) -> listener.guarded(connection));
		}

		@Override
		public void circuitOpened(String connection, Throwable failure) {
			tell((listener) -> listener.circuitOpened(connection, failure));
		}

		@Override
		public void circuitClosed(String connection) {
			tell((listener) -> listener.circuitClosed(connection));
		}

		private void tell(Consumer<RedisGatewayListener> event) {
			for (RedisGatewayListener listener : this.listeners) {
				try {
					event.accept(listener);
				}
				catch (RuntimeException ex) {
					// a listener's fault must not become the caller's
				}
			}
		}

	}

}
