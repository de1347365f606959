package io.github.rediskit.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;

import io.github.rediskit.messaging.RedisPublisher;
import io.github.rediskit.testing.RedisTestCluster;
import io.github.rediskit.testing.RedisTestSentinel;
import io.github.rediskit.testing.RedisTestServer;
import io.lettuce.core.KillArgs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.data.redis.annotation.RedisListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Published messages on clusters, and across a failover.
 */
@Timeout(120)
class SubscriptionTopologyTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class, DataRedisAutoConfiguration.class,
				RediskitAutoConfiguration.class, RedisConnectionsAutoConfiguration.class,
				MessagingAutoConfiguration.class, PubSubAutoConfiguration.class))
		.withPropertyValues("spring.application.name=shop", "spring.data.redis.timeout=5s",
				"rediskit.messaging.pubsub.ping-interval=300ms")
		.withBean(Heard.class)
		.withBean(Gaps.class);

	@Test
	void onAClusterEveryChannelIsHeardWithShardsOrWithout() {
		try (RedisTestCluster cluster = RedisTestCluster.start()) {
			ApplicationContextRunner clustered = this.runner
				.withPropertyValues("spring.data.redis.cluster.nodes=" + String.join(",", cluster.addresses()));
			clustered.run((context) -> everyChannelIsHeard(context, cluster, 1));
			clustered.withPropertyValues("rediskit.messaging.pubsub.sharded=true").run((context) -> {
				everyChannelIsHeard(context, cluster, 2);
				long shards = shardSubscriptions(cluster);
				assertThat(shards).isEqualTo(knowsShards(cluster) ? 9 : 0);
				cluster.nodeOf("c4").commands().clientKill(KillArgs.Builder.typePubsub());
				if (shards > 0) {
					await().atMost(Duration.ofSeconds(20))
						.untilAsserted(() -> assertThat(context.getBean(Gaps.class).events).isNotEmpty());
				}
				everyChannelIsHeard(context, cluster, 3);
			});
		}
	}

	private static void everyChannelIsHeard(ApplicationContext context, RedisTestCluster cluster, int round) {
		RedisPublisher publisher = context.getBean(RedisPublisher.class);
		Queue<String> heard = context.getBean(Heard.class).heard;
		List<String> expected = IntStream.range(0, 9).mapToObj((i) -> "c" + i + "=" + round).toList();
		await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(300)).until(() -> {
			expected.forEach((text) -> publisher.publish(text.substring(0, 2), text));
			return heard.containsAll(expected);
		});
	}

	private static boolean knowsShards(RedisTestCluster cluster) {
		return !cluster.nodes().get(0).version().startsWith("6.");
	}

	private static long shardSubscriptions(RedisTestCluster cluster) {
		if (!knowsShards(cluster)) {
			return 0;
		}
		String[] channels = IntStream.range(0, 9).mapToObj((i) -> "c" + i).toArray(String[]::new);
		return IntStream.range(0, channels.length)
			.mapToLong((i) -> cluster.nodeOf(channels[i]).commands().pubsubShardNumsub(channels[i]).get(channels[i]))
			.sum();
	}

	@Test
	@EnabledIfSystemProperty(named = "rediskit.test.pubsub.failover", matches = "true",
			disabledReason = "it takes 15 seconds")
	void afterAFailoverListenersHearTheNewMaster() {
		try (RedisTestSentinel redis = RedisTestSentinel.start()) {
			this.runner
				.withPropertyValues("spring.data.redis.sentinel.nodes=" + String.join(",", redis.addresses()),
						"spring.data.redis.sentinel.master=" + RedisTestSentinel.MASTER)
				.run((context) -> {
					awaitHeard(context, redis.data().master(), "before");
					redis.failOver();
					awaitHeard(context, redis.data().replica(), "after");
					await().untilAsserted(() -> assertThat(context.getBean(Gaps.class).events).isNotEmpty());
				});
		}
	}

	private static void awaitHeard(ApplicationContext context, RedisTestServer server, String text) {
		await().atMost(Duration.ofSeconds(30)).until(() -> {
			server.commands().publish("c0", text);
			return context.getBean(Heard.class).heard.contains(text);
		});
	}

	static class Heard {

		final Queue<String> heard = new ConcurrentLinkedQueue<>();

		@RedisListener("c0")
		@RedisListener("c1")
		@RedisListener("c2")
		@RedisListener("c3")
		@RedisListener("c4")
		@RedisListener("c5")
		@RedisListener("c6")
		@RedisListener("c7")
		@RedisListener("c8")
		void on(String text) {
			this.heard.add(text);
		}

	}

}
