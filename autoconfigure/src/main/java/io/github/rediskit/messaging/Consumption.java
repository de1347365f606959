package io.github.rediskit.messaging;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.github.rediskit.messaging.ConsumerListener.Source;
import io.github.rediskit.messaging.RedisGroup.Delivery;
import io.github.rediskit.script.StreamEntry;
import io.github.rediskit.script.StreamReads;
import org.jspecify.annotations.Nullable;

/*
 * Nothing that was delivered is lost, because it stays pending in Redis until it was
 * handled:
 *
 * - what this instance holds, it keeps: it tells the server so at a third of claim-idle,
 *   and nobody takes it over, however long its handler takes, or it waits to be tried
 *   again;
 * - what an instance held that has died, others take over when claim-idle has passed; if
 * it was Redis that nobody could reach, they wait until everybody was able to say what he
 * holds;
 * - what was delivered to this instance without its knowing, since the answer got lost,
 *   it finds among what is its own and not held;
 * - a group that is gone, with a server that forgot it, is made again from the oldest
 *   message on.
 *
 * What was handled and could not be acknowledged before somebody else took it over is
 * handled twice. That can't be avoided, and is all that "at least once" allows.
 */

/**
 * One run of a consumer, from its start to its stop.
 */
final class Consumption {

	private static final Duration PATIENCE = Duration.ofSeconds(2);

	/** How many messages are held at most, most of which wait to be tried again. */
	private static final int MOST_HELD = 10_000;

	private static final int MOST_KEPT_TOGETHER = 500;

	private static final int MOST_TAKEN_OVER = 200;

	/** For so long an answer of the server may be on its way. */
	private static final Duration ON_ITS_WAY = Duration.ofSeconds(3);

	/**
	 * So often more than failures explain may a message be delivered: its consumers died,
	 * and it may be why.
	 */
	private static final int TOLERATED_DEATHS = 10;

	private static final Duration SHORTEST_ROUND = Duration.ofMillis(50);

	private static final Duration LONGEST_ROUND = Duration.ofSeconds(10);

	private static final Duration SAMPLE_ROUND = Duration.ofSeconds(5);

	private static final Duration REAP_ROUND = Duration.ofMinutes(1);

	private static final Duration LONG_GONE = Duration.ofMinutes(10);

	/** So long a stop waits for a server that does not answer, if nothing is handled. */
	private static final Duration LAST_ANSWERS = Duration.ofSeconds(5);

	private static final Duration AFTER_INTERRUPTION = Duration.ofSeconds(1);

	private static final Duration FOR_EVER = Duration.ofDays(36_500);

	/** In this time others find out that Redis is back. */
	private static final Duration RECOVERY = Duration.ofSeconds(3);

	private final MessagingServices services;

	private final ConsumerRequest request;

	private final Source source;

	private final RedisGroup group;

	private final StreamReads.Reader reader;

	private final HeldMessages held = new HeldMessages();

	private final ThreadPoolExecutor workers;

	private final Acknowledgements acknowledgements;

	private final Redeliveries redeliveries;

	private final Handling handling;

	private final Troubles troubles;

	private final Duration claimIdle;

	private final List<Future<?>> rounds = new ArrayList<>();

	private boolean grouped;

	private boolean reading;

	/** There was no room to take over what others left: it comes before what is new. */
	private boolean othersFirst;

	private boolean takingOver;

	/** When Redis could not be asked for the last time. */
	private volatile long troubledAt;

	private volatile boolean troubled;

	private volatile boolean stopped;

	private volatile GroupStatus status = GroupStatus.UNKNOWN;

	Consumption(MessagingServices services, ConsumerRequest request, Source source, RedisGroup group,
			MessageFormat format) {
		this.services = services;
		this.request = request;
		this.source = source;
		this.group = group.whenGone(this::regroup);
		this.claimIdle = request.settings().claimIdle();
		this.reader = services.reads().reader();
		this.workers = new ThreadPoolExecutor(request.concurrency(), request.concurrency(), 10, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(), services.threads().apply("rediskit-" + request.id() + "-"));
		this.workers.allowCoreThreadTimeOut(true);
		this.troubles = new Troubles(services.listener(), source);
		this.acknowledgements = new Acknowledgements(services, this.group, this.held, this.troubles);
		this.redeliveries = new Redeliveries(services, request, source, this.group, this.held, this.acknowledgements,
				this.troubles, (messages) -> again(messages));
		this.handling = new Handling(services, request, source, format, this.group, this.acknowledgements, this.workers,
				this.troubles, this.redeliveries, this::read);
	}

