package io.github.rediskit.redis;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import org.jspecify.annotations.Nullable;

/**
 * Channels and who listens to them, on one connection. Lettuce subscribes again after a
 * reconnection.
 */
final class LettuceSubscriptions implements AutoCloseable {

	private final Map<ByteBuffer, Consumer<byte[]>> listeners = new ConcurrentHashMap<>();

	private final AtomicBoolean dispatching = new AtomicBoolean();

	private final LazyConnection<StatefulRedisPubSubConnection<byte[], byte[]>> connection;

	LettuceSubscriptions(LazyConnection<StatefulRedisPubSubConnection<byte[], byte[]>> connection) {
		this.connection = connection;
	}

	CompletionStage<@Nullable Void> subscribe(byte[] channel, Consumer<byte[]> listener) {
		this.listeners.put(ByteBuffer.wrap(channel.clone()), listener);
		return this.connection.get().thenCompose((open) -> {
			if (this.dispatching.compareAndSet(false, true)) {
				open.addListener(new Dispatcher());
			}
			return open.async().subscribe(channel);
		});
	}

	@Override
	public void close() {
		this.connection.close();
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

}
