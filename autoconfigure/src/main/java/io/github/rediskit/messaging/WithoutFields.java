package io.github.rediskit.messaging;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

import io.github.rediskit.messaging.ConsumerListener.Source;
import org.jspecify.annotations.Nullable;

/**
 * Tracing that gives no fields to what is sent.
 *
 * @param tracing what is around messages
 */
record WithoutFields(MessageTracing tracing) implements MessageTracing {

	@Override
	public <T> CompletionStage<T> send(Way way, String name, Function<Map<String, String>, CompletionStage<T>> send) {
		return this.tracing.send(way, name, (fields) -> send.apply(Map.of()));
	}

	@Override
	public @Nullable CompletionStage<?> handle(Source consumer, List<ReceivedMessage> messages, MessageHandler handler)
			throws Exception {
		return this.tracing.handle(consumer, messages, handler);
	}

	@Override
	public void listen(String listener, String channel, Map<String, String> fields, Runnable call) {
		this.tracing.listen(listener, channel, fields, call);
	}

}
