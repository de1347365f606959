package io.github.rediskit.pubsub;

import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.github.rediskit.codec.MessageCodecs;
import org.jspecify.annotations.Nullable;

import org.springframework.core.GenericTypeResolver;
import org.springframework.core.MethodParameter;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.converter.AbstractMessageConverter;
import org.springframework.util.MimeType;

/**
 * JSON by the application's mapper. A message says nothing about what it is, so it is
 * JSON unless the listener consumes something else.
 */
final class JsonMessageConverter extends AbstractMessageConverter {

	private final MessageCodecs codecs;

	private final Map<Type, MessageCodecs.Reader<?>> readers = new ConcurrentHashMap<>();

	JsonMessageConverter(MessageCodecs codecs) {
		super(new MimeType("application", "json"), new MimeType("application", "*+json"));
		this.codecs = codecs;
	}

	@Override
	protected boolean supports(Class<?> type) {
		return true;
	}

	@Override
	protected @Nullable Object convertFromInternal(Message<?> message, Class<?> target, @Nullable Object hint) {
		if (!(message.getPayload() instanceof byte[] bytes)) {
			return null;
		}
		return (target == String.class) ? new String(bytes, StandardCharsets.UTF_8)
				: this.readers.computeIfAbsent(type(target, hint), this.codecs::reader).read(bytes);
	}

	private static Type type(Class<?> target, @Nullable Object hint) {
		if (!(hint instanceof MethodParameter parameter)) {
			return target;
		}
		MethodParameter payload = parameter.nestedIfOptional();
		if (Message.class.isAssignableFrom(payload.getParameterType())) {
			payload = payload.nested();
		}
		return GenericTypeResolver.resolveType(payload.getNestedGenericParameterType(), payload.getContainingClass());
	}

	@Override
	protected @Nullable Object convertToInternal(Object payload, @Nullable MessageHeaders headers,
			@Nullable Object hint) {
		return this.codecs.write(payload);
	}

}
