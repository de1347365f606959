package io.github.rediskit.pubsub;

import java.util.List;

import io.github.rediskit.codec.MessageCodecs;
import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodParameter;
import org.springframework.core.Ordered;
import org.springframework.data.redis.config.RedisListenerConfigurer;
import org.springframework.data.redis.listener.Topic;
import org.springframework.data.redis.listener.support.PubSubHeaders;
import org.springframework.data.redis.serializer.RedisMessageConverters;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;

/**
 * How a message becomes the arguments of a {@code @RedisListener} method, after
 * everything that the application itself has to say about it: text and bytes as they are,
 * anything else from JSON, and a {@link Topic} says where the message was published.
 */
public final class ListenerDefaults implements RedisListenerConfigurer, Ordered {

	private final MessageCodecs codecs;

	/**
	 * Creates the defaults.
	 * @param codecs read JSON
	 */
	public ListenerDefaults(MessageCodecs codecs) {
		this.codecs = codecs;
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public void configureMessageConverters(RedisMessageConverters.Builder builder) {
		builder.addCustomConverter(new JsonMessageConverter(this.codecs));
	}

	@Override
	public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
		resolvers.add(new TopicArgument());
	}

	private static final class TopicArgument implements HandlerMethodArgumentResolver {

		@Override
		public boolean supportsParameter(MethodParameter parameter) {
			return Topic.class.isAssignableFrom(parameter.getParameterType());
		}

		@Override
		public @Nullable Object resolveArgument(MethodParameter parameter, Message<?> message) {
			Object topic = message.getHeaders().get(PubSubHeaders.TOPIC);
			return parameter.getParameterType().isInstance(topic) ? topic
					: message.getHeaders().get(PubSubHeaders.CHANNEL);
		}

	}

}
