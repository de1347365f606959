package io.github.rediskit.redis;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import org.jspecify.annotations.Nullable;

/**
 * Channels and who listens to them, on one connection. Lettuce subscribes again after a
 * reconnection; a connection that Lettuce does not repair is replaced, and its channels
 * are subscribed again here.
 */
final class LettuceSubscriptions {

	private static final long RETRY_MILLIS = 300;

	private final Map<ByteBuffer, Consumer<byte[]>> listeners = new ConcurrentHashMap<>();

	private final LazyConnection<StatefulRedisPubSubConnection<byte[], byte[]>> connection;

	LettuceSubscriptions(Supplier<? extends CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>>> open,
			Duration timeout) {
		this.connection = new LazyConnection<>(() -> open.get().thenApply(this::attended), timeout);
	}

	private StatefulRedisPubSubConnection<byte[], byte[]> attended(
			StatefulRedisPubSubConnection<byte[], byte[]> opened) {
		opened.addListener(new Dispatcher());
		opened.addListener(new Watch());
		return opened;
	}

	CompletionStage<@Nullable Void> subscribe(byte[] channel, Consumer<byte[]> listener) {
		this.listeners.put(ByteBuffer.wrap(channel.clone()), listener);
		return this.connection.get().thenCompose((open) -> open.async().subscribe(channel));
	}

	void start() {
		if (this.connection.isStopped()) {
			this.connection.start();
			subscribeAgain();
		}
	}

	CompletionStage<?> stop() {
		return this.connection.stop();
	}

	private void subscribeAgain() {
		byte[][] channels = this.listeners.keySet().stream().map(ByteBuffer::array).toArray(byte[][]::new);
		if (channels.length == 0 || this.connection.isStopped()) {
			return;
		}
		this.connection.get()
			.thenCompose((open) -> open.async().subscribe(channels))
			.whenComplete((ignored, failure) -> {
				if (failure != null) {
					later(this::subscribeAgain);
				}
			});
	}

	private void subscribeAgainIfLost() {
		if (this.connection.getIfOpen() == null) {
			subscribeAgain();
		}
	}

	private static void later(Runnable task) {
		CompletableFuture.delayedExecutor(RETRY_MILLIS, TimeUnit.MILLISECONDS).execute(task);
	}

	private final class Dispatcher extends RedisPubSubAdapter<byte[], byte[]> {

		@Override
		public void message(byte[] channel, byte[] message) {
			Consumer<byte[]> listener = LettuceSubscriptions.this.listeners.get(ByteBuffer.wrap(channel));
			if (listener != null) {
				listener.accept(message);
			}
		}

	}

	/** Only later the connection itself says whether it is being repaired. */
	private final class Watch implements RedisConnectionStateListener {

		@Override
		public void onRedisDisconnected(RedisChannelHandler<?, ?> lost) {
			later(LettuceSubscriptions.this::subscribeAgainIfLost);
		}

	}

}
