package io.github.rediskit.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import io.github.rediskit.script.LuaScript;
import io.github.rediskit.script.RedisReplyException;
import io.github.rediskit.script.RedisUnavailableException;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestCluster;
import io.github.rediskit.testing.RedisTestServer;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.codec.ByteArrayCodec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What is sent arrives, what is answered is understood, and each command ends once.
 */
@RedisTest
@Timeout(60)
class GatewayCommandTests {

	private static final Duration TIMEOUT = Duration.ofMillis(500);

	private static final LuaScript ECHO = LuaScript.load(GatewayCommandTests.class, "echo.lua");

	private static final byte[][] KEYS = { bytes("{shop}:1"), bytes("{shop}:2") };

	private final RedisTestServer server = RedisTestServer.shared();

	private final List<@Nullable Throwable> observed = new CopyOnWriteArrayList<>();

	private final List<AutoCloseable> open = new ArrayList<>();

	private final LettuceGateway gateway = gateway(this.server.uri());

	private LettuceGateway gateway(String uri) {
		RedisURI address = RedisURI.create(uri);
		RedisClient client = RedisClient.create(address);
		client.setOptions(ClientOptions.builder().timeoutOptions(TimeoutOptions.enabled(TIMEOUT)).build());
		return closed(client,
				new LettuceGateway(
						() -> client.connectAsync(ByteArrayCodec.INSTANCE, address)
							.thenApply((connection) -> (StatefulConnection<byte[], byte[]>) connection),
						CompletableFuture::new, Duration.ofSeconds(10)));
	}

	private LettuceGateway closed(AbstractRedisClient client, LettuceGateway gateway) {
		this.open.add(gateway);
		this.open.add(() -> client.shutdown(Duration.ZERO, Duration.ZERO));
		get(gateway.time());
		return gateway.observedBy(this.observed::add);
	}

