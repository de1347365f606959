package io.github.rediskit.autoconfigure;

import java.time.Clock;
import java.util.List;
import java.util.Set;

import io.github.rediskit.codec.MessageCodecs;
import io.github.rediskit.key.KeySpace;
import io.github.rediskit.messaging.AsyncRedisPublisher;
import io.github.rediskit.messaging.BlockingRedisPublisher;
import io.github.rediskit.messaging.ChannelNames;
import io.github.rediskit.messaging.GatewayPublisher;
import io.github.rediskit.messaging.MessageTracing;
import io.github.rediskit.messaging.PubSubListener;
import io.github.rediskit.messaging.RedisListenerErrorHandler;
import io.github.rediskit.messaging.RedisPublisher;
import io.github.rediskit.pubsub.ListenerAnnotationProcessor;
import io.github.rediskit.pubsub.ListenerDefaults;
import io.github.rediskit.pubsub.ListenerServices;
import io.github.rediskit.redis.ConnectionRole;
import io.github.rediskit.redis.PubSubLinkSettings;
import io.github.rediskit.redis.RedisConnections;
import io.github.rediskit.script.RedisGateway;
import io.github.rediskit.setting.InvalidSettingException;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.redis.autoconfigure.RedisMessageListenerContainerConfigurer;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.annotation.EnableRedisListeners;
import org.springframework.data.redis.annotation.RedisListener;
import org.springframework.data.redis.config.RedisListenerConfigurer;
import org.springframework.messaging.Message;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.validation.Validator;

/**
 * Published messages: the {@link RedisPublisher} and {@link AsyncRedisPublisher} beans,
 * and containers for Spring Data's {@code @RedisListener}.
 */
@AutoConfiguration(after = { RedisConnectionsAutoConfiguration.class, MessagingAutoConfiguration.class })
@ConditionalOnBean(RedisConnections.class)
@EnableConfigurationProperties(MessagingProperties.class)
public final class PubSubAutoConfiguration {

	@Bean
	ChannelNames rediskitChannelNames(MessagingProperties properties, KeySpace keys) {
		return properties.pubsub().prefixChannels() ? new ChannelNames(keys.prefix("channel")) : ChannelNames.AS_GIVEN;
	}

	@Bean
	@Lazy
	@ConditionalOnMissingBean(AsyncRedisPublisher.class)
	GatewayPublisher rediskitAsyncPublisher(RoleGateways gateways, ChannelNames channels,
			MessagingProperties properties, ObjectProvider<MessageCodecs> codecs, MessageTracing tracing) {
		RedisGateway redis = gateways.guarded(ConnectionRole.MESSAGING);
		MessageCodecs json = codecs.getIfAvailable(MissingMessageCodecs::new);
		MessageTracing traces = properties.pubsub().traceProperty() ? tracing : tracing.withoutFields();
		return properties.pubsub().sharded() ? GatewayPublisher.sharded(redis, json, channels, traces)
				: GatewayPublisher.plain(redis, json, channels, traces);
	}

	@Bean
	@Lazy
	@ConditionalOnMissingBean(RedisPublisher.class)
	BlockingRedisPublisher rediskitPublisher(AsyncRedisPublisher publisher) {
		return new BlockingRedisPublisher(publisher);
	}

	/** Wrong settings are found at the start, whether there are listeners or not. */
	@Bean
	SmartInitializingSingleton rediskitPubSubSettingsCheck(MessagingProperties properties) {
		return () -> properties.pubsub().check();
	}

	/**
	 * Listeners, where Spring Data and Spring Messaging have these.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ EnableRedisListeners.class, Message.class })
	@ConditionalOnBooleanProperty(name = "rediskit.messaging.pubsub.enabled", matchIfMissing = true)
	static class Listeners {

		@Bean
		static PubSubBeans rediskitPubSubBeans() {
			return new PubSubBeans();
		}

		@Bean
		static LazyInitializationExcludeFilter rediskitListenersAreNotLazy() {
			return new ListenersAreNotLazy(List.of(RedisListener.class));
		}

		@Bean
		ListenerDefaults rediskitListenerDefaults(ObjectProvider<MessageCodecs> codecs) {
			return new ListenerDefaults(codecs.getIfAvailable(MissingMessageCodecs::new));
		}

		@Bean
		ListenerThreads rediskitListenerThreads(Environment environment) {
			return new ListenerThreads(environment);
		}

		@Bean
		SubscriptionGaps rediskitSubscriptionGaps(ApplicationEventPublisher events) {
			return new SubscriptionGaps(events);
		}

		@Bean
		@ConditionalOnMissingBean(RedisListenerErrorHandler.class)
		LoggingErrorHandler rediskitListenerErrorHandler() {
			return new LoggingErrorHandler();
		}

		/** Handlers are asked for late: they may be listeners themselves. */
		@Bean(PubSubBeans.CONTAINERS_BEAN_NAME)
		ListenerContainers rediskitListenerContainers(RedisConnections connections, MessagingProperties properties,
				ChannelNames channels, ListenerThreads threads, ObjectProvider<RedisListenerErrorHandler> errorHandler,
				ObjectProvider<PubSubListener> listeners, MessageTracing tracing,
				ObjectProvider<RedisMessageListenerContainerConfigurer> configurer, Environment environment) {
			PubSubProperties settings = properties.pubsub();
			settings.check();
			ListenerServices services = new ListenerServices(settings::settings, channels, threads,
					(failure) -> errorHandler.getObject().handle(failure),
					SingletonSupplier.of(() -> listeners.orderedStream().toList()), tracing, settings.drainTimeout(),
					Clock.systemUTC());
			PubSubLinkSettings link = new PubSubLinkSettings(settings.pingInterval(), settings.pingTimeout(),
					settings.sharded(), () -> ListenerContainers.recovery().start(), Clock.systemUTC());
			return new ListenerContainers(connections, link, services, configurer.getIfUnique(), environment);
		}

		/** Before everything that the application says: it has the last word. */
		@Bean
		@Order(Ordered.HIGHEST_PRECEDENCE)
		RedisListenerConfigurer rediskitListenerValidation(ObjectProvider<Validator> validator) {
			return new RedisListenerConfigurer() {

				@Override
				public @Nullable Validator getValidator() {
					return validator.getIfUnique();
				}

			};
		}

		/** Settings for an id that no listener has would do nothing. */
		@Bean
		SmartInitializingSingleton rediskitListenerIdsCheck(MessagingProperties properties,
				ObjectProvider<ListenerAnnotationProcessor> processor) {
			return () -> processor.ifUnique((unique) -> {
				Set<String> ids = unique.listenerIds();
				for (String id : properties.pubsub().listeners().keySet()) {
					if (!ids.contains(id)) {
						throw new InvalidSettingException("rediskit.messaging.pubsub.listeners." + id,
								"is for a listener that does not exist",
								"There are %s; write one of these, with brackets if it has a dot: listeners.[Orders.on]."
									.formatted(ids));
					}
				}
			});
		}

	}

}
