package io.github.rediskit.pubsub;

import java.lang.reflect.Method;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import org.springframework.data.redis.config.MethodRedisListenerEndpoint;
import org.springframework.data.redis.listener.adapter.HandlerMethodMessageListenerAdapter;
import org.springframework.messaging.handler.annotation.support.MessageHandlerMethodFactory;

/**
 * A {@code @RedisListener} method, which is called by a {@link MethodListener}.
 */
final class MethodListenerEndpoint extends MethodRedisListenerEndpoint {

	private @Nullable MessageHandlerMethodFactory methods;

	private @Nullable String consumes;

	MethodListenerEndpoint(Object bean, Method method) {
		super(bean, method);
	}

	@Override
	public void setMessageHandlerMethodFactory(MessageHandlerMethodFactory methods) {
		super.setMessageHandlerMethodFactory(methods);
		this.methods = methods;
	}

	@Override
	public void setConsumes(@Nullable String consumes) {
		super.setConsumes(consumes);
		this.consumes = consumes;
	}

	@Override
	public HandlerMethodMessageListenerAdapter createListener() {
		MessageHandlerMethodFactory methods = Objects.requireNonNull(this.methods, "set when it is registered");
		return new MethodListener(getId(), methods.createInvocableHandlerMethod(getBean(), getMethod()), this.consumes);
	}

}
