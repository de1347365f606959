package io.github.rediskit.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import io.github.rediskit.script.RedisGateway;
import io.github.rediskit.script.RedisGatewayListener;
import io.github.rediskit.script.RedisReplyException;
import io.github.rediskit.script.RedisUnavailableException;
import io.github.rediskit.testing.MeasuresTime;
import io.github.rediskit.testing.RedisTestServer;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What a frozen, killed or refusing server does to the commands of a guarded connection.
 */
@Timeout(60)
@MeasuresTime
class GuardedGatewayTests {

	private static final Duration TIMEOUT = Duration.ofMillis(300);

	private static final byte[] KEY = "shop:cache:products:{1}".getBytes(StandardCharsets.US_ASCII);

	private final RedisTestServer server = RedisTestServer.start();

	private final ClientResources resources = ClientResources.builder()
		.reconnectDelay(Delay.constant(Duration.ofMillis(100)))
		.build();

	private final Recorder events = new Recorder();

	private final CircuitBreakers circuits = new CircuitBreakers(
			(connection) -> ("shop:circuit:" + connection).getBytes(StandardCharsets.US_ASCII),
			List.of(new Throwing(), this.events));

	private final Connection connection = new Connection(this.server.uri());

	private final RedisGateway guarded = this.circuits.guard("default", this.connection.gateway);

	@BeforeEach
	void connect() {
		assertThat(failureOf(this.guarded.read(KEY))).isNull();
	}

	@AfterEach
	void stop() {
		this.circuits.close();
		this.connection.close();
		this.resources.shutdown(0, 0, TimeUnit.MILLISECONDS);
		this.server.close();
	}

	@Test
	void aFrozenServerCostsTwoTimeoutsAndThenNothing() {
		this.server.resetStats();
		this.server.freeze();
		long start = System.nanoTime();
		freezeOut();
		assertThat(since(start)).isLessThan(TIMEOUT.multipliedBy(2).plusMillis(400));
		long[] nanos = new long[1000];
		for (int i = 0; i < nanos.length; i++) {
			long before = System.nanoTime();
			assertThat(failureOf(this.guarded.read(KEY))).isInstanceOf(RedisUnavailableException.class)
				.hasMessageContaining("circuit breaker of the connection 'default' is open");
			nanos[i] = System.nanoTime() - before;
		}
		Arrays.sort(nanos);
		assertThat(Duration.ofNanos(nanos[nanos.length / 2])).isLessThan(Duration.ofMillis(1));
		this.server.thaw();
		await().until(() -> this.events.words.contains("closed default"));
		long sent = this.server.commandStats().getOrDefault("mget", 0L);
		assertThat(sent).as("two commands and some probes").isBetween(3L, 50L);
	}

	@Test
	void aThawedServerIsNoticedSoon() {
		this.server.freeze();
		freezeOut();
		await().pollDelay(Duration.ofMillis(700)).until(() -> true);
		this.server.thaw();
		long start = System.nanoTime();
		await().pollInterval(Duration.ofMillis(5)).until(() -> failureOf(this.guarded.read(KEY)) == null);
		assertThat(since(start)).isLessThan(Duration.ofMillis(500));
		assertThat(this.events.words).containsExactly("opened default", "closed default");
	}

	@Test
	void aRestartedServerIsNoticedSoon() {
		this.server.kill();
		await().until(() -> {
			failureOf(this.guarded.read(KEY));
			return this.events.words.contains("opened default");
		});
		this.server.restart();
		long start = System.nanoTime();
		await().pollInterval(Duration.ofMillis(5)).until(() -> failureOf(this.guarded.read(KEY)) == null);
		assertThat(since(start)).isLessThan(Duration.ofMillis(500));
		assertThat(this.events.words).containsExactly("opened default", "closed default");
	}

	@Test
	void nobodyHasToAskForTheCircuitToClose() {
		this.server.freeze();
		freezeOut();
		this.server.thaw();
		await().atMost(Duration.ofSeconds(1)).until(() -> this.events.words.contains("closed default"));
	}

