package io.github.rediskit.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import io.github.rediskit.cache.Caches;
import io.github.rediskit.cache.ReadThroughCache;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestCluster;
import io.github.rediskit.testing.RedisTestReplica;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * {@link ReadThroughCache#invalidateMatching} where there are several servers.
 */
@RedisTest
@Timeout(60)
class CacheMatchingTests {

	private static final List<String> USERS = IntStream.range(0, 300).mapToObj((i) -> "user:" + i).toList();

	private static final List<String> ORDERS = IntStream.range(0, 300).mapToObj((i) -> "order:" + i).toList();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class, DataRedisAutoConfiguration.class,
				RediskitAutoConfiguration.class, RedisConnectionsAutoConfiguration.class, CacheAutoConfiguration.class))
		.withPropertyValues("spring.application.name=shop");

	@Test
	void everyMasterOfAClusterIsWalkedThrough() {
		try (RedisTestCluster cluster = RedisTestCluster.start()) {
			this.runner.withPropertyValues("spring.data.redis.cluster.nodes=" + String.join(",", cluster.addresses()))
				.run((context) -> {
					ReadThroughCache<String, String> cache = cache(context.getBean(Caches.class));
					await().until(() -> isStored(cache, USERS) && isStored(cache, ORDERS));
					assertThat(cluster.nodes())
						.allSatisfy((node) -> assertThat(node.commands().dbsize()).isGreaterThan(100));
					cluster.nodes().forEach(RedisTestServer::resetStats);
					cache.invalidateMatching("user:*");
					assertThat(cluster.nodes()).allSatisfy((node) -> {
						Map<String, Long> calls = node.commandStats();
						assertThat(calls).containsKey("scan").doesNotContainKey("keys");
					});
					assertThat(USERS).allSatisfy((key) -> assertThat(cache.getIfPresent(key)).isEmpty());
					assertThat(ORDERS).allSatisfy((key) -> assertThat(cache.getIfPresent(key)).contains(key));
				});
		}
	}

	@Test
	void ofAMasterAndItsReplicaTheMasterIsWalkedThrough() {
		try (RedisTestReplica redis = RedisTestReplica.start()) {
			String nodes = "127.0.0.1:" + redis.replica().port() + ",127.0.0.1:" + redis.master().port();
			this.runner
				.withPropertyValues("rediskit.connections.entries.masterreplica.nodes=" + nodes,
						"rediskit.connections.entries.read-from=replica", "rediskit.cache.connection=entries")
				.run((context) -> {
					ReadThroughCache<String, String> cache = cache(context.getBean(Caches.class));
					await().until(() -> isStored(cache, USERS) && isStored(cache, ORDERS));
					redis.replica().resetStats();
					cache.invalidateMatching("user:*");
					assertThat(redis.master().commandStats()).containsKey("scan");
					assertThat(redis.replica().commandStats()).doesNotContainKey("scan");
					assertThat(USERS).allSatisfy((key) -> assertThat(cache.getIfPresent(key)).isEmpty());
					assertThat(ORDERS).allSatisfy((key) -> assertThat(cache.getIfPresent(key)).contains(key));
				});
		}
	}

	private static ReadThroughCache<String, String> cache(Caches caches) {
		return caches.cache("products", String.class);
	}

	/** The connection to each node is opened when it is first needed. */
	private static boolean isStored(ReadThroughCache<String, String> cache, List<String> keys) {
		keys.forEach((key) -> cache.put(key, key));
		return keys.stream().allMatch((key) -> cache.getIfPresent(key).isPresent());
	}

}
