package io.github.rediskit.autoconfigure;

import java.security.SecureRandom;
import java.time.InstantSource;

import io.github.rediskit.codec.AttributeCodec;
import io.github.rediskit.codec.EncryptionKeys;
import io.github.rediskit.key.KeySpace;
import io.github.rediskit.redis.ConnectionRole;
import io.github.rediskit.redis.RedisConnections;
import io.github.rediskit.session.AsyncUserSessions;
import io.github.rediskit.session.BlockingUserSessions;
import io.github.rediskit.session.DeviceParser;
import io.github.rediskit.session.RedisUserSessions;
import io.github.rediskit.session.SessionListener;
import io.github.rediskit.session.SessionSettings;
import io.github.rediskit.session.SessionSources;
import io.github.rediskit.session.Sessions;
import io.github.rediskit.session.UserSessions;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;
import org.springframework.session.SessionIdGenerator;
import org.springframework.session.SessionRepository;
import org.springframework.session.UuidSessionIdGenerator;

/**
 * HTTP sessions in Redis and the {@link UserSessions} and {@link AsyncUserSessions}
 * beans, where Spring Session is on the classpath. Applications without requests can see
 * and end sessions, too.
 */
@AutoConfiguration(after = { RedisConnectionsAutoConfiguration.class, CacheAutoConfiguration.class })
@ConditionalOnClass(SessionRepository.class)
@ConditionalOnBean(RedisConnections.class)
@ConditionalOnBooleanProperty(name = "rediskit.session.enabled", matchIfMissing = true)
@EnableConfigurationProperties(SessionProperties.class)
@ImportRuntimeHints(SessionAutoConfiguration.ScriptHints.class)
public final class SessionAutoConfiguration {

	@Bean
	LoggingSessionListener rediskitLoggingSessionListener() {
		return new LoggingSessionListener();
	}

	@Bean
	SessionEvents rediskitSessionEvents(ApplicationEventPublisher publisher) {
		return new SessionEvents(publisher);
	}

	/** Made at the start in any case: wrong settings are to be found then. */
	@Bean
	SessionSettings rediskitSessionSettings(SessionProperties properties, Environment environment) {
		return properties.settings(SessionTimeout.of(environment));
	}

	/** Made at the start in any case: wrong settings are to be found then. */
	@Bean
	@ConditionalOnMissingBean
	AttributeCodec rediskitAttributeCodec(SessionProperties properties, EncryptionKeys keys, ResourceLoader resources) {
		return new AttributeCodecs(properties, keys, resources.getClassLoader()).codec();
	}

	@Bean
	@ConditionalOnMissingBean
	Sessions rediskitSessions(RoleGateways gateways, KeySpace keys, AttributeCodec codec, SessionSettings settings,
			ObjectProvider<SessionIdGenerator> ids, ObjectProvider<DeviceParser> devices,
			ObjectProvider<SessionListener> listeners) {
		SessionSources sources = new SessionSources(ids.getIfUnique(UuidSessionIdGenerator::getInstance),
				InstantSource.system(), new SecureRandom());
		return new Sessions(gateways.guarded(ConnectionRole.SESSION), keys, codec, settings, sources,
				devices.getIfAvailable(() -> ShortenedAgents.orBetter(getClass().getClassLoader())),
				listeners.orderedStream().toList());
	}

	@Bean
	@ConditionalOnMissingBean(AsyncUserSessions.class)
	RedisUserSessions rediskitAsyncUserSessions(Sessions sessions) {
		return new RedisUserSessions(sessions);
	}

	@Bean
	@ConditionalOnMissingBean(UserSessions.class)
	BlockingUserSessions rediskitUserSessions(AsyncUserSessions sessions) {
		return new BlockingUserSessions(sessions);
	}

	static class ScriptHints implements RuntimeHintsRegistrar {

		@Override
		public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
			hints.resources().registerPattern("io/github/rediskit/session/*.lua");
		}

	}

}
