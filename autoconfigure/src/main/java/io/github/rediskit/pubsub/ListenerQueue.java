package io.github.rediskit.pubsub;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.function.Consumer;

import io.github.rediskit.messaging.ListenerFailure;
import io.github.rediskit.messaging.OrderedDelivery;
import io.github.rediskit.messaging.PubSubListener;
import io.github.rediskit.messaging.PubSubListener.DropReason;
import io.github.rediskit.messaging.SubscriptionGapEvent;
import io.github.rediskit.messaging.SubscriptionGapEvent.Cause;
import io.github.rediskit.messaging.TraceProperty;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.data.redis.connection.DefaultMessage;
import org.springframework.data.redis.connection.Message;
import org.springframework.data.redis.connection.MessageListener;
import org.springframework.data.redis.listener.PatternTopic;
import org.springframework.data.redis.listener.Topic;

/**
 * The messages of one listener, from when they come until they are handled or dropped.
 */
final class ListenerQueue {

	private static final Log logger = LogFactory.getLog(ListenerQueue.class);

	private final String id;

	private final MessageListener listener;

	private final ListenerServices services;

	private final Consumer<ListenerQueue> overflown;

	private final Consumer<ListenerFailure> failures;

	private final OrderedDelivery<Received> delivery;

	final Set<Topic> topics = new CopyOnWriteArraySet<>();

	private @Nullable Instant droppingSince;

	private long dropped;

	ListenerQueue(String id, MessageListener listener, ListenerServices services, Consumer<ListenerQueue> overflown,
			Consumer<ListenerFailure> failures) {
		this.id = id;
		this.listener = listener;
		this.services = services;
		this.overflown = overflown;
		this.failures = failures;
		this.delivery = new OrderedDelivery<>(services.executor(), services.settings().apply(id), this::handle);
	}

	String id() {
		return this.id;
	}

	int queued() {
		return this.delivery.queued();
	}

	/** Comes on a thread that must not be blocked. */
	void offer(Message message, byte[] source) {
		this.services.listeners().get().forEach((told) -> told.received(this.id));
		byte[] channel = message.getChannel();
		int dropped = this.delivery.offer(ByteBuffer.wrap(channel), new Received(message, source),
				message.getBody().length + channel.length);
		if (dropped > 0) {
			drop(dropped);
		}
	}

	private void drop(int count) {
		told(count, DropReason.OVERFLOW);
		boolean first;
		synchronized (this) {
			first = this.droppingSince == null;
			if (first) {
				this.droppingSince = this.services.clock().instant();
			}
			this.dropped += count;
		}
		if (first) {
			this.overflown.accept(this);
		}
	}

	private void told(int dropped, DropReason reason) {
		for (int i = 0; i < dropped; i++) {
			this.services.listeners().get().forEach((told) -> told.dropped(this.id, reason));
		}
	}

	/** What was dropped since this was last asked. */
	synchronized @Nullable SubscriptionGapEvent takeGap(String connection) {
		Instant since = this.droppingSince;
		if (since == null) {
			return null;
		}
		SubscriptionGapEvent gap = new SubscriptionGapEvent(connection, Cause.OVERFLOW, this.id, names(false),
				names(true), since, this.services.clock().instant(), this.dropped);
		this.droppingSince = null;
		this.dropped = 0;
		return gap;
	}

	Set<String> names(boolean patterns) {
		Set<String> names = new TreeSet<>();
		for (Topic topic : this.topics) {
			if (topic instanceof PatternTopic == patterns) {
				names.add(topic.getTopic());
			}
		}
		return names;
	}

	private void handle(Received received) {
		Message message = received.message();
		String channel = new String(message.getChannel(), StandardCharsets.UTF_8);
		long begun = System.nanoTime();
		try {
			TraceProperty traced = TraceProperty.of(message.getBody());
			Message plain = traced.fields().isEmpty() ? message
					: new DefaultMessage(message.getChannel(), traced.message());
			this.services.tracing()
				.listen(this.id, channel, traced.fields(), () -> this.listener.onMessage(plain, received.source()));
			Duration took = since(begun);
			this.services.listeners().get().forEach((told) -> told.handled(this.id, took));
		}
		catch (Throwable ex) {
			Duration took = since(begun);
			this.services.listeners().get().forEach((told) -> told.failed(this.id, took));
			report(new ListenerFailure(this.id, channel, message.getBody(), ListenerCallException.causeOf(ex)));
		}
	}

	private void report(ListenerFailure failure) {
		try {
			this.failures.accept(failure);
		}
		catch (RuntimeException ex) {
			logger.error("The error handler failed: " + failure, ex);
		}
	}

	private static Duration since(long begun) {
		return Duration.ofNanos(System.nanoTime() - begun);
	}

	/** Whether the calling thread is one in which a message is handled. */
	boolean isHandling() {
		return this.delivery.isHandling();
	}

	/** Takes no more messages; completed when all have been handled. */
	CompletionStage<@Nullable Void> close() {
		return this.delivery.close();
	}

	/** Drops what waits. */
	int abandon() {
		int abandoned = this.delivery.abandon();
		told(abandoned, DropReason.STOPPED);
		return abandoned;
	}

	@SuppressWarnings("ArrayRecordComponent") // compared by nobody
	private record Received(Message message, byte[] source) {

	}

}
