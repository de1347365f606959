package io.github.rediskit.messaging;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.github.rediskit.messaging.ConsumerListener.Source;
import org.jspecify.annotations.Nullable;

/**
 * Consumes a stream, or a queue, which is a stream too.
 */
final class StreamConsumer implements MessageConsumer {

	private final MessagingServices services;

	private final ConsumerRequest request;

	private final Source source;

	private final RedisGroup group;

	private final MessageFormat format;

	/** What else runs meanwhile; {@code null} for nothing. */
	private final @Nullable DelayedMessages delayed;

	private @Nullable Consumption current;

	/** The run that was stopped last, which may still be handling something. */
	private @Nullable Consumption before;

	private CompletionStage<?> stopping = CompletableFuture.completedStage(null);

	StreamConsumer(MessagingServices services, ConsumerRequest request, boolean queue, RedisGroup group,
			MessageFormat format, @Nullable DelayedMessages delayed) {
		this.services = services;
		this.request = request;
		this.source = new Source(queue, request.name(), request.group(), request.id());
		this.group = group;
		this.format = format;
		this.delayed = delayed;
	}

	@Override
	public synchronized void start() {
		if (this.current == null) {
			this.current = new Consumption(this.services, this.request, this.source, this.group, this.format);
			// another run may be about to leave, by the same name
			Consumption consumption = this.current;
			this.stopping.whenComplete((ignored, failure) -> start(consumption));
			if (this.delayed != null) {
				this.delayed.start();
			}
		}
	}

	private synchronized void start(Consumption consumption) {
		if (this.current == consumption) {
			consumption.start();
		}
	}

	@Override
	public synchronized CompletionStage<?> stop(Duration grace) {
		Consumption consumption = this.current;
		if (consumption != null) {
			this.current = null;
			this.before = consumption;
			if (this.delayed != null) {
				this.delayed.stop();
			}
			// what the run before has in hand is this one's, too, by the same name
			this.stopping = this.stopping.handle((stopped, failure) -> null)
				.thenCompose((ignored) -> consumption.stop(grace));
		}
		return this.stopping;
	}

	@Override
	public synchronized boolean isRunning() {
		return this.current != null;
	}

	@Override
	public synchronized boolean isHandling() {
		return (this.current != null && this.current.isHandling()) || (this.before != null && this.before.isHandling());
	}

	@Override
	public synchronized GroupStatus status() {
		return (this.current != null) ? this.current.status() : GroupStatus.UNKNOWN;
	}

}
