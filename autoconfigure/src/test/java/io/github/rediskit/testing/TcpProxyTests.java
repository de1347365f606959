package io.github.rediskit.testing;

import java.time.Duration;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@RedisTest
class TcpProxyTests {

	private final TcpProxy proxy = TcpProxy.to(RedisTestServer.shared());

	private final RedisClient client = RedisClient.create(this.proxy.uri());

	private StatefulRedisConnection<String, String> connection;

	@BeforeEach
	void connect() {
		this.client.setOptions(ClientOptions.builder().autoReconnect(false).build());
		this.connection = this.client.connect();
		assertThat(this.connection.sync().ping()).isEqualTo("PONG");
	}

	@AfterEach
	void close() {
		this.client.close();
		this.proxy.close();
	}

	@Test
	void cutEndsConnectionsButAcceptsNewOnes() {
		this.proxy.cut();
		Awaitility.await().until(() -> !this.connection.isOpen());
		assertThat(this.client.connect().sync().ping()).isEqualTo("PONG");
	}

	@Test
	void refuseLetsNobodyIn() {
		this.proxy.refuse();
		assertThat(this.connection.sync().ping()).isEqualTo("PONG");
		Awaitility.await()
			.untilAsserted(
					() -> assertThatExceptionOfType(RedisConnectionException.class).isThrownBy(this.client::connect));
		this.proxy.resume();
		assertThat(this.client.connect().sync().ping()).isEqualTo("PONG");
	}

	@Test
	void stallHoldsEverythingBackUntilResume() {
		this.proxy.stall();
		this.connection.setTimeout(Duration.ofMillis(100));
		assertThatExceptionOfType(RedisCommandTimeoutException.class).isThrownBy(() -> this.connection.sync().ping());
		RedisURI impatient = RedisURI.create(this.proxy.uri());
		impatient.setTimeout(Duration.ofMillis(100));
		assertThatExceptionOfType(RedisException.class).isThrownBy(() -> this.client.connect(impatient));
		this.proxy.resume();
		this.connection.setTimeout(Duration.ofSeconds(5));
		assertThat(this.connection.sync().ping()).isEqualTo("PONG");
	}

	@Test
	void latencyDelaysBothDirections() {
		this.proxy.latency(Duration.ofMillis(50));
		long start = System.nanoTime();
		this.connection.sync().ping();
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(100));
	}

}
