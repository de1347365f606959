package io.github.rediskit.redis;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.cluster.pubsub.StatefulRedisClusterPubSubConnection;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.pubsub.api.async.RedisPubSubAsyncCommands;
import org.jspecify.annotations.Nullable;

/**
 * The life of one connection for subscriptions. Whatever is wrong with it ends it; the
 * link begins another one. On a cluster a channel that belongs to a shard is subscribed
 * to at the master of its slot, each on a connection of its own that Lettuce keeps beside
 * this one and closes with it.
 */
final class PubSubSession {

	private final PubSubLink link;

	private final PubSubLinkSettings settings;

	private final PubSubLinkListener listener;

	private final Set<Subscribed> awaited = new HashSet<>();

	/** At which node each channel of a shard is subscribed to. */
	private final Map<Subscribed.Channel, String> nodes = new HashMap<>();

	private final Set<StatefulRedisPubSubConnection<byte[], byte[]>> attended = ConcurrentHashMap.newKeySet();

	private @Nullable StatefulRedisPubSubConnection<byte[], byte[]> connection;

	private boolean withoutShards;

	private volatile long aliveMillis;

	private volatile boolean ended;

	PubSubSession(PubSubLink link, PubSubLinkSettings settings, PubSubLinkListener listener) {
		this.link = link;
		this.settings = settings;
		this.listener = listener;
	}

	void begin(StatefulRedisPubSubConnection<byte[], byte[]> connection, Collection<Subscribed> topics) {
		this.connection = connection;
		attend(connection);
		if (!connection.isOpen()) {
			lost("the connection was lost at once");
		}
		else {
			subscribe(topics);
		}
	}

	private void attend(StatefulRedisPubSubConnection<byte[], byte[]> connection) {
		alive();
		if (this.attended.add(connection)) {
			connection.setTimeout(this.settings.patience());
			connection.addListener(new Messages());
			connection.addListener(new Watch());
		}
	}

	/** Each by a command of its own: one that is refused does not spoil the others. */
	void subscribe(Collection<? extends Subscribed> topics) {
		StatefulRedisPubSubConnection<byte[], byte[]> current = this.connection;
		if (current == null || topics.isEmpty()) {
			return; // all are subscribed to when it is open
		}
		this.awaited.addAll(topics);
		topics.forEach((topic) -> asked(current, topic));
		this.link.later(() -> {
			if (topics.stream().anyMatch(this.awaited::contains)) {
				lost("no answer to a subscription within " + this.settings.patience().toMillis() + " ms");
			}
		}, this.settings.patience().toMillis());
	}

	private void asked(StatefulRedisPubSubConnection<byte[], byte[]> current, Subscribed topic) {
		CompletionStage<?> asked;
		try {
			if (topic instanceof Subscribed.Channel channel) {
				asked = isSharded(current) ? shard(current, channel)
						: current.async().subscribe(channel.name().array());
			}
			else {
				asked = current.async().psubscribe(topic.name().array());
			}
		}
		catch (RuntimeException ex) { // a full queue is reported at once
			asked = CompletableFuture.failedStage(ex);
		}
		asked.whenComplete((ignored, failure) -> this.link.run(() -> {
			if (failure == null) {
				confirmed(topic);
			}
			else {
				failed(current, topic, LazyConnection.unwrapped(failure));
			}
		}));
	}

	private boolean isSharded(StatefulRedisPubSubConnection<byte[], byte[]> current) {
		return this.settings.sharded() && !this.withoutShards
				&& current instanceof StatefulRedisClusterPubSubConnection;
	}

	private CompletionStage<?> shard(StatefulRedisPubSubConnection<byte[], byte[]> current,
			Subscribed.Channel channel) {
		StatefulRedisClusterPubSubConnection<byte[], byte[]> cluster = (StatefulRedisClusterPubSubConnection<byte[], byte[]>) current;
		RedisClusterNode node = cluster.getPartitions().getPartitionBySlot(SlotHash.getSlot(channel.name().array()));
		if (node == null) {
			return CompletableFuture
				.failedStage(new IllegalStateException("no node of the cluster has the channel's slot"));
		}
		this.nodes.put(channel, node.getNodeId());
		return cluster.getConnectionAsync(node.getNodeId()).thenCompose((opened) -> {
			attend(opened);
			return opened.async().ssubscribe(channel.name().array());
		});
	}

	private void failed(StatefulRedisPubSubConnection<byte[], byte[]> current, Subscribed topic, Throwable failure) {
		if (this.ended) {
			return;
		}
		if (isSharded(current) && Shards.areUnknown(failure)) {
			this.withoutShards = true;
			this.nodes.clear();
		}
		if (this.withoutShards && Shards.areUnknown(failure)) {
			asked(current, topic);
		}
		else if (failure instanceof RedisCommandExecutionException && !isAboutNode(failure)) {
			this.link.refused(this, topic, PubSubLink.reason(failure));
			settled(topic);
		}
		else {
			lost(PubSubLink.reason(failure));
		}
	}

