package io.github.rediskit.lock;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;

import io.github.rediskit.script.RedisGateway;
import org.jspecify.annotations.Nullable;

/**
 * Hears when locks are released. A few channels serve all locks of the namespace; one is
 * listened to from the first wait on. Messages can get lost, so whoever waits also asks
 * now and then.
 */
final class WakeUps {

	private static final byte VERSION = '1';

	private final AtomicReferenceArray<@Nullable CompletableFuture<@Nullable Void>> subscriptions = new AtomicReferenceArray<>(
			LockTargets.CHANNELS);

	private final RedisGateway redis;

	private final LockTargets targets;

	private final Consumer<LockKey> released;

	WakeUps(RedisGateway redis, LockTargets targets, Consumer<LockKey> released) {
		this.redis = redis;
		this.targets = targets;
		this.released = released;
	}

	/**
	 * Listens from the first call on; a failed attempt is repeated by the next call.
	 * @return completed once messages about that lock can arrive
	 */
	CompletableFuture<@Nullable Void> listen(LockKey key) {
		int number = LockTargets.channelNumber(key);
		CompletableFuture<@Nullable Void> current = this.subscriptions.get(number);
		if (current != null && !current.isCompletedExceptionally()) {
			return current;
		}
		CompletableFuture<@Nullable Void> attempt = new CompletableFuture<>();
		if (!this.subscriptions.compareAndSet(number, current, attempt)) {
			CompletableFuture<@Nullable Void> faster = this.subscriptions.get(number);
			return (faster != null) ? faster : attempt;
		}
		this.redis.subscribe(this.targets.channel(number), this::received).whenComplete((ignored, failure) -> {
			if (failure != null) {
				attempt.completeExceptionally(failure);
			}
			else {
				attempt.complete(null);
			}
		});
		return attempt;
	}

	private void received(byte[] message) {
		if (message.length > 1 && message[0] == VERSION) {
			this.released.accept(new LockKey(Arrays.copyOfRange(message, 1, message.length)));
		}
	}

}