	void start() {
		this.services.listener().started(this.source, this.request);
		group(false);
		Duration third = this.claimIdle.dividedBy(3);
		Duration round = (third.compareTo(SHORTEST_ROUND) < 0) ? SHORTEST_ROUND
				: (third.compareTo(LONGEST_ROUND) > 0) ? LONGEST_ROUND : third;
		synchronized (this.rounds) {
			this.rounds.add(this.services.regularly(this::keep, round));
			this.rounds.add(this.services.regularly(this::takeOver, round));
			this.rounds.add(this.services.regularly(this::sample, SAMPLE_ROUND));
			this.rounds.add(this.services.regularly(this::reap, REAP_ROUND));
		}
	}

	GroupStatus status() {
		return this.status;
	}

	boolean isHandling() {
		return this.handling.isHandling();
	}

	/** Makes the group, as often as it takes, then reads. */
	private void group(boolean again) {
		if (this.stopped) {
			return;
		}
		boolean fromOldest = again || this.request.startFrom() == StartFrom.OLDEST;
		this.group.create(fromOldest).whenComplete((made, failure) -> {
			if (failure != null) {
				troubled();
				this.services.later(() -> group(again), this.troubles.met(failure));
				return;
			}
			this.troubles.over();
			if (made && again) {
				this.services.listener().madeAgain(this.source);
			}
			synchronized (this) {
				this.grouped = true;
			}
			takeOver();
			sample();
			read();
		});
	}

	private void read() {
		int count;
		boolean others;
		synchronized (this) {
			if (!this.grouped || this.stopped || this.held.size() >= MOST_HELD) {
				return;
			}
			count = this.handling.room();
			others = this.othersFirst && !this.takingOver;
			if (count == 0 || (this.reading && !others)) {
				return;
			}
			this.reading |= !others;
		}
		if (others) {
			takeOver();
			return;
		}
		MessagingServices.attempt(
				() -> this.reader.read(this.group.stream(), this.group.group(), this.group.consumer(), count, PATIENCE))
			.whenComplete((entries, failure) -> {
				boolean gone = RedisGroup.isGone(failure);
				synchronized (this) {
					this.reading = false;
				}
				if (this.stopped) {
					return;
				}
				if (gone) {
					regroup();
				}
				else if (failure != null) {
					troubled();
					this.handling.unanswered(count);
					this.services.later(this::read, this.troubles.met(failure));
				}
				else {
					this.troubles.over();
					delivered(entries);
					read();
				}
			});
	}

	private void delivered(List<StreamEntry> entries) {
		List<Held> messages = new ArrayList<>(entries.size());
		for (StreamEntry entry : entries) {
			hold(entry, 1, messages);
		}
		if (!messages.isEmpty()) {
			this.handling.add(messages);
		}
	}

	/** What is held already is delivered once more, since the group was made again. */
	private void hold(StreamEntry entry, long attempt, List<Held> messages) {
		Held message = new Held(entry, attempt, this.services.now());
		if (this.held.add(message)) {
			messages.add(message);
		}
	}

	private void again(List<Held> messages) {
		this.handling.add(messages);
	}

	/** Tells the server what is held. */
	private void keep() {
		long now = this.services.now();
		List<String> ids = this.held.keptBefore(now - this.claimIdle.dividedBy(4).toNanos(), now);
		for (int i = 0; i < ids.size(); i += MOST_KEPT_TOGETHER) {
			this.group.keep(ids.subList(i, Math.min(ids.size(), i + MOST_KEPT_TOGETHER)))
				.thenAccept((lost) -> lost.forEach(this::lost));
		}
		read(); // there may be fewer by now
	}

	/** Another consumer has it: this instance stood still for too long. */
	private void lost(String id) {
		Held message = this.held.get(id);
		if (message != null) {
			this.held.remove(message);
			this.handling.forget(message);
		}
	}

	private void troubled() {
		this.troubledAt = this.services.now();
		this.troubled = true;
	}

	/** Others could not say what they hold, either, and shall have time to. */
	private boolean isResting() {
		long rest = this.claimIdle.dividedBy(2).plus(RECOVERY).toNanos();
		this.troubled = this.troubled && this.services.now() - this.troubledAt < rest;
		return this.troubled;
	}

