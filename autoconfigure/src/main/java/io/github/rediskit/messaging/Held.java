package io.github.rediskit.messaging;

import java.util.List;

import io.github.rediskit.script.StreamEntry;
import org.jspecify.annotations.Nullable;

/**
 * A message that this consumer has: it was delivered, and is not acknowledged yet.
 */
final class Held {

	private static final List<byte[]> NOTHING = List.of();

	private final String id;

	private final String messageId;

	private volatile StreamEntry entry;

	private volatile long attempt;

	/** Since when the server knows that it is held, at least. */
	private volatile long keptAt;

	private volatile @Nullable Throwable firstFailure;

	private volatile boolean acknowledged;

	Held(StreamEntry entry, long attempt, long now) {
		this.id = entry.id();
		this.messageId = MessageFormat.id(entry);
		this.entry = entry;
		this.attempt = attempt;
		this.keptAt = now;
	}

	String id() {
		return this.id;
	}

	String messageId() {
		return this.messageId;
	}

	StreamEntry entry() {
		return this.entry;
	}

	long attempt() {
		return this.attempt;
	}

	boolean isKeptSince(long time) {
		return this.keptAt - time >= 0;
	}

	void kept(long now) {
		this.keptAt = now;
	}

	/** It failed; what it says is not remembered until it is delivered again. */
	void waits() {
		this.entry = new StreamEntry(this.id, NOTHING);
	}

	void redelivered(StreamEntry again, long attempt, long now) {
		this.entry = again;
		this.attempt = attempt;
		this.keptAt = now;
	}

	/** It was acknowledged before it was handled. */
	void acknowledged() {
		this.acknowledged = true;
	}

	boolean isAcknowledged() {
		return this.acknowledged;
	}

	/** The first failure that this instance knows of. */
	Throwable failed(Throwable failure) {
		Throwable first = this.firstFailure;
		if (first == null) {
			this.firstFailure = failure;
			return failure;
		}
		return first;
	}

}
