package io.github.rediskit.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.github.rediskit.redis.RedisConnections;
import io.github.rediskit.redis.RediskitConnectionFactory;
import io.github.rediskit.testing.MeasuresTime;
import io.github.rediskit.testing.RedisTestCluster;
import io.github.rediskit.testing.RedisTestReplica;
import io.github.rediskit.testing.RedisTestSentinel;
import io.github.rediskit.testing.RedisTestServer;
import io.github.rediskit.testing.RedisTestTls;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Connections and a real Redis that is there, away, frozen or strict.
 */
@MeasuresTime
class ConnectionsToRedisTests {

	private static final byte[] KEY = "key".getBytes(StandardCharsets.UTF_8);

	private static final byte[] VALUE = "value".getBytes(StandardCharsets.UTF_8);

	@Test
	void applicationStartsWhileRedisIsDownAndRecoversByItself() throws Exception {
		try (RedisTestServer redis = RedisTestServer.start()) {
			redis.kill();
			run("url=" + redis.uri(), (context) -> {
				StringRedisTemplate template = new StringRedisTemplate(connection(context));
				assertThatException().isThrownBy(() -> template.opsForValue().get("key"));
				redis.restart();
				template.opsForValue().set("key", "value");
				assertThat(template.opsForValue().get("key")).isEqualTo("value");
				redis.kill();
				assertThatException().isThrownBy(() -> template.opsForValue().get("key"));
				redis.restart();
				Awaitility.await()
					.atMost(Duration.ofSeconds(3))
					.ignoreExceptions()
					.until(() -> template.opsForValue().get("key") == null);
			});
		}
	}

	@Test
	void dedicatedConnectionsWork() throws Exception {
		try (RedisTestServer redis = RedisTestServer.start()) {
			run("url=" + redis.uri(), this::writesReadsAndHears);
		}
	}

	@Test
	void dedicatedConnectionsReadFromTheMasterAndHearIt() throws Exception {
		try (RedisTestReplica redis = RedisTestReplica.start()) {
			String nodes = "127.0.0.1:" + redis.replica().port() + ",127.0.0.1:" + redis.master().port();
			run("masterreplica.nodes=" + nodes, this::writesReadsAndHears,
					"rediskit.connections.test.read-from=replica");
		}
	}

	@Test
	void dedicatedConnectionsFollowSentinel() throws Exception {
		try (RedisTestSentinel redis = RedisTestSentinel.start()) {
			run("sentinel.nodes=" + String.join(",", redis.addresses()), this::writesReadsAndHears,
					"rediskit.connections.test.sentinel.master=" + RedisTestSentinel.MASTER,
					"rediskit.connections.test.read-from=replica");
		}
	}