	/** If there is no room, or more to take over, it comes before what is new. */
	private void takeOver() {
		int room = Math.min(MOST_TAKEN_OVER, this.handling.roomForOthers());
		synchronized (this) {
			this.othersFirst = room == 0;
			if (this.stopped || !this.grouped || this.takingOver || room == 0 || this.held.size() >= MOST_HELD) {
				return;
			}
			this.takingOver = true;
		}
		Duration own = (ON_ITS_WAY.compareTo(this.claimIdle) < 0) ? ON_ITS_WAY : this.claimIdle;
		this.group.takeOver(isResting() ? FOR_EVER : this.claimIdle, own, room).whenComplete((deliveries, failure) -> {
			boolean more = failure == null && takenOver(deliveries) >= room;
			synchronized (this) {
				this.takingOver = false;
				this.othersFirst |= more;
			}
			if (failure != null && !RedisGroup.isGone(failure)) {
				troubled();
				this.handling.unanswered(room);
			}
			read();
		});
	}

	/** Whoever notices first: a reader that waits, or has no room, may not have. */
	private void regroup() {
		synchronized (this) {
			if (!this.grouped) {
				return;
			}
			this.grouped = false;
		}
		group(true);
	}

	private int takenOver(List<Delivery> deliveries) {
		List<Held> messages = new ArrayList<>();
		int claimed = 0;
		int gone = 0;
		for (Delivery delivery : deliveries) {
			if (delivery.attempt() == Delivery.OTHERS) {
				forgotten(delivery.entry());
			}
			else if (delivery.attempt() == Delivery.GONE) {
				gone++;
			}
			else {
				claimed++;
				hold(delivery.entry(), delivery.attempt(), messages);
			}
		}
		if (claimed > 0) {
			this.services.listener().claimed(this.source, claimed);
		}
		if (gone > 0) {
			this.services.listener().lost(this.source, gone);
		}
		messages.removeIf(this::isDeadly);
		if (!messages.isEmpty()) {
			this.handling.add(messages);
		}
		return claimed + gone;
	}

	/** It was delivered to this consumer, and the answer got lost. */
	private void forgotten(StreamEntry entry) {
		Held message = new Held(entry, 1, this.services.now());
		if (this.held.add(message)) {
			this.redeliveries.due(message.id());
		}
	}

	/** It has been delivered much oftener than it failed, since its consumers died. */
	private boolean isDeadly(Held message) {
		if (message.attempt() <= TOLERATED_DEATHS) {
			return false;
		}
		IllegalStateException failure = new IllegalStateException(
				"Its consumers died, or stood still, before they had handled it");
		boolean givenUp = this.redeliveries.delay(message.attempt() - TOLERATED_DEATHS, failure) == null;
		if (givenUp) {
			this.redeliveries.bury(message, failure);
		}
		return givenUp;
	}

	private void sample() {
		if (!this.stopped) {
			this.group.sample().thenAccept((sampled) -> {
				this.status = sampled;
				this.services.listener().sampled(this.source, sampled, this.request.settings().maxLength());
			});
		}
	}

	private void reap() {
		Duration gone = this.claimIdle.multipliedBy(10);
		this.group.reap((gone.compareTo(LONG_GONE) > 0) ? gone : LONG_GONE);
	}

	/**
	 * Ends; the answer comes when nothing is handled any more, and all is acknowledged.
	 */
	CompletionStage<?> stop(Duration grace) {
		this.stopped = true;
		CompletionStage<?> closed = this.reader.close();
		this.redeliveries.stop();
		this.handling.stop();
		return ended().orTimeout(grace.toNanos(), TimeUnit.NANOSECONDS).exceptionallyCompose((late) -> {
			this.workers.shutdownNow();
			return ended().orTimeout(AFTER_INTERRUPTION.toNanos(), TimeUnit.NANOSECONDS);
		}).handle((ended, tooLate) -> {
			this.workers.shutdownNow();
			synchronized (this.rounds) {
				this.rounds.forEach((round) -> round.cancel(false));
			}
			return closed.toCompletableFuture().orTimeout(1, TimeUnit.SECONDS);
		})
			.thenCompose((closing) -> closing.handle((done, failure) -> null))
			.thenCompose((ignored) -> this.group.leave())
			.exceptionally((unknown) -> 0L)
			.thenAccept((left) -> this.services.listener().stopped(this.source, left));
	}

	private CompletableFuture<@Nullable Void> ended() {
		return this.handling.idle().thenCompose((idle) -> {
			this.acknowledgements.flush();
			return this.acknowledgements.drained()
				.thenApply((drained) -> drained)
				.toCompletableFuture()
				.completeOnTimeout(false, LAST_ANSWERS.toNanos(), TimeUnit.NANOSECONDS);
		}).<@Nullable Void>thenApply((drained) -> null).toCompletableFuture();
	}

}
