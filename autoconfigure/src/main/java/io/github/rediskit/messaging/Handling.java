package io.github.rediskit.messaging;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;

import io.github.rediskit.messaging.ConsumerListener.Source;
import org.jspecify.annotations.Nullable;

/**
 * Has messages handled, in as many threads as may be at once, and says how many more are
 * wanted.
 */
final class Handling {

	/**
	 * After which time Redis is asked once more about messages that it was asked about in
	 * vain.
	 */
	private static final Duration NOT_ASKED = Duration.ofSeconds(1);

	private final MessagingServices services;

	private final ConsumerRequest request;

	private final Source source;

	private final MessageFormat format;

	private final RedisGroup group;

	private final Acknowledgements acknowledgements;

	private final ExecutorService workers;

	private final Troubles troubles;

	/** What to do with those that could not be handled. */
	private final Failed failed;

	/** Is called when there may be room for more. */
	private final Runnable wanting;

	private final Demand demand;

	private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

	private final Deque<Held> waiting = new ArrayDeque<>();

	private final CompletableFuture<Boolean> idle = new CompletableFuture<>();

	private int running;

	private int workerCount;

	private boolean stopped;

	Handling(MessagingServices services, ConsumerRequest request, Source source, MessageFormat format, RedisGroup group,
			Acknowledgements acknowledgements, ExecutorService workers, Troubles troubles, Failed failed,
			Runnable wanting) {
		this.services = services;
		this.request = request;
		this.source = source;
		this.format = format;
		this.group = group;
		this.acknowledgements = acknowledgements;
		this.workers = workers;
		this.troubles = troubles;
		this.failed = failed;
		this.wanting = wanting;
		this.demand = new Demand(request.concurrency() * request.batchSize());
	}

	/** How many more messages are wanted. */
	synchronized int room() {
		return this.stopped ? 0 : this.demand.more(this.waiting.size() + this.running, this.services.now());
	}

	/** How many messages of others may be taken over. */
	synchronized int roomForOthers() {
		return this.stopped ? 0 : this.demand.ofOthers(this.waiting.size() + this.running);
	}

	/** So many messages were asked for in vain. */
	synchronized void unanswered(int asked) {
		this.demand.unanswered(asked);
	}

	/** Whether the calling thread is one that handles messages here. */
	boolean isHandling() {
		return this.threads.contains(Thread.currentThread());
	}

	/** Has messages handled that were delivered. */
	void add(List<Held> messages) {
		int more;
		synchronized (this) {
			if (this.stopped) {
				return;
			}
			this.waiting.addAll(messages);
			this.demand.delivered(messages.size(), bytes(messages), this.services.now());
			more = Math.min(this.request.concurrency() - this.workerCount, this.waiting.size());
			this.workerCount += Math.max(0, more);
		}
		for (int i = 0; i < more; i++) {
			execute();
		}
	}

	private static long bytes(List<Held> messages) {
		long bytes = 0;
		for (Held message : messages) {
			for (byte[] part : message.entry().fields()) {
				bytes += part.length;
			}
		}
		return bytes;
	}

	/** Another consumer has it now. */
	synchronized void forget(Held message) {
		this.waiting.remove(message);
	}

	private void execute() {
		try {
			this.workers.execute(this::work);
		}
		catch (RejectedExecutionException ex) {
			ended();
		}
	}

	private void work() {
		this.threads.add(Thread.currentThread());
		try {
			boolean more = true;
			while (more) {
				more = workOnce();
			}
		}
		finally {
			this.threads.remove(Thread.currentThread());
		}
	}

	private boolean workOnce() {
		List<Held> batch = next();
		if (batch.isEmpty()) {
			this.acknowledgements.flush();
			return false;
		}
		this.wanting.run();
		CompletionStage<?> stage = handle(batch);
		// whoever interrupted the thread, it is nothing to the next message
		boolean ignored = Thread.interrupted();
		if (stage != null) {
			stage.whenComplete((ended, failure) -> execute()); // its worker's place is
																// kept
		}
		return stage == null;
	}

