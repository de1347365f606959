package io.github.rediskit.messaging;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Messages on their way to one listener: those of a channel one after the other, those of
 * several channels at the same time, so many at most. What waits is bounded.
 * <p>
 * A channel has a queue only while it has messages, so there may be any number of
 * channels over time. A thread takes a few messages of a channel and then the next
 * channel that waits: a busy one does not keep out the others.
 *
 * @param <M> the type of the messages
 */
public final class OrderedDelivery<M> {

	/** How many messages of one channel a thread handles before it looks for others. */
	private static final int TURN = 16;

	private final Executor executor;

	private final ListenerSettings settings;

	private final Consumer<M> handler;

	private final Map<Object, Lane<M>> lanes = new HashMap<>();

	private final Deque<Lane<M>> ready = new ArrayDeque<>();

	/** All that wait, the one that has waited longest first. */
	private final Set<Waiting<M>> queue = new LinkedHashSet<>();

	private final CompletableFuture<@Nullable Void> drained = new CompletableFuture<>();

	private long bytes;

	private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

	private int workers;

	private boolean closed;

	/**
	 * Creates it.
	 * @param executor runs up to so many tasks at one time as the settings say
	 * @param settings the bounds
	 * @param handler handles a message; it must not throw
	 */
	public OrderedDelivery(Executor executor, ListenerSettings settings, Consumer<M> handler) {
		this.executor = executor;
		this.settings = settings;
		this.handler = handler;
	}

	/**
	 * Takes a message, without waiting.
	 * @param channel whose messages are handled in their order
	 * @param message the message
	 * @param size its bytes
	 * @return how many messages had to be dropped, perhaps this one; 0 once it is closed,
	 * when nobody listens any more
	 */
	public synchronized int offer(Object channel, M message, int size) {
		if (this.closed) {
			return 0;
		}
		int dropped = 0;
		while (isFull(size)) {
			if (this.settings.overflow() == ListenerOverflow.DROP_NEWEST) {
				return dropped + 1;
			}
			dropOldest();
			dropped++;
		}
		Waiting<M> waiting = new Waiting<>(message, size, this.lanes.computeIfAbsent(channel, Lane::new));
		this.queue.add(waiting);
		this.bytes += size;
		waiting.lane.queue.add(waiting);
		if (!waiting.lane.busy) {
			waiting.lane.busy = true;
			this.ready.add(waiting.lane);
			moreWorkers();
		}
		return dropped;
	}

	private boolean isFull(int size) {
		return !this.queue.isEmpty() && (this.queue.size() >= this.settings.queueCapacity()
				|| this.bytes + size > this.settings.queueBytes());
	}

	private void dropOldest() {
		Iterator<Waiting<M>> oldest = this.queue.iterator();
		Waiting<M> dropped = oldest.next();
		oldest.remove();
		this.bytes -= dropped.size;
		dropped.lane.queue.poll();
	}

	private void moreWorkers() {
		if (this.workers < this.settings.concurrency()) {
			this.workers++;
			boolean begun = false;
			try {
				this.executor.execute(this::work);
				begun = true;
			}
			finally {
				if (!begun) {
					this.workers--;
				}
			}
		}
	}

	private void work() {
		Lane<M> lane = nextLane(null);
		this.threads.add(Thread.currentThread());
		try {
			while (lane != null) {
				for (int i = 0; i < TURN; i++) {
					Waiting<M> next = next(lane);
					if (next == null) {
						break;
					}
					this.handler.accept(next.message);
					// whoever interrupted the thread, it is nothing to the next message
					boolean ignored = Thread.interrupted();
				}
				lane = nextLane(lane);
			}
		}
		finally {
			this.threads.remove(Thread.currentThread());
			if (lane != null) {
				gaveUp(lane);
			}
		}
	}

	/**
	 * Whether the calling thread is one in which a message is handled. Who waits there
	 * until all are handled waits for himself.
	 * @return whether it is
	 */
	public boolean isHandling() {
		return this.threads.contains(Thread.currentThread());
	}

	private synchronized @Nullable Waiting<M> next(Lane<M> lane) {
		Waiting<M> next = lane.queue.poll();
		if (next != null) {
			this.queue.remove(next);
			this.bytes -= next.size;
		}
		return next;
	}

	private synchronized @Nullable Lane<M> nextLane(@Nullable Lane<M> done) {
		if (done != null) {
			if (done.queue.isEmpty()) {
				this.lanes.remove(done.channel);
			}
			else {
				this.ready.add(done);
			}
		}
		Lane<M> next = this.ready.poll();
		if (next == null) {
			this.workers--;
			tellIfDrained();
		}
		return next;
	}

	/** An error ended a thread: its channel goes on in another one. */
	private synchronized void gaveUp(Lane<M> lane) {
		this.workers--;
		this.ready.add(lane);
		moreWorkers();
	}

	private void tellIfDrained() {
		if (this.closed && this.workers == 0 && this.queue.isEmpty()) {
			this.drained.complete(null);
		}
	}

	/**
	 * How many messages wait, without those being handled.
	 * @return their number
	 */
	public synchronized int queued() {
		return this.queue.size();
	}

	/**
	 * Takes no more messages.
	 * @return completed once those that wait have been handled
	 */
	public synchronized CompletionStage<@Nullable Void> close() {
		this.closed = true;
		tellIfDrained();
		return this.drained;
	}

	/**
	 * Drops what waits. What is being handled goes on.
	 * @return how many messages were dropped
	 */
	public synchronized int abandon() {
		int dropped = this.queue.size();
		this.queue.clear();
		this.bytes = 0;
		this.lanes.values().forEach((lane) -> lane.queue.clear());
		tellIfDrained();
		return dropped;
	}

	private static final class Lane<M> {

		private final Object channel;

		private final Queue<Waiting<M>> queue = new ArrayDeque<>();

		/** Whether it is being worked on, or waits to be. */
		private boolean busy;

		Lane(Object channel) {
			this.channel = channel;
		}

	}

	private static final class Waiting<M> {

		private final M message;

		private final int size;

		private final Lane<M> lane;

		Waiting(M message, int size, Lane<M> lane) {
			this.message = message;
			this.size = size;
			this.lane = lane;
		}

	}

}
