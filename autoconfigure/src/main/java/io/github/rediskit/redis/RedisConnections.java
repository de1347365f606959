package io.github.rediskit.redis;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * All connections of the application, by name and by role. {@value #DEFAULT} is always
 * among them.
 */
public final class RedisConnections {

	/** Name of the connection that {@code spring.data.redis.*} describes. */
	public static final String DEFAULT = "default";

	private final Map<String, RediskitConnectionFactory> factories;

	private final Map<ConnectionRole, String> roles;

	/**
	 * Create the connections of an application.
	 * @param factories the factories, each known by its own name
	 * @param roles the name of the connection for each role; a role that is left out uses
	 * {@value #DEFAULT}
	 */
	public RedisConnections(Iterable<RediskitConnectionFactory> factories, Map<ConnectionRole, String> roles) {
		this.factories = new TreeMap<>();
		factories.forEach((factory) -> this.factories.put(factory.connectionName(), factory));
		this.roles = new EnumMap<>(ConnectionRole.class);
		this.roles.putAll(roles);
	}

	/**
	 * Return the connection with the given name.
	 * @param name the name, as in {@code rediskit.connections.<name>}
	 * @return the factory of its connections
	 * @throws IllegalArgumentException if there is none
	 */
	public RediskitConnectionFactory named(String name) {
		RediskitConnectionFactory factory = this.factories.get(name);
		if (factory == null) {
			throw new IllegalArgumentException(
					"There is no Redis connection '%s'. There are %s; another one is declared by rediskit.connections.%s"
						.formatted(name, names(), name));
		}
		return factory;
	}

	/**
	 * Return the connection that the configuration gives to a role.
	 * @param role the role
	 * @return the factory of its connections
	 */
	public RediskitConnectionFactory forRole(ConnectionRole role) {
		return named(this.roles.getOrDefault(role, DEFAULT));
	}

	/**
	 * Return the names of all connections, sorted.
	 * @return the names
	 */
	public Set<String> names() {
		return Collections.unmodifiableSet(this.factories.keySet());
	}

}