	/** What a worker does next; it ends if that is nothing. */
	private List<Held> next() {
		List<Held> batch = new ArrayList<>(this.request.batchSize());
		synchronized (this) {
			while (batch.size() < this.request.batchSize() && !this.waiting.isEmpty()) {
				Held first = this.waiting.element();
				boolean alone = first.attempt() > 1; // it may be what made its batch fail
				if (alone && !batch.isEmpty()) {
					break;
				}
				batch.add(this.waiting.remove());
				if (alone) {
					break;
				}
			}
			this.running += batch.size();
		}
		if (batch.isEmpty()) {
			ended();
		}
		return batch;
	}

	private void ended() {
		boolean last;
		synchronized (this) {
			this.workerCount--;
			last = this.workerCount == 0 && this.stopped;
		}
		if (last) {
			this.idle.complete(true);
		}
		else {
			this.wanting.run();
		}
	}

	/** The answer is when they are handled, or {@code null} if they are. */
	private @Nullable CompletionStage<?> handle(List<Held> batch) {
		long start = this.services.now();
		List<Held> wanted;
		try {
			wanted = wanted(batch);
		}
		catch (RuntimeException ex) {
			postpone(batch, ex);
			return null;
		}
		CompletionStage<?> stage;
		try {
			stage = wanted.isEmpty() ? null
					: this.services.tracing().handle(this.source, messages(wanted), this.request.handler());
		}
		catch (Throwable ex) {
			settle(batch, ex, start);
			return null;
		}
		if (stage == null) {
			settle(batch, null, start);
			return null;
		}
		return stage.handle((ignored, failure) -> {
			settle(batch, failure, start);
			return true;
		});
	}

	/** Redis could not be asked, for which the messages are not to blame. */
	private void postpone(List<Held> batch, RuntimeException trouble) {
		synchronized (this) {
			this.running -= batch.size();
		}
		this.troubles.met(trouble);
		this.services.later(() -> add(batch), NOT_ASKED);
	}

	/** Without those that were replayed for another group, or handled before. */
	private List<Held> wanted(List<Held> batch) {
		List<Held> wanted = new ArrayList<>(batch);
		wanted.removeIf((held) -> MessageFormat.isForAnother(held.entry(), this.request.group()));
		// asked before Redis is: what is not under way any more, Redis knows
		wanted.removeIf((held) -> this.acknowledgements.isUnderWay(held.messageId()));
		if (!wanted.isEmpty() && this.group.remembers()) {
			List<Boolean> seen = Answers.await(this.group.seen(wanted.stream().map(Held::messageId).toList()));
			for (int i = wanted.size() - 1; i >= 0; i--) {
				if (seen.get(i)) {
					wanted.remove(i);
				}
			}
		}
		if (!wanted.isEmpty() && this.request.ackMode() == AckMode.BEFORE) {
			Answers.await(this.acknowledgements.now(wanted));
		}
		return wanted;
	}

	private List<ReceivedMessage> messages(List<Held> batch) {
		List<ReceivedMessage> messages = new ArrayList<>(batch.size());
		for (Held held : batch) {
			messages.add(new ReceivedMessage(new MessageInfo(this.request.name(), this.request.group(),
					held.messageId(), held.id(), held.attempt()), held.entry(), this.format));
		}
		return messages;
	}

	private void settle(List<Held> batch, @Nullable Throwable failure, long start) {
		synchronized (this) {
			this.running -= batch.size();
		}
		if (failure == null) {
			this.acknowledgements.add(batch);
			this.services.listener().handled(this.source, batch.size(), Duration.ofNanos(this.services.now() - start));
		}
		else {
			Throwable reason = MessagingServices.unwrapped(failure);
			batch.forEach((held) -> this.failed.failed(held, reason, batch.size() > 1));
		}
	}

	/** Begins with no more messages. */
	void stop() {
		boolean nobody;
		synchronized (this) {
			this.stopped = true;
			this.waiting.clear();
			nobody = this.workerCount == 0;
		}
		if (nobody) {
			this.idle.complete(true);
		}
	}

	/** When no message is being handled any more, after it was stopped. */
	CompletionStage<Boolean> idle() {
		return this.idle;
	}

	/**
	 * What becomes of a message that could not be handled.
	 */
	@FunctionalInterface
	interface Failed {

		/**
		 * It could not be handled.
		 * @param message the message
		 * @param failure why
		 * @param among whether others were handled in the same call, which may be to
		 * blame
		 */
		void failed(Held message, Throwable failure, boolean among);

	}

}
