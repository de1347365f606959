package io.github.rediskit.messaging;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

import io.github.rediskit.messaging.ConsumerListener.Source;
import org.jspecify.annotations.Nullable;

/**
 * Is around each message when it is sent and when it is handled, and follows it from one
 * application to the other: what it wants to know there travels with the message.
 */
public interface MessageTracing {

	/** Follows nothing. */
	MessageTracing NONE = new MessageTracing() {

		@Override
		public <T> CompletionStage<T> send(Way way, String name,
				Function<Map<String, String>, CompletionStage<T>> send) {
			return send.apply(Map.of());
		}

		@Override
		public @Nullable CompletionStage<?> handle(Source consumer, List<ReceivedMessage> messages,
				MessageHandler handler) throws Exception {
			return handler.handle(messages);
		}

		@Override
		public void listen(String listener, String channel, Map<String, String> fields, Runnable call) {
			call.run();
		}

	};

	/**
	 * Sends a message.
	 * @param <T> what the answer is
	 * @param way by which it goes
	 * @param name of the stream, the queue, or the channel
	 * @param send sends it with fields that travel along
	 * @return the answer; what {@code send} throws is thrown
	 */
	<T> CompletionStage<T> send(Way way, String name, Function<Map<String, String>, CompletionStage<T>> send);

	/**
	 * Has messages of a stream or queue handled.
	 * @param consumer by whom
	 * @param messages the messages, at least one
	 * @param handler handles them
	 * @return what the handler returns
	 * @throws Exception what the handler throws
	 */
	@Nullable CompletionStage<?> handle(Source consumer, List<ReceivedMessage> messages, MessageHandler handler) throws Exception;

	/**
	 * Has a published message handled.
	 * @param listener the listener's id
	 * @param channel the message's channel
	 * @param fields what travelled with it; mostly nothing
	 * @param call the call of the listener; it may throw, which is passed on
	 */
	void listen(String listener, String channel, Map<String, String> fields, Runnable call);

	/**
	 * The same, where nothing may travel with what is sent.
	 * @return tracing that gives no fields to messages
	 */
	default MessageTracing withoutFields() {
		return new WithoutFields(this);
	}

	/**
	 * By which ways messages go.
	 */
	enum Way {

		/** To a stream. */
		STREAM,

		/** To a queue. */
		QUEUE,

		/** To those who listen to a channel. */
		CHANNEL

	}

}
