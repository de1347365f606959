package io.github.rediskit.testing;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

@RedisTest
class RedisTestTests {

	@RepeatedTest(2)
	void everyTestFindsTheSharedServerEmpty(RedisTestServer server) {
		assertThat(server).isSameAs(RedisTestServer.shared());
		assertThat(server.commands().dbsize()).isZero();
		server.commands().set("key", "value");
	}

	@Test
	void theSharedServerCannotBeKilledOrFrozen(RedisTestServer server) {
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(server::freeze)
			.withMessageContaining("RedisTestServer.start()");
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(server::restart);
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(server::kill);
	}

	@Test
	void aServerIsGivenByHostAndPort() {
		assertThat(FixedBackend.of("redis.example:6380")).isEqualTo(new FixedBackend("redis.example", 6380));
		assertThatIllegalArgumentException().isThrownBy(() -> FixedBackend.of("redis.example"))
			.withMessageContaining("rediskit.test.redis must be host:port");
	}

}
