package io.github.rediskit.autoconfigure;

import java.time.Duration;

import io.github.rediskit.pubsub.ListenerServices;
import io.github.rediskit.pubsub.RediskitListenerContainer;
import io.github.rediskit.redis.ConnectionRole;
import io.github.rediskit.redis.PubSubLinkSettings;
import io.github.rediskit.redis.RedisConnections;
import io.github.rediskit.redis.RediskitConnectionFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.data.redis.autoconfigure.RedisMessageListenerContainerConfigurer;
import org.springframework.core.env.Environment;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * Makes the listener containers: the one for listeners that name none, and one for each
 * connection. What Spring Boot's properties say about containers holds for them, too.
 */
final class ListenerContainers {

	private static final String RECOVERY = "spring.data.redis.listener.recovery";

	private final RedisConnections connections;

	private final PubSubLinkSettings link;

	private final ListenerServices services;

	private final @Nullable RedisMessageListenerContainerConfigurer configurer;

	private final boolean ownRecovery;

	ListenerContainers(RedisConnections connections, PubSubLinkSettings link, ListenerServices services,
			@Nullable RedisMessageListenerContainerConfigurer configurer, Environment environment) {
		this.connections = connections;
		this.link = link;
		this.services = services;
		this.configurer = configurer;
		this.ownRecovery = Binder.get(environment).bind(RECOVERY, Bindable.mapOf(String.class, String.class)).isBound();
	}

	/** The pauses between attempts, unless Spring Boot's properties say others. */
	static ExponentialBackOff recovery() {
		ExponentialBackOff recovery = new ExponentialBackOff(Duration.ofMillis(200).toMillis(), 2);
		recovery.setMaxInterval(Duration.ofSeconds(5).toMillis());
		recovery.setJitter(Duration.ofMillis(200).toMillis());
		return recovery;
	}

	/** The container for listeners that name none. */
	RediskitListenerContainer createDefault() {
		return create(this.connections.forRole(ConnectionRole.MESSAGING));
	}

	/** The container for listeners that name a connection. */
	RediskitListenerContainer create(String connection) {
		return create(this.connections.named(connection));
	}

	private RediskitListenerContainer create(RediskitConnectionFactory factory) {
		RediskitListenerContainer container = new RediskitListenerContainer(factory, this.link, this.services);
		if (this.configurer != null) {
			this.configurer.configure(container, factory);
		}
		if (!this.ownRecovery) {
			container.setRecoveryBackoff(recovery());
		}
		return container;
	}

}
