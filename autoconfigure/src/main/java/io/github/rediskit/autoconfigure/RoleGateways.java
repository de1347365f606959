package io.github.rediskit.autoconfigure;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import io.github.rediskit.redis.CircuitBreakers;
import io.github.rediskit.redis.ConnectionRole;
import io.github.rediskit.redis.GuardedGateway;
import io.github.rediskit.redis.LettuceGateway;
import io.github.rediskit.redis.RedisConnections;
import io.github.rediskit.redis.RediskitConnectionFactory;

import org.springframework.context.SmartLifecycle;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;

/**
 * The gateways of an application, one per role, made when a feature first asks for its
 * own. Their connections close before their factories stop, and open again when those
 * have started again: after a pause of the context, or a checkpoint.
 */
final class RoleGateways implements SmartLifecycle, AutoCloseable {

	/** In which gateways stop: before factories, whose phase is 0. */
	private static final int PHASE = 1;

	/** In which what uses a gateway stops: before the gateway. */
	static final int PHASE_OF_USERS = PHASE + 1;

	private final Map<ConnectionRole, LettuceGateway> plain = new EnumMap<>(ConnectionRole.class);

	private final Map<ConnectionRole, GuardedGateway> guarded = new EnumMap<>(ConnectionRole.class);

	private final RedisConnections connections;

	private final CircuitBreakers circuits;

	private volatile boolean running;

	RoleGateways(RedisConnections connections, CircuitBreakers circuits) {
		this.connections = connections;
		this.circuits = circuits;
	}

	/** What goes through the circuit breaker of the role's connection: for features. */
	synchronized GuardedGateway guarded(ConnectionRole role) {
		return this.guarded.computeIfAbsent(role,
				(added) -> this.circuits.guard(this.connections.forRole(role).connectionName(), plain(role)));
	}

	private synchronized LettuceGateway plain(ConnectionRole role) {
		return this.plain.computeIfAbsent(role, (added) -> {
			RediskitConnectionFactory factory = this.connections.forRole(role);
			return new LettuceGateway(factory::openConnection, factory::openPubSubConnection,
					firstWait(factory.getClientConfiguration()));
		});
	}

	/** How long the first calls wait while the connection is being opened. */
	private static Duration firstWait(LettuceClientConfiguration client) {
		Duration connectTimeout = client.getClientOptions()
			.map((options) -> options.getSocketOptions().getConnectTimeout())
			.orElse(Duration.ZERO);
		Duration timeout = client.getCommandTimeout();
		return (connectTimeout.compareTo(timeout) > 0) ? connectTimeout : timeout;
	}

	/** Opens a role's connection in the background, so that its first call finds it. */
	void warmUp(ConnectionRole role) {
		plain(role).warmUp();
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	/** Whether a feature has asked for the gateway of a role. */
	synchronized boolean isUsed(ConnectionRole role) {
		return this.guarded.containsKey(role);
	}

	@Override
	public synchronized void start() {
		this.plain.values().forEach(LettuceGateway::start);
		this.running = true;
	}

	@Override
	public void stop() {
		stop(() -> {
		});
	}

	@Override
	public synchronized void stop(Runnable callback) {
		this.running = false;
		CompletableFuture
			.allOf(this.plain.values()
				.stream()
				.map((gateway) -> gateway.stop().toCompletableFuture())
				.toArray(CompletableFuture<?>[]::new))
			.whenComplete((ignored, failure) -> callback.run());
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public synchronized void close() {
		this.plain.values().forEach(LettuceGateway::close);
	}

}
