package io.github.rediskit.autoconfigure;

import java.time.Clock;

import io.github.rediskit.key.KeySpace;
import io.github.rediskit.redis.ConnectionRole;
import io.github.rediskit.redis.RedisConnections;
import io.github.rediskit.structures.AsyncHeartbeats;
import io.github.rediskit.structures.AsyncLeaderboards;
import io.github.rediskit.structures.BlockingHeartbeats;
import io.github.rediskit.structures.BlockingLeaderboards;
import io.github.rediskit.structures.HeartbeatListener;
import io.github.rediskit.structures.HeartbeatSettings;
import io.github.rediskit.structures.Heartbeats;
import io.github.rediskit.structures.Leaderboards;
import io.github.rediskit.structures.RedisHeartbeats;
import io.github.rediskit.structures.RedisLeaderboards;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Lazy;

/**
 * The {@link Leaderboards} and {@link Heartbeats} beans, and their asynchronous doors.
 */
@AutoConfiguration(after = RedisConnectionsAutoConfiguration.class)
@ConditionalOnBean(RedisConnections.class)
@EnableConfigurationProperties(StructuresProperties.class)
@ImportRuntimeHints(StructuresAutoConfiguration.ScriptHints.class)
public final class StructuresAutoConfiguration {

	/** Made at the start in any case: wrong settings are to be found then. */
	@Bean
	ConfiguredBoards rediskitConfiguredBoards(StructuresProperties properties) {
		return new ConfiguredBoards(properties.boards());
	}

	@Bean
	@Lazy
	@ConditionalOnMissingBean(AsyncLeaderboards.class)
	RedisLeaderboards rediskitAsyncLeaderboards(RoleGateways gateways, KeySpace keys, ConfiguredBoards boards) {
		return new RedisLeaderboards(gateways.guarded(ConnectionRole.STRUCTURES), keys, boards.settings(),
				Clock.systemUTC());
	}

	@Bean
	@Lazy
	@ConditionalOnMissingBean(Leaderboards.class)
	BlockingLeaderboards rediskitLeaderboards(AsyncLeaderboards boards) {
		return new BlockingLeaderboards(boards);
	}

	@Bean
	LoggingHeartbeatListener rediskitLoggingHeartbeatListener() {
		return new LoggingHeartbeatListener();
	}

	@Bean
	HeartbeatSettings rediskitHeartbeatSettings(StructuresProperties properties) {
		return properties.beats();
	}

	@Bean
	HeartbeatLifecycle rediskitHeartbeatLifecycle(StructuresProperties properties,
			ObjectProvider<AsyncHeartbeats> heartbeats, ApplicationEventPublisher publisher) {
		return new HeartbeatLifecycle(properties.heartbeats().watched(), heartbeats::getObject, publisher,
				RoleGateways.PHASE_OF_USERS);
	}

	@Bean
	@Lazy
	@ConditionalOnMissingBean(AsyncHeartbeats.class)
	RedisHeartbeats rediskitAsyncHeartbeats(RoleGateways gateways, KeySpace keys, HeartbeatSettings settings,
			ObjectProvider<HeartbeatListener> listeners, HeartbeatLifecycle lifecycle) {
		return lifecycle.manage(new RedisHeartbeats(gateways.guarded(ConnectionRole.STRUCTURES), keys, settings,
				listeners.orderedStream().toList()));
	}

	@Bean
	@Lazy
	@ConditionalOnMissingBean(Heartbeats.class)
	BlockingHeartbeats rediskitHeartbeats(AsyncHeartbeats heartbeats) {
		return new BlockingHeartbeats(heartbeats);
	}

	static class ScriptHints implements RuntimeHintsRegistrar {

		@Override
		public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
			hints.resources().registerPattern("io/github/rediskit/structures/*.lua");
		}

	}

}
