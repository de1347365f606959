package io.github.rediskit.messaging;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.github.rediskit.codec.MessageCodecs;
import io.github.rediskit.messaging.MessageTracing.Way;
import io.github.rediskit.script.RedisGateway;
import org.jspecify.annotations.Nullable;

/**
 * Publishes on the connection for messages. Text and bytes go out as they are, so that
 * any other program may listen; everything else is JSON.
 */
public final class GatewayPublisher implements AsyncRedisPublisher {

	private final OrderedOutlet outlet;

	private final MessageCodecs json;

	private final ChannelNames channels;

	private final MessageTracing tracing;

	private GatewayPublisher(OrderedOutlet.Outlet outlet, MessageCodecs json, ChannelNames channels,
			MessageTracing tracing) {
		this.outlet = new OrderedOutlet(outlet);
		this.json = json;
		this.channels = channels;
		this.tracing = tracing;
	}

	/**
	 * Publishes to all nodes of a cluster.
	 * @param redis the connection
	 * @param json writes JSON
	 * @param channels what channels are called in Redis
	 * @param tracing is around each message
	 * @return the publisher
	 */
	public static GatewayPublisher plain(RedisGateway redis, MessageCodecs json, ChannelNames channels,
			MessageTracing tracing) {
		return new GatewayPublisher(redis::publish, json, channels, tracing);
	}

	/**
	 * Publishes to the shard of a cluster to which the channel belongs, where there is a
	 * cluster that can.
	 * @param redis the connection
	 * @param json writes JSON
	 * @param channels what channels are called in Redis
	 * @param tracing is around each message
	 * @return the publisher
	 */
	public static GatewayPublisher sharded(RedisGateway redis, MessageCodecs json, ChannelNames channels,
			MessageTracing tracing) {
		return new GatewayPublisher(redis::publishSharded, json, channels, tracing);
	}

	@Override
	public CompletionStage<@Nullable Void> publish(String channel, Object message) {
		try {
			MessageFormat.require(message, channel);
			return this.tracing.send(Way.CHANNEL, channel,
					(travelling) -> this.outlet.publish(this.channels.inRedis(channel), bytes(message, travelling))
						.thenApply((receivers) -> null));
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedStage(ex);
		}
	}

	private byte[] bytes(Object message, Map<String, String> travelling) {
		if (message instanceof byte[] raw) {
			return raw;
		}
		if (message instanceof String text) {
			return text.getBytes(StandardCharsets.UTF_8);
		}
		return TraceProperty.add(this.json.write(message), travelling);
	}

}
