package io.github.rediskit.metrics;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

import io.github.rediskit.messaging.ConsumerListener.Source;
import io.github.rediskit.messaging.MessageHandler;
import io.github.rediskit.messaging.MessageTracing;
import io.github.rediskit.messaging.ReceivedMessage;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.observation.transport.SenderContext;
import org.jspecify.annotations.Nullable;

/**
 * Observations around what is sent and what is handled. Where there is tracing, its
 * handlers write the trace to what travels with a message and find it there again.
 */
public final class MessageObservations implements MessageTracing {

	private final ObservationRegistry registry;

	/**
	 * Creates the observations.
	 * @param registry where
	 */
	public MessageObservations(ObservationRegistry registry) {
		this.registry = registry;
	}

	@Override
	public <T> CompletionStage<T> send(Way way, String name, Function<Map<String, String>, CompletionStage<T>> send) {
		if (this.registry.isNoop()) {
			return send.apply(Map.of());
		}
		Map<String, String> fields = new LinkedHashMap<>();
		SenderContext<Map<String, String>> context = new SenderContext<>(MessageObservations::set, Kind.PRODUCER);
		context.setCarrier(fields);
		String word = way.name().toLowerCase(Locale.ROOT);
		String verb = (way == Way.CHANNEL) ? "publish" : "send";
		// channels may be made at run time, any number of them
		Observation observation = Observation
			.createNotStarted("rediskit." + ((way == Way.CHANNEL) ? "pubsub" : word) + "." + verb, () -> context,
					this.registry)
			.contextualName((way == Way.CHANNEL) ? verb : name + " " + verb);
		observation = (way == Way.CHANNEL) ? observation.highCardinalityKeyValue(word, name)
				: observation.lowCardinalityKeyValue(word, name);
		return sent(observation.start(), fields, send);
	}

	private static <T> CompletionStage<T> sent(Observation observation, Map<String, String> fields,
			Function<Map<String, String>, CompletionStage<T>> send) {
		try {
			return observation
				.scoped(() -> send.apply(fields).whenComplete((answer, failure) -> ended(observation, failure)));
		}
		catch (Throwable ex) {
			observation.stop(); // it has been told of the error
			throw ex;
		}
	}

	private static void set(@Nullable Map<String, String> fields, String name, String value) {
		if (fields != null) {
			fields.put(name, value);
		}
	}

	@Override
	public @Nullable CompletionStage<?> handle(Source consumer, List<ReceivedMessage> messages, MessageHandler handler)
			throws Exception {
		if (this.registry.isNoop()) {
			return handler.handle(messages);
		}
		ReceiverContext<List<ReceivedMessage>> context = new ReceiverContext<>(MessageObservations::common,
				Kind.CONSUMER);
		context.setCarrier(messages);
		Observation observation = Observation
			.createNotStarted(consumer.queue() ? "rediskit.queue.handle" : "rediskit.stream.handle", () -> context,
					this.registry)
			.contextualName(consumer.id() + " handle")
			.lowCardinalityKeyValue("listener", consumer.id())
			.lowCardinalityKeyValue(consumer.queue() ? "queue" : "stream", consumer.name());
		if (!consumer.queue()) {
			observation = observation.lowCardinalityKeyValue("group", consumer.group());
		}
		if (messages.size() == 1) {
			observation = observation.highCardinalityKeyValue("message", messages.get(0).info().id())
				.highCardinalityKeyValue("attempt", Long.toString(messages.get(0).info().attempt()));
		}
		return handled(observation.start(), messages, handler);
	}

	private static @Nullable CompletionStage<?> handled(Observation observation, List<ReceivedMessage> messages,
			MessageHandler handler) throws Exception {
		Optional<CompletionStage<?>> stage;
		try {
			stage = observation.scopedChecked(() -> Optional.ofNullable(handler.handle(messages)));
		}
		catch (Throwable ex) {
			observation.stop(); // it has been told of the error
			throw ex;
		}
		if (stage.isEmpty()) {
			observation.stop();
			return null;
		}
		return stage.get().whenComplete((ignored, failure) -> ended(observation, failure));
	}

	/** What travelled with all of them; messages of several traces begin a new one. */
	private static @Nullable String common(@Nullable List<ReceivedMessage> messages, String name) {
		String common = null;
		for (ReceivedMessage message : (messages != null) ? messages : List.<ReceivedMessage>of()) {
			String value = message.field(name);
			if (value == null || (common != null && !common.equals(value))) {
				return null;
			}
			common = value;
		}
		return common;
	}

	@Override
	public void listen(String listener, String channel, Map<String, String> fields, Runnable call) {
		if (this.registry.isNoop()) {
			call.run();
			return;
		}
		ReceiverContext<Map<String, String>> context = new ReceiverContext<>(MessageObservations::get, Kind.CONSUMER);
		context.setCarrier(fields);
		Observation.createNotStarted("rediskit.pubsub.handle", () -> context, this.registry)
			.contextualName(listener + " handle")
			.lowCardinalityKeyValue("listener", listener)
			.highCardinalityKeyValue("channel", channel)
			.observe(call);
	}

	private static @Nullable String get(@Nullable Map<String, String> fields, String name) {
		return (fields != null) ? fields.get(name) : null;
	}

	private static void ended(Observation observation, @Nullable Throwable failure) {
		if (failure != null) {
			observation.error((failure instanceof CompletionException && failure.getCause() != null)
					? failure.getCause() : failure);
		}
		observation.stop();
	}

}
