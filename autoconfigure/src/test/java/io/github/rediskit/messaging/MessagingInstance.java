package io.github.rediskit.messaging;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import io.github.rediskit.codec.EncryptionKeys;
import io.github.rediskit.codec.JsonMessageCodecs;
import io.github.rediskit.testing.GatewayInstance;
import io.github.rediskit.testing.RedisTestCluster;
import tools.jackson.databind.json.JsonMapper;

/**
 * One instance of an application, as far as its messages are concerned. Several of them
 * in a test share nothing but Redis.
 */
final class MessagingInstance implements AutoCloseable {

	static final Duration TIMEOUT = Duration.ofSeconds(2);

	private final GatewayInstance gateway;

	private final List<MessageConsumer> consumers = new ArrayList<>();

	private final Map<String, MessageSettings> settings = new ConcurrentHashMap<>();

	/** What happened, as words. */
	final List<String> events = new CopyOnWriteArrayList<>();

	final RedisMessaging messaging;

	MessagingInstance(String uri) {
		this(GatewayInstance.of(uri, TIMEOUT));
	}

	/** One that uses a cluster. */
	static MessagingInstance of(RedisTestCluster cluster) {
		return new MessagingInstance(GatewayInstance.of(cluster, TIMEOUT));
	}

	private MessagingInstance(GatewayInstance gateway) {
		this.gateway = gateway;
		this.messaging = new RedisMessaging(gateway.redis(), gateway.streamReads(), GatewayInstance.SHOP,
				new JsonMessageCodecs(JsonMapper.shared()), EncryptionKeys.none(), new RedisMessaging.Settings() {

					@Override
					public MessageSettings ofStream(String name) {
						return MessagingInstance.this.settings.getOrDefault(name, MessageSettings.DEFAULTS);
					}

					@Override
					public MessageSettings ofQueue(String name) {
						return ofStream(name);
					}

				}, () -> UUID.randomUUID().toString(), (name) -> Thread::new, List.of(new Recorder()),
				MessageTracing.NONE);
	}

	/** Says what holds for a stream or queue. */
	void configure(String name, MessageSettings settings) {
		this.settings.put(name, settings);
	}

	/** Two attempts more, a moment later each. */
	static Retries threeAttempts() {
		return (attempts, failure) -> (attempts < 3) ? Duration.ofMillis(20) : null;
	}

	ConsumerRequest request(String name, String group, int concurrency, int batchSize, MessageHandler handler) {
		return new ConsumerRequest(name + "-" + group, name, group, "consumer-" + UUID.randomUUID(), concurrency,
				batchSize, AckMode.AFTER, StartFrom.OLDEST, this.settings.getOrDefault(name, MessageSettings.DEFAULTS),
				threeAttempts(), handler);
	}

	MessageConsumer consume(String stream, String group, int concurrency, MessageHandler handler) {
		return started(this.messaging.consumerOfStream(request(stream, group, concurrency, 1, handler)));
	}

	MessageConsumer consumeQueue(String queue, int concurrency, MessageHandler handler) {
		return started(
				this.messaging.consumerOfQueue(request(queue, RedisMessaging.QUEUE_GROUP, concurrency, 1, handler)));
	}

	MessageConsumer started(MessageConsumer consumer) {
		this.consumers.add(consumer);
		consumer.start();
		return consumer;
	}

	static void stop(MessageConsumer consumer) {
		try {
			consumer.stop(Duration.ofSeconds(10)).toCompletableFuture().get(20, TimeUnit.SECONDS);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** As a process that dies: nothing is said to Redis any more. */
	void die() {
		this.gateway.die();
		this.messaging.close();
	}

	@Override
	public void close() {
		this.consumers.forEach(MessagingInstance::stop);
		this.messaging.close();
		this.gateway.close();
	}

	/**
	 * Remembers what happened.
	 */
	private final class Recorder implements ConsumerListener {

		private void add(String event) {
			if (MessagingInstance.this.events.size() < 1_000) {
				MessagingInstance.this.events.add(event);
			}
		}

		@Override
		public void failed(Source consumer, long attempt, Throwable failure) {
			add("failed " + attempt);
		}

		@Override
		public void dead(Source consumer, long attempts, Throwable failure) {
			add("dead " + attempts);
		}

		@Override
		public void claimed(Source consumer, int count) {
			add("claimed");
		}

		@Override
		public void lost(Source consumer, int count) {
			add("lost");
		}

		@Override
		public void madeAgain(Source consumer) {
			add("made again");
		}

		@Override
		public void interrupted(Source consumer, Throwable failure) {
			add("interrupted");
		}

		@Override
		public void resumed(Source consumer) {
			add("resumed");
		}

		@Override
		public void stopped(Source consumer, long left) {
			add("stopped, left " + left);
		}

	}

}
