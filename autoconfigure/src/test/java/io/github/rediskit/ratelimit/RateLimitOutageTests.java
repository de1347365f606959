package io.github.rediskit.ratelimit;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import io.github.rediskit.ratelimit.RateLimitPolicy.Limit;
import io.github.rediskit.ratelimit.RateLimitPolicy.OnFailure;
import io.github.rediskit.testing.MeasuresTime;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Redis is frozen, killed, or refuses: what a decision costs then, and what it is.
 */
@Timeout(60)
@MeasuresTime
class RateLimitOutageTests {

	private static final Duration HOUR = Duration.ofHours(1);

	private static final long WITHIN_MILLIS = 100 + 50;

	private final RedisTestServer server = RedisTestServer.start();

	private static RateLimitPolicy policy(String name, OnFailure onFailure) {
		return RateLimitPolicy.of(name, 10, HOUR).withOnFailure(onFailure);
	}

	private final RateLimitInstance shop = new RateLimitInstance(this.server.uri(), 2, policy("open", OnFailure.OPEN),
			policy("closed", OnFailure.CLOSED), policy("local", OnFailure.LOCAL),
			policy("shadow", OnFailure.CLOSED).withShadow(true),
			RateLimitPolicy.of("running", RateLimitAlgorithm.CONCURRENCY, List.of(Limit.of(4, Duration.ZERO)))
				.withOnFailure(OnFailure.LOCAL));

	@AfterEach
	void close() {
		this.shop.close();
		this.server.close();
	}

	@Test
	void aFrozenRedisCostsTheTimeBudgetAndIsNoRefusal() {
		this.shop.limiter.tryAcquire("open", "alice", 1); // all classes are loaded
		this.server.freeze();
		try {
			for (int i = 0; i < 20; i++) {
				assertThat(timed(() -> this.shop.limiter.tryAcquire("open", "alice", 10).allowed())).isTrue();
				assertThatExceptionOfType(RateLimitUnavailableException.class)
					.isThrownBy(() -> timed(() -> this.shop.limiter.tryAcquire("closed", "alice", 1).allowed()))
					.withMessageContaining("'closed'");
				assertThat(timed(() -> this.shop.limiter.tryAcquire("shadow", "alice", 1).allowed())).isTrue();
			}
			assertThatExceptionOfType(RateLimitUnavailableException.class)
				.isThrownBy(() -> this.shop.limiter.reset("open", "alice"));
		}
		finally {
			this.server.thaw();
		}
		assertThat(this.shop.events).contains("outage").doesNotContain("refused", "remembered");
		await().ignoreExceptions().until(() -> this.shop.limiter.tryAcquire("closed", "bob", 1).allowed());
	}

	private static boolean timed(BooleanSupplier call) {
		long start = System.nanoTime();
		try {
			return call.getAsBoolean();
		}
		finally {
			assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isLessThanOrEqualTo(WITHIN_MILLIS);
		}
	}

	@Test
	void aDeadRedisIsNoRefusalEither() {
		this.server.kill();
		for (int i = 0; i < 100; i++) {
			assertThat(timed(() -> this.shop.limiter.tryAcquire("open", "alice", 10).allowed())).isTrue();
		}
		assertThatExceptionOfType(RateLimitUnavailableException.class)
			.isThrownBy(() -> this.shop.limiter.peek("closed", "alice"));
		this.server.restart();
		await().ignoreExceptions().until(() -> this.shop.limiter.tryAcquire("closed", "alice", 10).allowed());
		assertThat(this.shop.limiter.tryAcquire("closed", "alice", 1).allowed()).isFalse();
	}

	@Test
	void eachInstanceGivesItsShareMeanwhile() {
		this.server.kill();
		for (int i = 0; i < 5; i++) {
			assertThat(this.shop.limiter.tryAcquire("local", "alice", 1).allowed()).isTrue();
		}
		RateLimitDecision refused = this.shop.limiter.tryAcquire("local", "alice", 1);
		assertThat(refused.allowed()).isFalse();
		assertThat(refused.retryAfter()).isBetween(HOUR.dividedBy(5).minusMinutes(1), HOUR.dividedBy(5));
		assertThat(this.shop.limiter.tryAcquire("local", "bob", 10).allowed()).isTrue();
		assertThat(this.shop.limiter.tryAcquire("local", "bob", 1).allowed()).isFalse();
		assertThat(this.shop.events).contains("local:true", "local:false");
	}

	@Test
	void eachInstanceGivesItsShareOfPermitsMeanwhile() {
		this.server.kill();
		RateLimitPermit one = this.shop.async.acquire("running", "alice", 1).toCompletableFuture().join();
		this.shop.async.acquire("running", "alice", 1).toCompletableFuture().join();
		assertThat(this.shop.limiter.tryAcquire("running", "alice", 1).allowed()).isFalse();
		one.release();
		one.release();
		assertThat(this.shop.limiter.tryAcquire("running", "alice", 1).allowed()).isTrue();
		assertThat(this.shop.limiter.tryAcquire("running", "alice", 1).allowed()).isFalse();
	}

	@Test
	void aRefusalOfRedisIsNeverAskedElsewhere() {
		this.shop.limiter.tryAcquire("local", "alice", 10);
		for (int i = 0; i < 10; i++) {
			assertThat(this.shop.limiter.tryAcquire("local", "alice", 1).allowed()).isFalse();
		}
		assertThat(this.shop.events).noneMatch((event) -> event.startsWith("local"));
	}

	@Test
	void anErrorOfRedisIsAnOutageAndNoRefusal() {
		String address = this.server.user("reader", "secret", "~*", "+@read", "+evalsha", "+eval", "+time");
		try (RateLimitInstance reader = new RateLimitInstance(address, policy("open", OnFailure.OPEN),
				policy("closed", OnFailure.CLOSED))) {
			assertThat(reader.limiter.tryAcquire("open", "alice", 1).allowed()).isTrue();
			assertThatExceptionOfType(RateLimitUnavailableException.class)
				.isThrownBy(() -> reader.limiter.tryAcquire("closed", "alice", 1))
				.withMessageNotContaining("secret");
			assertThat(reader.events).contains("outage");
		}
	}

	@Test
	void aPermitThatComesTooLateIsGivenBack() {
		this.shop.limiter.peek("running", "alice");
		this.server.freeze();
		assertThat(this.shop.limiter.tryAcquire("running", "alice", 1).allowed()).isTrue(); // locally
		this.server.thaw();
		await().ignoreExceptions()
			.until(() -> this.shop.limiter.peek("running", "alice").resetAfter().isZero()
					&& this.server.commands().exists("shop:rate-limit:running:{alice}") == 0);
	}

}
