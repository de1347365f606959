package io.github.rediskit.testing;

import java.time.Duration;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class RedisTestServerTests {

	private RedisTestServer server = RedisTestServer.start("--appendonly", "yes");

	@AfterEach
	void close() {
		this.server.close();
	}

	@Test
	void answersWithStringsAndBytes() {
		this.server.commands().set("key", "value");
		assertThat(this.server.bytes().get("key".getBytes())).isEqualTo("value".getBytes());
		assertThat(this.server.version()).matches("\\d+\\.\\d+\\.\\d+");
		this.server.flushAll();
		assertThat(this.server.commands().dbsize()).isZero();
	}

	@Test
	void aKilledServerIsGoneAndComesBackOnItsPortWithWhatItSaved() {
		int port = this.server.port();
		this.server.commands().set("key", "value");
		this.server.kill();
		assertThatExceptionOfType(RedisException.class).isThrownBy(() -> this.server.commands().get("key"));
		this.server.restart();
		assertThat(this.server.port()).isEqualTo(port);
		assertThat(this.server.commands().get("key")).isEqualTo("value");
	}

	@Test
	void aFrozenServerAnswersAfterTheThaw() {
		try (StatefulRedisConnection<String, String> client = TestConnection.CLIENT
			.connect(RedisURI.create(this.server.uri()))) {
			client.setTimeout(Duration.ofMillis(200));
			this.server.freeze();
			assertThatExceptionOfType(RedisCommandTimeoutException.class).isThrownBy(() -> client.sync().ping());
			this.server.thaw();
			client.setTimeout(Duration.ofSeconds(5));
			assertThat(client.sync().ping()).isEqualTo("PONG");
		}
	}

	@Test
	void aFrozenServerCanBeKilled() {
		this.server.freeze();
		this.server.restart();
		assertThat(this.server.commands().ping()).isEqualTo("PONG");
	}

	@Test
	void countsCalls() {
		this.server.commands().get("a");
		this.server.resetStats();
		this.server.commands().get("a");
		this.server.commands().get("b");
		assertThat(this.server.commandStats()).containsEntry("get", 2L).doesNotContainKey("set");
	}

	@Test
	void aRestrictedUserMayDoAllButDangerousCommands() {
		String uri = this.server.restrictedUser("app", "secret");
		try (StatefulRedisConnection<String, String> client = TestConnection.CLIENT.connect(RedisURI.create(uri))) {
			client.sync().set("key", "value");
			assertThatExceptionOfType(RedisCommandExecutionException.class).isThrownBy(() -> client.sync().keys("*"))
				.withMessageContaining("NOPERM");
		}
	}

	@Test
	void aServerMayWantAPassword() {
		try (RedisTestServer locked = RedisTestServer.start("--requirepass", "secret")) {
			assertThat(locked.uri()).contains(":secret@");
			assertThat(locked.commands().ping()).isEqualTo("PONG");
		}
	}

}
