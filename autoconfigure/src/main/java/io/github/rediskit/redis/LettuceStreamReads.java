package io.github.rediskit.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import io.github.rediskit.script.StreamEntry;
import io.github.rediskit.script.StreamReads;
import io.lettuce.core.Consumer;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import io.lettuce.core.api.StatefulConnection;
import org.jspecify.annotations.Nullable;

/**
 * Reads streams on Lettuce connections, one for each reader, which is never shared with
 * anything else. A read waits for less than half of the connection's timeout: then no
 * answer means that Redis is away, on a cluster, too, where each node has the timeout of
 * the client.
 */
public final class LettuceStreamReads implements StreamReads {

	private final Supplier<? extends CompletionStage<StatefulConnection<byte[], byte[]>>> open;

	private final Duration timeout;

	/**
	 * Creates the seam.
	 * @param open opens a connection, without blocking
	 * @param timeout of its commands
	 */
	public LettuceStreamReads(Supplier<? extends CompletionStage<StatefulConnection<byte[], byte[]>>> open,
			Duration timeout) {
		this.open = open;
		this.timeout = timeout;
	}

	@Override
	public Reader reader() {
		return new LettuceReader(new LazyConnection<>(this.open, this.timeout), this.timeout.dividedBy(2));
	}

	private record LettuceReader(LazyConnection<StatefulConnection<byte[], byte[]>> connection,
			Duration most) implements Reader {

		@Override
		@SuppressWarnings("unchecked") // an array of one offset
		public CompletionStage<List<StreamEntry>> read(byte[] stream, byte[] group, byte[] consumer, int count,
				Duration patience) {
			long millis = Math.max(1, Math.min(patience.toMillis(), this.most.toMillis()));
			XReadArgs args = XReadArgs.Builder.count(count).block(millis);
			return this.connection.get()
				.thenCompose((open) -> LettuceGateway.commands(open)
					.xreadgroup(Consumer.from(group, consumer), args, StreamOffset.lastConsumed(stream)))
				.handle((reply, failure) -> {
					if (failure != null) {
						throw LettuceGateway.translation("XREADGROUP", failure);
					}
					return entries(reply);
				});
		}

		@Override
		public CompletionStage<?> close() {
			return this.connection.stop();
		}

		private static List<StreamEntry> entries(@Nullable List<StreamMessage<byte[], byte[]>> reply) {
			List<StreamEntry> entries = new ArrayList<>((reply != null) ? reply.size() : 0);
			if (reply != null) {
				for (StreamMessage<byte[], byte[]> message : reply) {
					List<byte[]> fields = new ArrayList<>(2 * message.getBody().size());
					message.getBody().forEach((name, value) -> {
						fields.add(name);
						fields.add(value);
					});
					entries.add(new StreamEntry(message.getId(), fields));
				}
			}
			return entries;
		}

	}

}
