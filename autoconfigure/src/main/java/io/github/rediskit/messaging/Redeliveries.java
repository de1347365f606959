package io.github.rediskit.messaging;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import io.github.rediskit.messaging.ConsumerListener.Source;
import io.github.rediskit.messaging.RedisGroup.Delivery;
import io.github.rediskit.script.StreamEntry;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of messages that could not be handled: they wait, without what they say,
 * and are delivered once more, or become dead letters.
 */
final class Redeliveries implements Handling.Failed {

	private static final int MOST_TOGETHER = 100;

	private static final int LONGEST_TEXT = 500;

	private final MessagingServices services;

	private final ConsumerRequest request;

	private final Source source;

	private final RedisGroup group;

	private final HeldMessages held;

	private final Acknowledgements acknowledgements;

	private final Troubles troubles;

	/** Dead letters may be refused while everything else works. */
	private final Troubles burying;

	/** Gets what was delivered once more. */
	private final Consumer<List<Held>> again;

	private List<String> due = new ArrayList<>();

	private boolean sending;

	/** How many are asked for at once: fewer if there was no answer. */
	private int together = MOST_TOGETHER;

	private volatile boolean stopped;

	Redeliveries(MessagingServices services, ConsumerRequest request, Source source, RedisGroup group,
			HeldMessages held, Acknowledgements acknowledgements, Troubles troubles, Consumer<List<Held>> again) {
		this.services = services;
		this.request = request;
		this.source = source;
		this.group = group;
		this.held = held;
		this.acknowledgements = acknowledgements;
		this.troubles = troubles;
		this.burying = new Troubles(services.listener(), source);
		this.again = again;
	}

	/**
	 * A message that failed among others is tried alone before it is given up. While the
	 * consumer stops, nothing is done: it is left to others.
	 */
	@Override
	public void failed(Held message, Throwable failure, boolean among) {
		this.services.listener().failed(this.source, message.attempt(), failure);
		if (this.stopped || message.isAcknowledged()) {
			return;
		}
		message.failed(failure);
		Duration delay = (failure instanceof UnreadableMessageException) ? null : delay(message.attempt(), failure);
		if (delay == null && among) {
			delay = Duration.ZERO;
		}
		if (delay == null) {
			bury(message, failure);
		}
		else {
			message.waits();
			this.services.later(() -> due(message.id()), delay);
		}
	}

	/** A policy that throws is no reason to keep a message for ever: it gives it up. */
	@Nullable Duration delay(long attempts, Throwable failure) {
		try {
			return this.request.retries().after(attempts, failure);
		}
		catch (RuntimeException ex) {
			if (ex != failure) {
				failure.addSuppressed(ex);
			}
			return null;
		}
	}

	void due(String id) {
		synchronized (this) {
			this.due.add(id);
		}
		send();
	}

	private void send() {
		List<String> ids;
		synchronized (this) {
			if (this.sending || this.due.isEmpty() || this.stopped) {
				return;
			}
			this.sending = true;
			int count = Math.min(this.together, this.due.size());
			ids = new ArrayList<>(this.due.subList(0, count));
			this.due = new ArrayList<>(this.due.subList(count, this.due.size()));
		}
		this.group.retry(ids).whenComplete((deliveries, failure) -> {
			if (deliveries != null) {
				this.troubles.over();
				redelivered(deliveries);
			}
			synchronized (this) {
				this.sending = false;
				this.together = (failure == null) ? Math.min(MOST_TOGETHER, 2 * this.together)
						: Math.max(1, this.together / 2);
				if (failure != null && !RedisGroup.isGone(failure)) {
					this.due.addAll(ids);
				}
			}
			if (failure == null) {
				send();
			}
			else if (RedisGroup.isGone(failure)) { // they will come as new ones
				ids.forEach(this::forget);
			}
			else {
				this.services.later(this::send, this.troubles.met(failure));
			}
		});
	}

	private void redelivered(List<Delivery> deliveries) {
		List<Held> handled = new ArrayList<>();
		for (Delivery delivery : deliveries) {
			Held message = this.held.get(delivery.entry().id());
			if (message == null) {
				continue;
			}
			if (delivery.attempt() > 0) {
				message.redelivered(delivery.entry(), delivery.attempt(), this.services.now());
				handled.add(message);
			}
			else {
				this.held.remove(message);
				if (delivery.attempt() == Delivery.GONE) {
					this.services.listener().lost(this.source, 1);
				}
			}
		}
		if (!handled.isEmpty()) {
			this.again.accept(handled);
		}
	}

	private void forget(String id) {
		Held message = this.held.get(id);
		if (message != null) {
			this.held.remove(message);
		}
	}

	/** Makes a message a dead letter, as often as that takes. */
	void bury(Held message, Throwable failure) {
		if (this.stopped) {
			return;
		}
		if (this.request.settings().deadLetterMaxLength() == 0) {
			this.services.listener().dead(this.source, message.attempt(), failure);
			this.acknowledgements.add(List.of(message));
			return;
		}
		this.group.bury(message.id(), letter(message, failure)).whenComplete((buried, trouble) -> {
			if (trouble == null) {
				this.burying.over();
				this.held.remove(message);
				if (buried) {
					this.services.listener().dead(this.source, message.attempt(), failure);
				}
			}
			else if (RedisGroup.isGone(trouble)) { // it will come as a new one
				this.held.remove(message);
			}
			else {
				this.services.later(() -> bury(message, failure), this.burying.met(trouble));
			}
		});
	}

	/** The message, and its history. */
	private List<byte[]> letter(Held message, Throwable failure) {
		StreamEntry entry = message.entry();
		List<byte[]> fields = new ArrayList<>(entry.fields());
		add(fields, "dead.id", message.messageId());
		add(fields, "dead.record", message.id());
		add(fields, "dead.group", this.request.group());
		add(fields, "dead.consumer", this.request.consumer());
		add(fields, "dead.attempts", Long.toString(message.attempt()));
		add(fields, "dead.at", Instant.now().toString());
		add(fields, "dead.first-error", text(message.failed(failure)));
		add(fields, "dead.last-error", text(failure));
		return fields;
	}

	private static void add(List<byte[]> fields, String name, String value) {
		fields.add(name.getBytes(StandardCharsets.UTF_8));
		fields.add(value.getBytes(StandardCharsets.UTF_8));
	}

	/** Whatever a failure says of itself; some throw instead. */
	private static String text(Throwable failure) {
		String text;
		try {
			text = failure.toString();
		}
		catch (RuntimeException ex) {
			text = failure.getClass().getName();
		}
		return (text.length() <= LONGEST_TEXT) ? text : text.substring(0, LONGEST_TEXT) + "…";
	}

	/** Begins nothing more. */
	void stop() {
		this.stopped = true;
	}

}
