package io.github.rediskit.autoconfigure.actuator;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import io.github.rediskit.redis.CircuitBreakers;
import io.github.rediskit.redis.ConnectionRole;
import io.github.rediskit.redis.RedisConnections;

/**
 * The connections, by name. Neither where they lead nor how to log in there is shown.
 */
final class ConnectionsSection implements RediskitSection {

	private final RedisConnections connections;

	private final CircuitBreakers circuits;

	ConnectionsSection(RedisConnections connections, CircuitBreakers circuits) {
		this.connections = connections;
		this.circuits = circuits;
	}

	@Override
	public String name() {
		return "connections";
	}

	@Override
	public Map<String, Connection> content() {
		Map<String, Connection> all = new TreeMap<>();
		this.connections.names()
			.forEach((name) -> all.put(name,
					new Connection(roles(name), this.circuits.isOpen(name) ? "open" : "closed")));
		return all;
	}

	private List<String> roles(String connection) {
		return Arrays.stream(ConnectionRole.values())
			.filter((role) -> this.connections.forRole(role).connectionName().equals(connection))
			.map((role) -> role.name().toLowerCase(Locale.ROOT).replace('_', '-'))
			.toList();
	}

	/**
	 * A connection.
	 *
	 * @param roles what it is used for
	 * @param circuit whether Redis answers: {@code closed} if it does, or nobody has
	 * asked; {@code open} while nothing is sent
	 */
	record Connection(List<String> roles, String circuit) {
	}

}