	/** A server that starts or has lost its part of a cluster is no reason to give up. */
	private static boolean isAboutNode(Throwable failure) {
		String message = String.valueOf(failure.getMessage());
		return List.of("MOVED", "CLUSTERDOWN", "LOADING", "MASTERDOWN").stream().anyMatch(message::startsWith);
	}

	private void confirmed(Subscribed topic) {
		alive();
		this.link.accepted(topic);
		settled(topic);
	}

	private void settled(Subscribed topic) {
		if (!this.ended && this.awaited.remove(topic) && this.awaited.isEmpty()) {
			this.link.subscribed(this);
		}
	}

	void unsubscribe(Collection<? extends Subscribed> topics) {
		StatefulRedisPubSubConnection<byte[], byte[]> current = this.connection;
		boolean awaiting = !this.awaited.isEmpty();
		this.awaited.removeAll(Set.copyOf(topics));
		if (current == null) {
			return;
		}
		for (Subscribed topic : topics) {
			if (topic instanceof Subscribed.Channel channel) {
				String node = this.nodes.remove(channel);
				if (node != null) {
					((StatefulRedisClusterPubSubConnection<byte[], byte[]>) current).getConnectionAsync(node)
						.thenAccept((opened) -> opened.async().sunsubscribe(channel.name().array()));
				}
				else {
					current.async().unsubscribe(channel.name().array());
				}
			}
			else {
				current.async().punsubscribe(topic.name().array());
			}
		}
		if (awaiting && this.awaited.isEmpty()) {
			this.link.subscribed(this);
		}
	}

	/** Asks whether there is still somebody at the other end. */
	void look() {
		StatefulRedisPubSubConnection<byte[], byte[]> current = this.connection;
		if (current == null) {
			return;
		}
		ping(current.async());
		if (isSharded(current)) {
			Map.copyOf(this.nodes).forEach((channel, node) -> lookAtShard(current, channel, node));
		}
	}

	private void ping(RedisPubSubAsyncCommands<byte[], byte[]> redis) {
		long patience = this.settings.patience().toMillis();
		CompletionStage<String> pong;
		try {
			pong = redis.ping();
		}
		catch (RuntimeException ex) {
			pong = CompletableFuture.failedStage(ex);
		}
		pong.toCompletableFuture().copy().orTimeout(patience, TimeUnit.MILLISECONDS).whenComplete((reply, failure) -> {
			if (failure == null || LazyConnection.unwrapped(failure) instanceof RedisCommandExecutionException) {
				alive();
			}
			else {
				this.link.run(() -> lost("the connection does not answer: " + PubSubLink.reason(failure)));
			}
		});
	}

	/** To subscribe once more says that it is the right node, and that it answers. */
	private void lookAtShard(StatefulRedisPubSubConnection<byte[], byte[]> current, Subscribed.Channel channel,
			String node) {
		shard(current, channel).toCompletableFuture()
			.copy()
			.orTimeout(this.settings.patience().toMillis(), TimeUnit.MILLISECONDS)
			.whenComplete((ignored, failure) -> this.link.run(() -> {
				if (failure != null) {
					lost("the node of a channel does not answer: " + PubSubLink.reason(failure));
				}
				else if (!this.ended && !node.equals(this.nodes.getOrDefault(channel, node))) {
					lost("a channel belongs to another node now");
				}
			}));
	}

	private void alive() {
		this.aliveMillis = this.settings.clock().millis();
	}

	private void lost(String reason) {
		if (!this.ended) {
			this.link.lost(this, Instant.ofEpochMilli(this.aliveMillis), reason);
		}
	}

	/** Nothing that comes from its connection counts any more. */
	CompletionStage<?> end() {
		this.ended = true;
		StatefulRedisPubSubConnection<byte[], byte[]> current = this.connection;
		if (current == null || (current instanceof RedisChannelHandler<?, ?> handler && handler.isClosed())) {
			return CompletableFuture.completedStage(null);
		}
		return current.closeAsync();
	}

	private final class Messages extends RedisPubSubAdapter<byte[], byte[]> {

		@Override
		public void message(byte[] channel, byte[] message) {
			pass(null, channel, message);
		}

		@Override
		public void message(byte[] pattern, byte[] channel, byte[] message) {
			pass(pattern, channel, message);
		}

		@Override
		public void smessage(byte[] channel, byte[] message) {
			pass(null, channel, message);
		}

		private void pass(byte @Nullable [] pattern, byte[] channel, byte[] message) {
			if (!PubSubSession.this.ended) {
				alive();
				PubSubSession.this.listener.message(pattern, channel, message);
			}
		}

		/** A server that gives a slot away unsubscribes its channels. */
		@Override
		public void sunsubscribed(byte[] channel, long count) {
			PubSubSession.this.link.run(() -> {
				if (PubSubSession.this.nodes.containsKey(new Subscribed.Channel(channel))) {
					lost("a channel's slot was moved to another node");
				}
			});
		}

	}

	private final class Watch implements RedisConnectionStateListener {

		@Override
		public void onRedisDisconnected(RedisChannelHandler<?, ?> lost) {
			PubSubSession.this.link.run(() -> lost("the connection was lost"));
		}

	}

}