	@Test
	void dedicatedConnectionsWorkOnAClusterWithoutBlockingWhoOpensThem() throws Exception {
		try (RedisTestCluster redis = RedisTestCluster.start()) {
			run("cluster.nodes=" + String.join(",", redis.addresses()), this::writesReadsAndHears);
			redis.nodes().forEach(RedisTestServer::freeze);
			run("cluster.nodes=" + String.join(",", redis.addresses()), (context) -> {
				RediskitConnectionFactory factory = connection(context);
				long start = System.nanoTime();
				CompletableFuture<?> opening = factory.openConnection().toCompletableFuture();
				assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(300));
				assertThatException().isThrownBy(() -> opening.get(10, TimeUnit.SECONDS))
					.withStackTraceContaining("The Redis connection 'test' can't be opened");
			});
		}
	}

	@Test
	void frozenRedisCostsACommandNoMoreThanTheTimeout() throws Exception {
		try (RedisTestServer redis = RedisTestServer.start()) {
			run("url=" + redis.uri(), (context) -> {
				StringRedisTemplate template = new StringRedisTemplate(connection(context));
				template.opsForValue().set("key", "value");
				StatefulRedisConnection<byte[], byte[]> connection = open(context);
				redis.freeze();
				long start = System.nanoTime();
				RedisFuture<byte[]> asynchronous = connection.async().get(KEY);
				assertThatException().isThrownBy(() -> template.opsForValue().get("key"));
				assertThatException().isThrownBy(() -> asynchronous.get(5, TimeUnit.SECONDS));
				assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(400),
						Duration.ofMillis(1500));
				start = System.nanoTime();
				assertThatException().isThrownBy(() -> open(context));
				assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
				redis.thaw();
				Awaitility.await()
					.atMost(Duration.ofSeconds(2))
					.ignoreExceptions()
					.until(() -> "value".equals(template.opsForValue().get("key")));
			});
		}
	}

	@Test
	void commandInFlightIsNotSentAgainWhenItsConnectionIsLost() throws Exception {
		try (RedisTestServer redis = RedisTestServer.start()) {
			run("url=" + redis.uri(), (context) -> {
				StatefulRedisConnection<byte[], byte[]> first = open(context);
				StatefulRedisConnection<byte[], byte[]> second = open(context);
				first.setTimeout(Duration.ofSeconds(30));
				long id = first.sync().clientId();
				RedisFuture<?> inFlight = first.async().blpop(30, "queue".getBytes(StandardCharsets.UTF_8));
				Awaitility.await().until(() -> second.sync().clientList().contains("cmd=blpop"));
				second.sync().clientKill(KillArgs.Builder.id(id));
				assertThatException().isThrownBy(() -> inFlight.get(2, TimeUnit.SECONDS))
					.withStackTraceContaining("Connection disconnected");
				Awaitility.await()
					.atMost(Duration.ofSeconds(5))
					.ignoreExceptions()
					.until(() -> "PONG".equals(first.sync().ping()));
				assertThat(second.sync().clientList()).doesNotContain("cmd=blpop");
			});
		}
	}

	@Test
	void aclUserLogsIn() throws Exception {
		try (RedisTestServer redis = RedisTestServer.start()) {
			run("url=" + redis.restrictedUser("app", "secret"), (context) -> {
				StatefulRedisConnection<byte[], byte[]> connection = open(context);
				connection.sync().set(KEY, VALUE);
				assertThat(redis.commands().clientList()).contains(" user=app ");
				assertThatException().isThrownBy(() -> connection.sync().configGet("maxmemory"));
			});
		}
	}

	@Test
	void theReasonOfARefusedLoginIsGivenWithoutThePassword() throws Exception {
		try (RedisTestServer redis = RedisTestServer.start("--requirepass", "secret")) {
			run("url=" + redis.uri().replace("secret", "s3cret"),
					(context) -> assertThatException().isThrownBy(() -> open(context))
						.satisfies((failure) -> assertThat(failure.getCause()).hasMessageContaining("WRONGPASS")
							.hasMessageContaining("127.0.0.1:" + redis.port())
							.hasMessageNotContaining("s3cret")));
		}
	}

	@Test
	void tlsTrustsTheBundleAndNothingElse() throws Exception {
		try (RedisTestTls redis = RedisTestTls.start()) {
			run("url=" + redis.uri(), this::writesReadsAndHears, "rediskit.connections.test.ssl.bundle=redis",
					"spring.ssl.bundle.pem.redis.truststore.certificate=" + redis.certificates().authority().toUri());
			run("url=" + redis.uri(), (context) -> assertThatException().isThrownBy(() -> open(context))
				.withStackTraceContaining("unable to find valid certification path"));
		}
	}

	private void run(String endpoint, ContextConsumer<AssertableApplicationContext> test, String... more) {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, DataRedisAutoConfiguration.class,
					RediskitAutoConfiguration.class, RedisConnectionsAutoConfiguration.class))
			.withPropertyValues("rediskit.connections.test." + endpoint)
			.withPropertyValues(more)
			.run(test);
	}

	private static RediskitConnectionFactory connection(AssertableApplicationContext context) {
		return context.getBean(RedisConnections.class).named("test");
	}

	@SuppressWarnings("unchecked")
	private static StatefulRedisConnection<byte[], byte[]> open(AssertableApplicationContext context) throws Exception {
		return (StatefulRedisConnection<byte[], byte[]>) connection(context).openConnection()
			.toCompletableFuture()
			.get(10, TimeUnit.SECONDS);
	}

	@SuppressWarnings("unchecked")
	private void writesReadsAndHears(AssertableApplicationContext context) throws Exception {
		StatefulConnection<byte[], byte[]> opened = connection(context).openConnection()
			.toCompletableFuture()
			.get(10, TimeUnit.SECONDS);
		RedisClusterCommands<byte[], byte[]> commands = (opened instanceof StatefulRedisClusterConnection<?, ?> cluster)
				? ((StatefulRedisClusterConnection<byte[], byte[]>) cluster).sync()
				: ((StatefulRedisConnection<byte[], byte[]>) opened).sync();
		commands.set(KEY, VALUE);
		assertThat(commands.get(KEY)).isEqualTo(VALUE);
		CompletableFuture<byte[]> heard = new CompletableFuture<>();
		StatefulRedisPubSubConnection<byte[], byte[]> subscriber = connection(context).openPubSubConnection()
			.toCompletableFuture()
			.get(10, TimeUnit.SECONDS);
		subscriber.addListener(new RedisPubSubAdapter<>() {

			@Override
			public void message(byte[] channel, byte[] message) {
				heard.complete(message);
			}

		});
		subscriber.sync().subscribe(KEY);
		commands.publish(KEY, VALUE);
		assertThat(heard.get(5, TimeUnit.SECONDS)).isEqualTo(VALUE);
		subscriber.close();
		opened.close();
	}

}
