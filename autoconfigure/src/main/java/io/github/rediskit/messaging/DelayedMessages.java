package io.github.rediskit.messaging;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import io.github.rediskit.script.LuaScript;
import org.jspecify.annotations.Nullable;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Moves the delayed messages of a queue when their time has come, by the server's clock.
 * Every instance that listens to the queue does, and each message is moved once. An
 * instance knows when the next one is due; a message tells it of an earlier one. As that
 * message may get lost, it looks once a second anyway, and ten times a second while
 * something is due soon.
 */
final class DelayedMessages {

	private static final LuaScript DUE = LuaScript.load(DelayedMessages.class, "due.lua");

	private static final byte[] MOST = "200".getBytes(US_ASCII);

	private static final long LONGEST_MILLIS = 1_000;

	private static final long SOON_MILLIS = 100;

	private final MessagingServices services;

	private final byte[][] keys;

	private final byte[] channel;

	/** Which plan counts: a newer one replaces those before. */
	private final AtomicLong plan = new AtomicLong();

	private final AtomicBoolean subscribed = new AtomicBoolean();

	private volatile boolean running;

	DelayedMessages(MessagingServices services, MessageKeys keys) {
		this.services = services;
		this.keys = new byte[][] { keys.stream(), keys.delayed(), keys.fields() };
		this.channel = keys.channel();
	}

	void start() {
		this.running = true;
		move();
	}

	void stop() {
		this.running = false;
	}

	/** Moves what is due, and plans when to do so next. */
	private void move() {
		if (!this.running) {
			return;
		}
		listen();
		long number = this.plan.incrementAndGet();
		MessagingServices.attempt(this::moved).whenComplete((next, failure) -> {
			long millis = (next == null) ? LONGEST_MILLIS : (next < 0) ? LONGEST_MILLIS
					: Math.min(next, (next < LONGEST_MILLIS) ? SOON_MILLIS : LONGEST_MILLIS);
			this.services.later(() -> {
				if (this.plan.get() == number) {
					move();
				}
			}, Duration.ofMillis(millis));
		});
	}

	private CompletionStage<Long> moved() {
		return this.services.redis()
			.run(DUE, this.keys, MOST)
			.thenApply((reply) -> (reply.get(1) instanceof Long next) ? next : Long.valueOf(-1));
	}

	private void listen() {
		if (this.subscribed.compareAndSet(false, true)) {
			MessagingServices.attempt(() -> this.services.redis().subscribe(this.channel, (message) -> woken()))
				.whenComplete((@Nullable Void done, @Nullable Throwable failure) -> {
					if (failure != null) {
						this.subscribed.set(false);
					}
				});
		}
	}

	/** Not in the thread that brings messages. */
	private void woken() {
		this.services.later(this::move, Duration.ZERO);
	}

}