	@Test
	void oneSlowCommandDoesNotOpenTheCircuit() {
		this.server.freeze();
		CompletionStage<?> slow = this.guarded.read(KEY);
		CompletionStage<?> another = this.guarded.expire(KEY, Duration.ofSeconds(1));
		assertThat(failureOf(slow)).isInstanceOf(RedisUnavailableException.class);
		assertThat(failureOf(another)).isInstanceOf(RedisUnavailableException.class);
		this.server.thaw();
		for (int i = 0; i < 20; i++) {
			assertThat(failureOf(this.guarded.read(KEY))).isNull();
		}
		assertThat(this.events.words).isEmpty();
	}

	@Test
	void anErrorIsAnAnswer() {
		this.server.commands().configSet("maxmemory", "1");
		long start = System.nanoTime();
		while (since(start).toMillis() < 300) {
			assertThat(failureOf(this.guarded.write(KEY, KEY, Duration.ofSeconds(10), false)))
				.isInstanceOf(RedisReplyException.class)
				.hasMessageContaining("OOM");
		}
		assertThat(this.events.words).isEmpty();
	}

	@Test
	void aMissingPermissionNeitherOpensTheCircuitNorKeepsItOpen() {
		String uri = this.server.user("nobody", "secret", "~other:*", "+@all");
		try (Connection restricted = new Connection(uri)) {
			RedisGateway other = this.circuits.guard("other", restricted.gateway);
			long start = System.nanoTime();
			while (since(start).toMillis() < 300) {
				assertThat(failureOf(other.read(KEY))).isInstanceOf(RedisReplyException.class);
			}
			assertThat(this.events.words).isEmpty();
			this.server.freeze();
			failureOf(other.read(KEY));
			failureOf(other.read(KEY));
			assertThat(this.events.words).containsExactly("opened other");
			this.server.thaw();
			await().atMost(Duration.ofSeconds(1)).until(() -> this.events.words.contains("closed other"));
		}
	}

	@Test
	void gatewaysOnOneConnectionShareItsCircuitAndOthersDoNot() {
		RedisGateway same = this.circuits.guard("default", this.connection.gateway);
		RedisGateway other = this.circuits.guard("other", this.connection.gateway);
		this.server.freeze();
		freezeOut();
		assertThat(failureOf(same.read(KEY))).hasMessageContaining("is open");
		assertThat(failureOf(other.read(KEY))).hasMessageContaining("No answer");
	}

	private void freezeOut() {
		for (int i = 0; i < 2; i++) {
			assertThat(failureOf(this.guarded.read(KEY))).isInstanceOf(RedisUnavailableException.class)
				.hasMessageContaining("No answer");
		}
		assertThat(this.events.words).containsExactly("opened default");
	}

	private static @Nullable Throwable failureOf(CompletionStage<?> stage) {
		CompletableFuture<?> future = stage.toCompletableFuture();
		try {
			future.join();
			return null;
		}
		catch (CompletionException ex) {
			return ex.getCause();
		}
	}

	private static Duration since(long start) {
		return Duration.ofNanos(System.nanoTime() - start);
	}

	private final class Connection implements AutoCloseable {

		private final RedisClient client;

		private final LettuceGateway gateway;

		Connection(String uri) {
			RedisURI address = RedisURI.create(uri);
			this.client = RedisClient.create(GuardedGatewayTests.this.resources, address);
			this.client.setOptions(ClientOptions.builder()
				.disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
				.timeoutOptions(TimeoutOptions.enabled(TIMEOUT))
				.build());
			this.gateway = new LettuceGateway(
					() -> this.client.connectAsync(ByteArrayCodec.INSTANCE, address)
						.thenApply((connection) -> (StatefulConnection<byte[], byte[]>) connection),
					() -> this.client.connectPubSubAsync(ByteArrayCodec.INSTANCE, address), Duration.ofSeconds(1));
		}

		@Override
		public void close() {
			this.gateway.close();
			this.client.shutdown(Duration.ZERO, Duration.ZERO);
		}

	}

	private static final class Recorder implements RedisGatewayListener {

		private final List<String> words = new CopyOnWriteArrayList<>();

		@Override
		public void circuitOpened(String connection, Throwable failure) {
			this.words.add("opened " + connection);
		}

		@Override
		public void circuitClosed(String connection) {
			this.words.add("closed " + connection);
		}

	}

	private static final class Throwing implements RedisGatewayListener {

		@Override
		public void circuitOpened(String connection, Throwable failure) {
			throw new IllegalStateException("opened");
		}

		@Override
		public void circuitClosed(String connection) {
			throw new IllegalStateException("closed");
		}

	}

}
