package io.github.rediskit.messaging;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Acknowledges what was handled: as soon as there is nothing more to handle, else many at
 * once. While Redis is away they are kept, and sent when it is back.
 */
final class Acknowledgements {

	private static final int MANY = 256;

	private static final int MOST = 1_000;

	private static final Duration LINGER = Duration.ofMillis(5);

	private final MessagingServices services;

	private final RedisGroup group;

	private final HeldMessages held;

	private final Troubles troubles;

	/** Of what was handled and is not acknowledged yet; only if ids are remembered. */
	private final Set<String> messageIds = ConcurrentHashMap.newKeySet();

	private List<Held> done = new ArrayList<>();

	private boolean sending;

	private boolean lingering;

	private CompletableFuture<Boolean> drained = CompletableFuture.completedFuture(true);

	Acknowledgements(MessagingServices services, RedisGroup group, HeldMessages held, Troubles troubles) {
		this.services = services;
		this.group = group;
		this.held = held;
		this.troubles = troubles;
	}

	/** Acknowledges messages soon, unless they are already. */
	void add(List<Held> messages) {
		List<Held> handled = new ArrayList<>(messages);
		handled.removeIf(Held::isAcknowledged);
		if (handled.isEmpty()) {
			return;
		}
		if (this.group.remembers()) {
			handled.forEach((message) -> this.messageIds.add(message.messageId()));
		}
		boolean many;
		synchronized (this) {
			if (this.done.isEmpty() && !this.sending) {
				this.drained = new CompletableFuture<>();
			}
			this.done.addAll(handled);
			if (this.sending) {
				return;
			}
			many = this.done.size() >= MANY;
			if (!many) {
				if (this.lingering) {
					return;
				}
				this.lingering = true;
			}
		}
		if (many) {
			flush();
		}
		else {
			this.services.later(this::lingered, LINGER);
		}
	}

	private void lingered() {
		synchronized (this) {
			this.lingering = false;
		}
		flush();
	}

	/** Whether a message was handled here a moment ago, which Redis does not know yet. */
	boolean isUnderWay(String messageId) {
		return this.messageIds.contains(messageId);
	}

	/** Acknowledges at once what was handled by now. */
	void flush() {
		List<Held> batch;
		synchronized (this) {
			if (this.sending || this.done.isEmpty()) {
				return;
			}
			this.sending = true;
			batch = (this.done.size() <= MOST) ? this.done : new ArrayList<>(this.done.subList(0, MOST));
			this.done = (this.done.size() <= MOST) ? new ArrayList<>()
					: new ArrayList<>(this.done.subList(MOST, this.done.size()));
		}
		MessagingServices.attempt(() -> this.group.handled(batch))
			.whenComplete((ignored, failure) -> sent(batch, failure));
	}

	private void sent(List<Held> batch, Throwable failure) {
		if (failure != null) {
			synchronized (this) {
				batch.addAll(this.done);
				this.done = batch;
				this.sending = false;
				this.lingering = true;
			}
			this.services.later(this::lingered, this.troubles.met(failure));
			return;
		}
		this.held.removeAll(batch);
		if (!this.messageIds.isEmpty()) {
			batch.forEach((message) -> this.messageIds.remove(message.messageId()));
		}
		this.troubles.over();
		CompletableFuture<Boolean> empty = null;
		synchronized (this) {
			this.sending = false;
			if (this.done.isEmpty()) {
				empty = this.drained;
			}
		}
		if (empty != null) {
			empty.complete(true);
		}
		else {
			flush();
		}
	}

	/** When nothing is left that was handled and not acknowledged. */
	synchronized CompletionStage<Boolean> drained() {
		return this.drained;
	}

	/** Acknowledges messages before they are handled. */
	CompletionStage<?> now(List<Held> messages) {
		return MessagingServices.attempt(() -> this.group.handled(messages)).thenRun(() -> {
			messages.forEach(Held::acknowledged);
			this.held.removeAll(messages);
		});
	}

}
