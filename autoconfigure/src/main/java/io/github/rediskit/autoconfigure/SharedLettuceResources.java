package io.github.rediskit.autoconfigure;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.data.redis.autoconfigure.ClientResourcesBuilderCustomizer;

/**
 * What the clients of all connections share: the threads and timers of the application's
 * own {@link ClientResources}, where there are any, with a reconnect delay that stays
 * short. It is not a bean of that type, because Spring Boot looks for a single one.
 */
final class SharedLettuceResources implements DisposableBean {

	private static final Duration LONGEST_RECONNECT_DELAY = Duration.ofMillis(500);

	private static final long RECONNECT_DELAY_BASE_MILLIS = 10;

	private static final long SHUTDOWN_TIMEOUT_MILLIS = 2000;

	private final ClientResources resources;

	SharedLettuceResources(@Nullable ClientResources application,
			ObjectProvider<ClientResourcesBuilderCustomizer> customizers) {
		this.resources = (application != null) ? sharing(application) : own(customizers);
	}

	/**
	 * Lettuce's copy leaves out the event loops and would own, and shut down, the rest.
	 * What is set explicitly is shared and stays with the application.
	 */
	private static ClientResources sharing(ClientResources application) {
		return application.mutate()
			.eventLoopGroupProvider(application.eventLoopGroupProvider())
			.eventExecutorGroup(application.eventExecutorGroup())
			.timer(application.timer())
			.commandLatencyRecorder(application.commandLatencyRecorder())
			.reconnectDelay(reconnectDelay())
			.build();
	}

	private static ClientResources own(ObjectProvider<ClientResourcesBuilderCustomizer> customizers) {
		ClientResources.Builder builder = ClientResources.builder().reconnectDelay(reconnectDelay());
		customizers.orderedStream().forEach((customizer) -> customizer.customize(builder));
		return builder.build();
	}

	private static Delay reconnectDelay() {
		return Delay.fullJitter(Duration.ZERO, LONGEST_RECONNECT_DELAY, RECONNECT_DELAY_BASE_MILLIS,
				TimeUnit.MILLISECONDS);
	}

	ClientResources get() {
		return this.resources;
	}

	@Override
	public void destroy() {
		this.resources.shutdown().awaitUninterruptibly(SHUTDOWN_TIMEOUT_MILLIS);
	}

}