	@AfterEach
	void close() throws Exception {
		for (AutoCloseable closeable : this.open) {
			closeable.close();
		}
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.US_ASCII);
	}

	private static <T> T get(CompletionStage<T> stage) {
		return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
	}

	private static byte[][] lengths() {
		Random random = new Random(1);
		int[] lengths = { 0, 1, 9, 10, 99, 100, 999, 1_000, 100_000 };
		return Arrays.stream(lengths).mapToObj((length) -> {
			byte[] bytes = new byte[length];
			random.nextBytes(bytes);
			return bytes;
		}).toArray(byte[][]::new);
	}

	@Test
	void argumentsOfAnyLengthArriveAsTheyWere() {
		List<byte[]> arguments = new ArrayList<>(List.of(bytes("arguments")));
		arguments.addAll(List.of(lengths()));
		List<@Nullable Object> answer = get(this.gateway.run(ECHO, KEYS, arguments.toArray(byte[][]::new)));
		assertThat(answer).usingRecursiveComparison().isEqualTo(arguments);
		assertThat(get(this.gateway.run(ECHO, KEYS, bytes("keys")))).usingRecursiveComparison()
			.isEqualTo(List.of(KEYS));
	}

	@Test
	void keysAreReadInTheirOrder() {
		byte[][] values = lengths();
		byte[][] keys = new byte[values.length + 1][];
		for (int i = 0; i < values.length; i++) {
			keys[i] = bytes("shop:" + i);
			get(this.gateway.write(keys[i], values[i], Duration.ofMinutes(1), false));
		}
		keys[values.length] = bytes("nothing");
		List<byte @Nullable []> found = get(this.gateway.read(keys));
		assertThat(found).hasSize(keys.length).endsWith((byte[]) null);
		assertThat(found.subList(0, values.length)).usingRecursiveComparison().isEqualTo(List.of(values));
	}

	@Test
	void numbersNothingWordsAndArraysWithinAreRead() {
		assertThat(get(this.gateway.run(ECHO, KEYS, bytes("numbers"), bytes("any")))).containsExactly(2L, -1L,
				9_007_199_254_740_991L, null, 2L);
		assertThat(get(this.gateway.run(ECHO, KEYS, bytes("single")))).containsExactly(7L);
		assertThat(get(this.gateway.run(ECHO, KEYS, bytes("status")))).usingRecursiveComparison()
			.isEqualTo(List.of(bytes("OK"), 1L));
		assertThat(get(this.gateway.run(ECHO, KEYS, bytes("nested"), bytes("any")))).usingRecursiveComparison()
			.isEqualTo(Arrays.asList(1L, List.of(2L, List.of(), List.of(3L, bytes("any"))), 4L, List.of()));
	}

	@Test
	void aForgottenScriptIsSentOnceAndTheObserverHearsOfAnAnswer() {
		this.server.commands().scriptFlush();
		this.server.resetStats();
		assertThat(get(this.gateway.run(ECHO, KEYS, bytes("single")))).containsExactly(7L);
		assertThat(get(this.gateway.run(ECHO, KEYS, bytes("single")))).containsExactly(7L);
		assertThat(this.server.commandStats()).containsEntry("evalsha", 2L).containsEntry("eval", 1L);
		assertThat(this.observed).isNotEmpty().containsOnlyNulls();
		this.server.commands().scriptFlush();
		assertThatRefused(this.gateway.run(ECHO, KEYS, bytes("error")));
	}

	@Test
	void whatHasTimedOutIsNotSentAgain() {
		this.server.commands().scriptFlush();
		this.server.resetStats();
		this.server.commands().clientPause(900);
		assertThatExceptionOfType(CompletionException.class)
			.isThrownBy(() -> get(this.gateway.run(ECHO, KEYS, bytes("single"))))
			.havingCause()
			.isInstanceOf(RedisUnavailableException.class);
		this.server.commands().ping();
		get(this.gateway.time());
		get(this.gateway.time());
		assertThat(this.server.commandStats()).containsKey("evalsha").doesNotContainKey("eval");
	}

	@Test
	void whatTheServerRefusesIsAnAnswer() {
		get(this.gateway.run(ECHO, KEYS, bytes("single")));
		this.observed.clear();
		assertThatRefused(this.gateway.run(ECHO, KEYS, bytes("error")));
		assertThat(this.observed).singleElement().isInstanceOf(RedisReplyException.class);
	}

	private static void assertThatRefused(CompletionStage<?> stage) {
		assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> get(stage))
			.havingCause()
			.isInstanceOfSatisfying(RedisReplyException.class, (refusal) -> assertThat(refusal.isPassing()).isTrue())
			.withMessageStartingWith("Redis refused echo.lua: ");
	}

	@Test
	void silenceEndsWithinTheTimeoutAndIsObservedBeforeTheCallerHears() {
		get(this.gateway.run(ECHO, KEYS, bytes("single")));
		this.observed.clear();
		this.server.commands().clientPause(2_000);
		CompletionStage<Integer> heard = this.gateway.run(ECHO, KEYS, bytes("single"))
			.handle((answer, failure) -> this.observed.size());
		CompletionStage<?> read = this.gateway.read(KEYS);
		assertThat(get(heard)).isPositive();
		assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> get(read))
			.havingCause()
			.isInstanceOf(RedisUnavailableException.class)
			.withMessageStartingWith("No answer from Redis to MGET: ");
		assertThat(this.observed).hasSize(2).hasOnlyElementsOfType(RedisUnavailableException.class);
		this.server.commands().ping();
	}

	@Test
	void whatIsOnItsWayWhenTheConnectionClosesFailsAtOnce() {
		get(this.gateway.run(ECHO, KEYS, bytes("single")));
		this.server.commands().clientPause(300);
		CompletionStage<?> running = this.gateway.run(ECHO, KEYS, bytes("single"));
		get(this.gateway.stop());
		assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> get(running))
			.havingCause()
			.isInstanceOf(RedisUnavailableException.class);
		assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> get(this.gateway.read(KEYS)))
			.havingCause()
			.isInstanceOf(RedisUnavailableException.class);
		this.server.commands().ping();
	}

	@Test
	void aClusterFindsTheNodeOfEachKey() {
		try (RedisTestCluster cluster = RedisTestCluster.start()) {
			RedisClusterClient client = RedisClusterClient
				.create(cluster.addresses().stream().map((address) -> RedisURI.create("redis://" + address)).toList());
			client.setOptions(ClusterClientOptions.builder().build());
			client.getPartitions();
			LettuceGateway gateway = closed(client,
					new LettuceGateway(
							() -> client.connectAsync(ByteArrayCodec.INSTANCE)
								.thenApply((connection) -> (StatefulConnection<byte[], byte[]>) connection),
							CompletableFuture::new, Duration.ofSeconds(10)));
			for (int i = 0; i < 30; i++) {
				byte[] key = bytes("{" + i + "}");
				byte[] sibling = bytes("{" + i + "}:2");
				get(gateway.write(sibling, key, Duration.ofMinutes(1), false));
				assertThat(get(gateway.run(ECHO, new byte[][] { key }, bytes("keys")))).usingRecursiveComparison()
					.isEqualTo(List.of(key));
				assertThat(get(gateway.read(key, sibling))).usingRecursiveComparison()
					.isEqualTo(Arrays.asList(null, key));
				assertThat(get(gateway.read(sibling, bytes("other")))).usingRecursiveComparison()
					.isEqualTo(Arrays.asList(key, null));
			}
		}
	}

}
