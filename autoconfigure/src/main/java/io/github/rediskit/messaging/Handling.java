package io.github.rediskit.messaging;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;

import io.github.rediskit.messaging.ConsumerListener.Source;
import org.jspecify.annotations.Nullable;

/*
 * How many messages to ask for? As many as can be handled at once, if handling takes long:
 * what waits here can't be handled by another instance. Many, if they are handled faster
 * than Redis can be asked. So the number is doubled if a delivery was gone within 50 ms,
 * and halved if it took more than 200 ms.
 */

/**
 * Has messages handled, in as many threads as may be at once, and says how many more are
 * wanted.
 */
final class Handling {

	private static final int MOST_AHEAD = 1_000;

	private static final long SHORT_NANOS = Duration.ofMillis(50).toNanos();

	private static final long LONG_NANOS = Duration.ofMillis(200).toNanos();

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

	private final int least;

	private final Deque<Held> waiting = new ArrayDeque<>();

	private final CompletableFuture<Boolean> idle = new CompletableFuture<>();

	private int running;

	private int workerCount;

	private int target;

	private int delivered;

	private long deliveredAt;

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
		this.least = request.concurrency() * request.batchSize();
		this.target = this.least;
	}

	/** How many more messages are wanted. */
	synchronized int room() {
		int here = this.waiting.size() + this.running;
		if (this.stopped || here >= this.target || (this.target > this.least && here > this.target / 2)) {
			return 0;
		}
		if (this.delivered > 0) {
			adjust(this.services.now() - this.deliveredAt, here < this.delivered);
			this.delivered = 0;
		}
		return Math.max(1, this.target - here);
	}

	/**
	 * How many messages of others may be taken over. If messages are handled quickly,
	 * some even if there are enough new ones.
	 */
	synchronized int roomForOthers() {
		int here = this.waiting.size() + this.running;
		if (this.stopped || here >= 2 * this.target) {
			return 0;
		}
		return (this.target > this.least) ? this.target : Math.max(0, this.target - here);
	}

	/** Of a few that have just come, none may be gone yet: that says nothing. */
	private void adjust(long took, boolean gone) {
		if (gone && took < SHORT_NANOS && this.delivered >= this.target / 2) {
			this.target = Math.max(this.least, Math.min(MOST_AHEAD, 2 * this.target));
		}
		else if (took > LONG_NANOS) {
			this.target = Math.max(this.least, this.target / 2);
		}
	}

	/** Has messages handled that were delivered. */
	void add(List<Held> messages) {
		int more;
		synchronized (this) {
			if (this.stopped) {
				return;
			}
			this.waiting.addAll(messages);
			this.delivered += messages.size();
			this.deliveredAt = this.services.now();
			more = Math.min(this.request.concurrency() - this.workerCount, this.waiting.size());
			this.workerCount += Math.max(0, more);
		}
		for (int i = 0; i < more; i++) {
			execute();
		}
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
		while (true) {
			List<Held> batch = next();
			if (batch.isEmpty()) {
				this.acknowledgements.flush();
				return;
			}
			this.wanting.run();
			CompletionStage<?> stage = handle(batch);
			if (stage != null) {
				stage.whenComplete((ignored, failure) -> execute()); // its worker's place
																		// is kept
				return;
			}
		}
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
		return stage.whenComplete((ignored, failure) -> settle(batch, failure, start));
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
