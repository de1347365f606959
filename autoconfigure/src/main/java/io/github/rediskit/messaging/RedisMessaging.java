package io.github.rediskit.messaging;

import java.lang.invoke.MethodType;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;
import java.util.function.Supplier;

import io.github.rediskit.codec.EncryptionKeys;
import io.github.rediskit.codec.MessageCodecs;
import io.github.rediskit.key.KeySpace;
import io.github.rediskit.messaging.MessageTracing.Way;
import io.github.rediskit.script.RedisGateway;
import io.github.rediskit.script.StreamReads;

/**
 * The streams and queues of an application, and those who consume them.
 */
public final class RedisMessaging implements AutoCloseable {

	/** The one group of a queue. */
	public static final String QUEUE_GROUP = "listeners";

	private final Map<String, Place> streams = new ConcurrentHashMap<>();

	private final Map<String, Place> queues = new ConcurrentHashMap<>();

	private final MessagingServices services;

	private final KeySpace keys;

	private final MessageCodecs codecs;

	private final EncryptionKeys encryption;

	private final Settings settings;

	private final Supplier<String> ids;

	/**
	 * Creates the streams and queues. Nothing is asked of Redis yet.
	 * @param redis for everything that does not wait
	 * @param reads for what waits
	 * @param keys makes keys
	 * @param codecs turn messages into JSON and back
	 * @param encryption what messages are encrypted with
	 * @param settings of streams and queues
	 * @param ids makes ids of messages, each another one
	 * @param threads in which messages are handled, by what their names begin with
	 * @param listeners are told what happens
	 * @param tracing is around each message
	 */
	public RedisMessaging(RedisGateway redis, StreamReads reads, KeySpace keys, MessageCodecs codecs,
			EncryptionKeys encryption, Settings settings, Supplier<String> ids, Function<String, ThreadFactory> threads,
			List<ConsumerListener> listeners, MessageTracing tracing) {
		this.services = new MessagingServices(redis, reads, MessagingServices.newTimer(), threads,
				new ConsumerListeners(listeners), tracing);
		this.keys = keys;
		this.codecs = codecs;
		this.encryption = encryption;
		this.settings = settings;
		this.ids = ids;
	}

	/**
	 * The streams.
	 * @return what messages are added by
	 */
	public RedisStreams streams() {
		return new Streams(this);
	}

	/**
	 * The queues.
	 * @return what messages are sent by
	 */
	public RedisQueues queues() {
		return new Queues(this);
	}

	String add(String stream, Object message) {
		return Answers.await(addAsync(stream, message));
	}

	CompletionStage<String> addAsync(String stream, Object message) {
		MessageFormat.require(message, stream);
		Place place = stream(stream);
		return this.services.tracing()
			.send(Way.STREAM, stream,
					(travelling) -> this.services.redis()
						.append(place.keys().stream(), place.settings().maxLength(),
								place.format().write(message, travelling)));
	}

	long replay(String stream, String group) {
		Place place = stream(stream);
		return Answers
			.await(new Replay(this.services.redis(), place.keys(), group, place.settings().maxLength()).all());
	}

	@SuppressWarnings("unchecked") // the type of a primitive's objects
	<T> RedisQueue<T> queue(String name, Class<T> type) {
		Place place = queue(name);
		Class<T> ofObjects = (Class<T>) MethodType.methodType(type).wrap().returnType();
		return new StreamQueue<>(name, ofObjects, this.services.redis(), place.keys(), place.settings(), place.format(),
				this.ids, this.services.tracing());
	}

	/**
	 * Makes a consumer of a stream, which is not started yet.
	 * @param request what it asks for
	 * @return the consumer
	 */
	public MessageConsumer consumerOfStream(ConsumerRequest request) {
		Place place = stream(request.name());
		return new StreamConsumer(this.services, request, false, group(request, place, false), place.format(), null);
	}

	/**
	 * Makes a consumer of a queue, which is not started yet. While one runs, delayed
	 * messages come when it is their time.
	 * @param request what it asks for
	 * @return the consumer
	 */
	public MessageConsumer consumerOfQueue(ConsumerRequest request) {
		Place place = queue(request.name());
		return new StreamConsumer(this.services, request, true, group(request, place, true), place.format(),
				new DelayedMessages(this.services, place.keys()));
	}

	private RedisGroup group(ConsumerRequest request, Place place, boolean queue) {
		return new RedisGroup(this.services.redis(), place.keys(), request.settings(), queue, request.group(),
				request.consumer());
	}

	private Place stream(String name) {
		return this.streams.computeIfAbsent(name, (added) -> place("stream", added, this.settings.ofStream(added)));
	}

	private Place queue(String name) {
		return this.queues.computeIfAbsent(name, (added) -> place("queue", added, this.settings.ofQueue(added)));
	}

	private Place place(String feature, String name, MessageSettings settings) {
		MessageKeys made = MessageKeys.of(this.keys, feature, name, settings.key());
		return new Place(made, settings,
				new MessageFormat(name, this.codecs, settings.storage(), this.encryption, made.stream()));
	}

	/**
	 * How messages are read.
	 * @return what makes readers of JSON
	 */
	public MessageCodecs codecs() {
		return this.codecs;
	}

	/** Whoever consumes should have been stopped before. */
	@Override
	public void close() {
		this.services.timer().shutdownNow();
	}

	/**
	 * Where settings of streams and queues come from.
	 */
	public interface Settings {

		/**
		 * The settings of a stream.
		 * @param name its name
		 * @return its settings
		 */
		MessageSettings ofStream(String name);

		/**
		 * The settings of a queue.
		 * @param name its name
		 * @return its settings
		 */
		MessageSettings ofQueue(String name);

	}

	/**
	 * The door to queues.
	 *
	 * @param messaging what is behind it
	 */
	private record Queues(RedisMessaging messaging) implements RedisQueues {

		@Override
		public <T> RedisQueue<T> queue(String name, Class<T> type) {
			return this.messaging.queue(name, type);
		}

	}

	/**
	 * The door to streams.
	 *
	 * @param messaging what is behind it
	 */
	private record Streams(RedisMessaging messaging) implements RedisStreams {

		@Override
		public String add(String stream, Object message) {
			return this.messaging.add(stream, message);
		}

		@Override
		public CompletionStage<String> addAsync(String stream, Object message) {
			return this.messaging.addAsync(stream, message);
		}

		@Override
		public long replay(String stream, String group) {
			return this.messaging.replay(stream, group);
		}

	}

	/**
	 * Where the messages of one stream or queue are, and what they look like.
	 *
	 * @param keys its keys
	 * @param settings its settings
	 * @param format of its messages
	 */
	private record Place(MessageKeys keys, MessageSettings settings, MessageFormat format) {
	}

}
