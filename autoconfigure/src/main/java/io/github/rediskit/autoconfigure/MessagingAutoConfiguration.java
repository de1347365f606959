package io.github.rediskit.autoconfigure;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;

import io.github.rediskit.codec.EncryptionKeys;
import io.github.rediskit.codec.JsonMessageCodecs;
import io.github.rediskit.codec.MessageCodecs;
import io.github.rediskit.key.KeySpace;
import io.github.rediskit.messaging.ConsumerListener;
import io.github.rediskit.messaging.ConsumerRequest;
import io.github.rediskit.messaging.MessageListeners;
import io.github.rediskit.messaging.MessageTracing;
import io.github.rediskit.messaging.RedisMessaging;
import io.github.rediskit.messaging.RedisQueueListener;
import io.github.rediskit.messaging.RedisQueues;
import io.github.rediskit.messaging.RedisStreamListener;
import io.github.rediskit.messaging.RedisStreams;
import io.github.rediskit.metrics.MessageObservations;
import io.github.rediskit.redis.ConnectionRole;
import io.github.rediskit.redis.LettuceStreamReads;
import io.github.rediskit.redis.RedisConnections;
import io.github.rediskit.redis.RediskitConnectionFactory;
import io.github.rediskit.spring.ListenerMethods;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.thread.Threading;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;
import org.springframework.core.task.VirtualThreadTaskExecutor;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Streams and queues: {@code @RedisStreamListener}, {@code @RedisQueueListener}, and the
 * beans {@link RedisStreams}, {@link RedisQueues} and {@link MessageListeners}.
 */
@AutoConfiguration(after = { RedisConnectionsAutoConfiguration.class, CacheAutoConfiguration.class,
		JacksonAutoConfiguration.class })
@ConditionalOnBean(RedisConnections.class)
@EnableConfigurationProperties(MessagingProperties.class)
@ImportRuntimeHints(MessagingAutoConfiguration.ScriptHints.class)
public final class MessagingAutoConfiguration {

	@Bean
	LoggingConsumerListener rediskitLoggingConsumerListener() {
		return new LoggingConsumerListener();
	}

	/** Made at the start in any case: wrong settings are to be found then. */
	@Bean
	ConfiguredMessages rediskitConfiguredMessages(MessagingProperties properties, ObjectProvider<EncryptionKeys> keys) {
		return new ConfiguredMessages(properties, keys.getIfAvailable(EncryptionKeys::none));
	}

	/**
	 * Spring itself brings observations along, and nothing is done without a registry.
	 */
	@Bean
	@Lazy
	MessageObservations rediskitMessageObservations(ObjectProvider<ObservationRegistry> registry) {
		return new MessageObservations(registry.getIfUnique(() -> ObservationRegistry.NOOP));
	}

	/** Made at the start only if something listens. */
	@Bean
	@Lazy
	MessagingEngine rediskitMessagingEngine(RoleGateways gateways, RedisConnections connections, KeySpace keys,
			ObjectProvider<MessageCodecs> codecs, ObjectProvider<EncryptionKeys> encryption,
			ConfiguredMessages settings, ObjectProvider<ConsumerListener> listeners, MessageTracing tracing,
			Environment environment) {
		RediskitConnectionFactory factory = connections.forRole(ConnectionRole.MESSAGING);
		return new MessagingEngine(new RedisMessaging(gateways.guarded(ConnectionRole.MESSAGING),
				new LettuceStreamReads(factory::openConnection, factory.getClientConfiguration().getCommandTimeout()),
				keys, codecs.getIfAvailable(MissingMessageCodecs::new), encryption.getIfAvailable(EncryptionKeys::none),
				settings, () -> UUID.randomUUID().toString(), threads(environment), listeners.orderedStream().toList(),
				tracing));
	}

	private static Function<String, ThreadFactory> threads(Environment environment) {
		return Threading.VIRTUAL.isActive(environment)
				? (prefix) -> new VirtualThreadTaskExecutor(prefix).getVirtualThreadFactory()
				: CustomizableThreadFactory::new;
	}

	@Bean
	@Lazy
	@ConditionalOnMissingBean
	RedisStreams rediskitStreams(MessagingEngine engine) {
		return engine.messaging().streams();
	}

	@Bean
	@Lazy
	@ConditionalOnMissingBean
	RedisQueues rediskitQueues(MessagingEngine engine) {
		return engine.messaging().queues();
	}

	/** A stop may take as long as a phase of the shutdown, and no longer. */
	@Bean
	ManagedListeners rediskitMessageListeners(ObjectProvider<MessagingEngine> engine, ConfiguredMessages settings,
			BeanFactory beans, Environment environment) {
		ListenerRequests requests = new ListenerRequests(settings, beans, new SecureRandom());
		Duration phase = environment.getProperty("spring.lifecycle.timeout-per-shutdown-phase", Duration.class,
				Duration.ofSeconds(30));
		return new ManagedListeners((definition, bean) -> {
			RedisMessaging messaging = engine.getObject().messaging();
			ConsumerRequest request = requests.request(definition, definition.handler(bean, messaging.codecs()));
			return definition.queue() ? messaging.consumerOfQueue(request) : messaging.consumerOfStream(request);
		}, phase.multipliedBy(9).dividedBy(10));
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static ListenerBeans rediskitListenerBeans(ConfigurableBeanFactory beanFactory,
			ObjectProvider<ManagedListeners> listeners) {
		return new ListenerBeans(new ListenerMethods(beanFactory::resolveEmbeddedValue), listeners::getObject);
	}

	@Bean
	static ListenerBeanScopes rediskitListenerBeanScopes(ConfigurableListableBeanFactory beanFactory) {
		return new ListenerBeanScopes(beanFactory, new ListenerMethods(beanFactory::resolveEmbeddedValue));
	}

	/**
	 * The first message finds a connection; an application without listeners opens none.
	 */
	@Bean
	static LazyInitializationExcludeFilter rediskitMessageListenersAreNotLazy() {
		return new ListenersAreNotLazy(List.of(RedisStreamListener.class, RedisStreamListener.Several.class,
				RedisQueueListener.class, RedisQueueListener.Several.class));
	}

	@Bean
	SmartInitializingSingleton rediskitMessagingWarmUp(RoleGateways gateways, ManagedListeners listeners) {
		return () -> {
			if (!listeners.isEmpty()) {
				gateways.warmUp(ConnectionRole.MESSAGING);
			}
		};
	}

	static class ScriptHints implements RuntimeHintsRegistrar {

		@Override
		public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
			hints.resources().registerPattern("io/github/rediskit/messaging/*.lua");
		}

	}

	/**
	 * Messages as JSON, where Jackson is there.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(JsonMapper.class)
	static class JsonMessages {

		@Bean
		@Lazy
		@ConditionalOnMissingBean(MessageCodecs.class)
		JsonMessageCodecs rediskitMessageCodecs(ObjectProvider<JsonMapper> mapper) {
			return new JsonMessageCodecs(mapper.getIfUnique(JsonMapper::shared));
		}

	}

}
