package io.github.rediskit.pubsub;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;

import org.jspecify.annotations.Nullable;

import org.springframework.data.redis.connection.Message;
import org.springframework.data.redis.listener.ChannelTopic;
import org.springframework.data.redis.listener.PatternTopic;
import org.springframework.data.redis.listener.Topic;
import org.springframework.data.redis.listener.adapter.HandlerMethodMessageListenerAdapter;
import org.springframework.data.redis.listener.support.PubSubHeaders;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.handler.invocation.InvocableHandlerMethod;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.util.StringUtils;

/**
 * Calls a {@code @RedisListener} method as Spring Data does, but tells what it threw, and
 * waits for a future that it returns: the next message of the channel comes after it.
 */
final class MethodListener extends HandlerMethodMessageListenerAdapter implements IdentifiedListener {

	private final String id;

	private final InvocableHandlerMethod method;

	private final @Nullable String consumes;

	MethodListener(String id, InvocableHandlerMethod method, @Nullable String consumes) {
		super(method, consumes);
		this.id = id;
		this.method = method;
		this.consumes = consumes;
	}

	@Override
	public String listenerId() {
		return this.id;
	}

	@Override
	public void onMessage(Message message, byte @Nullable [] pattern) {
		try {
			Object returned = this.method.invoke(withHeaders(message, pattern));
			if (returned instanceof CompletionStage<?> stage) {
				stage.toCompletableFuture().get();
			}
		}
		catch (ExecutionException ex) {
			throw new ListenerCallException((ex.getCause() != null) ? ex.getCause() : ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new ListenerCallException(ex);
		}
		catch (Exception ex) {
			throw new ListenerCallException(ex);
		}
	}

	private org.springframework.messaging.Message<byte[]> withHeaders(Message message, byte @Nullable [] pattern) {
		Topic channel = ChannelTopic.of(text(message.getChannel()));
		MessageBuilder<byte[]> builder = MessageBuilder.withPayload(message.getBody())
			.setHeader(PubSubHeaders.CHANNEL, channel)
			.setHeader(PubSubHeaders.TOPIC, channel);
		if (pattern != null && !Arrays.equals(pattern, message.getChannel())) { // the
																				// source,
																				// if
																				// there
																				// is no
																				// pattern
			Topic matched = PatternTopic.of(text(pattern));
			builder.setHeader(PubSubHeaders.TOPIC, matched).setHeader(PubSubHeaders.PATTERN, matched);
		}
		if (StringUtils.hasText(this.consumes)) {
			builder.setHeader(MessageHeaders.CONTENT_TYPE, this.consumes);
		}
		return builder.build();
	}

	private static String text(byte[] bytes) {
		return new String(bytes, StandardCharsets.UTF_8);
	}

}
