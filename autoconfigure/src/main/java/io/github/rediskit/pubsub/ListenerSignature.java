package io.github.rediskit.pubsub;

import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.data.redis.config.RedisListenerConfigurer;
import org.springframework.data.redis.listener.Topic;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.Headers;
import org.springframework.messaging.handler.annotation.Payload;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;
import org.springframework.messaging.support.MessageHeaderAccessor;

/**
 * What a {@code @RedisListener} method may look like. What is refused here would be
 * called without anybody noticing that it does nothing, or the wrong thing.
 */
final class ListenerSignature {

	private static final List<Class<?>> WITHOUT_PAYLOAD = List.of(Message.class, MessageHeaders.class,
			MessageHeaderAccessor.class, Topic.class);

	private ListenerSignature() {
	}

	static void check(Method method, BeanFactory beans) {
		ReactiveAdapter adapter = ReactiveAdapterRegistry.getSharedInstance().getAdapter(method.getReturnType());
		if (adapter != null && (adapter.isMultiValue() || adapter.getDescriptor().isDeferred())) {
			throw ListenerAnnotationProcessor.invalid(method,
					"nobody subscribes to the %s that it returns, so nothing would happen: return nothing, or a CompletionStage, which is waited for"
						.formatted(method.getReturnType().getSimpleName()),
					null);
		}
		List<Parameter> payloads = Arrays.stream(method.getParameters()).filter(ListenerSignature::isPayload).toList();
		if (payloads.stream().anyMatch((parameter) -> isContinuation(parameter.getType()))) {
			throw ListenerAnnotationProcessor.invalid(method,
					"a suspending function can't be called with a message: write a plain function", null);
		}
		if (payloads.size() > 1 && !hasResolvers(beans)) {
			throw ListenerAnnotationProcessor.invalid(method,
					"it has %d parameters for the one message: annotate what is to be a header with @Header, or take a Topic for the channel"
						.formatted(payloads.size()),
					null);
		}
	}

	private static boolean isPayload(Parameter parameter) {
		if (AnnotatedElementUtils.hasAnnotation(parameter, Payload.class)) {
			return true;
		}
		return !AnnotatedElementUtils.hasAnnotation(parameter, Header.class)
				&& !AnnotatedElementUtils.hasAnnotation(parameter, Headers.class)
				&& WITHOUT_PAYLOAD.stream().noneMatch((type) -> type.isAssignableFrom(parameter.getType()));
	}

	private static boolean isContinuation(Class<?> type) {
		return type.getName().equals("kotlin.coroutines.Continuation");
	}

	/** Whether the application resolves parameters in ways that are not known here. */
	private static boolean hasResolvers(BeanFactory beans) {
		List<HandlerMethodArgumentResolver> resolvers = new ArrayList<>();
		beans.getBeanProvider(RedisListenerConfigurer.class)
			.stream()
			.filter((configurer) -> !(configurer instanceof ListenerDefaults))
			.forEach((configurer) -> configurer.addArgumentResolvers(resolvers));
		return !resolvers.isEmpty();
	}

}
