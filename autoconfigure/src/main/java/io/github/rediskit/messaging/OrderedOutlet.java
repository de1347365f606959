package io.github.rediskit.messaging;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

import io.github.rediskit.script.RedisUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * Keeps messages in their order while a connection is opened. What several commands wait
 * for at the same time goes on in any order; so as long as it is not known that there is
 * a connection, one message is on its way and the others wait behind it.
 */
final class OrderedOutlet {

	private static final int MOST_WAITING = 10_000;

	private final Outlet outlet;

	private final Queue<Waiting> waiting = new ArrayDeque<>();

	private boolean underWay;

	private volatile boolean connected;

	OrderedOutlet(Outlet outlet) {
		this.outlet = outlet;
	}

	CompletionStage<Long> publish(byte[] channel, byte[] message) {
		return this.connected ? send(channel, message) : sendOrWait(channel, message);
	}

	private CompletionStage<Long> send(byte[] channel, byte[] message) {
		return this.outlet.publish(channel, message).whenComplete((receivers, failure) -> {
			if (isUnavailable(failure)) {
				this.connected = false;
			}
		});
	}

	private synchronized CompletionStage<Long> sendOrWait(byte[] channel, byte[] message) {
		if (this.connected) {
			return send(channel, message);
		}
		if (this.underWay) {
			if (this.waiting.size() >= MOST_WAITING) {
				return CompletableFuture.failedStage(
						new RedisUnavailableException("Too many messages wait for a connection to Redis", null));
			}
			Waiting next = new Waiting(channel, message, new CompletableFuture<>());
			this.waiting.add(next);
			return next.reply;
		}
		this.underWay = true;
		return this.outlet.publish(channel, message).whenComplete((receivers, failure) -> answered(failure));
	}

	private synchronized void answered(@Nullable Throwable failure) {
		this.underWay = false;
		boolean unavailable = isUnavailable(failure);
		for (Waiting next = this.waiting.poll(); next != null; next = this.waiting.poll()) {
			CompletableFuture<Long> reply = next.reply;
			if (unavailable) {
				reply.completeExceptionally(unwrapped(failure));
			}
			else {
				send(next.channel, next.message).whenComplete((receivers, problem) -> {
					if (problem != null) {
						reply.completeExceptionally(unwrapped(problem));
					}
					else {
						reply.complete(receivers);
					}
				});
			}
		}
		this.connected = !unavailable;
	}

	private static boolean isUnavailable(@Nullable Throwable failure) {
		return failure != null && unwrapped(failure) instanceof RedisUnavailableException;
	}

	private static Throwable unwrapped(@Nullable Throwable failure) {
		return (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause()
				: (failure != null) ? failure : new IllegalStateException("no reason given");
	}

	@SuppressWarnings("ArrayRecordComponent") // compared by nobody
	private record Waiting(byte[] channel, byte[] message, CompletableFuture<Long> reply) {

	}

	/**
	 * Where messages go.
	 */
	interface Outlet {

		CompletionStage<Long> publish(byte[] channel, byte[] message);

	}

}
