package io.github.rediskit.ratelimit;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.github.rediskit.ratelimit.RateLimitAttempt.Outcome;
import io.github.rediskit.ratelimit.RateLimitAttempt.Question;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Attempts to pass several limits.
 */
@RedisTest
@Timeout(60)
class RateLimitAttemptTests {

	private static final RateLimitPolicy SEARCH = RateLimitPolicy.of("search", 10, Duration.ofHours(1))
		.withTimeBudget(Duration.ofSeconds(10));

	private final RedisTestServer server = RedisTestServer.shared();

	@Test
	void itEndsWhateverALimiterOfTheApplicationAnswers() throws Exception {
		try (RateLimitInstance shop = new RateLimitInstance(this.server.uri(), SEARCH)) {
			CompletableFuture<RateLimitPermit> nothing = new CompletableFuture<>();
			AsyncRateLimiter limiter = (AsyncRateLimiter) Proxy.newProxyInstance(getClass().getClassLoader(),
					new Class<?>[] { AsyncRateLimiter.class },
					(proxy, method, arguments) -> (method.getName().equals("acquire") && arguments[1].equals("nobody"))
							? nothing : method.invoke(shop.async, arguments));
			RateLimitAttempt attempt = RateLimitAttempt
				.of(List.of(new Question(SEARCH, "alice", 1), new Question(SEARCH, "nobody", 1)), limiter);
			nothing.complete(null);
			Outcome outcome = attempt.decided().get(10, TimeUnit.SECONDS);
			assertThat(outcome.isAllowed()).isFalse();
			assertThat(outcome.failure()).isInstanceOf(NullPointerException.class);
			assertThat(shop.limiter.tryAcquire("search", "alice", 1).remaining()).isEqualTo(9);
		}
	}

	@Test
	void aRefusalThatIsKnownChargesNothingAndCostsNoRoundTrip() throws Exception {
		RateLimitPolicy once = RateLimitPolicy.of("once", 1, Duration.ofHours(1))
			.withTimeBudget(Duration.ofSeconds(10));
		try (RateLimitInstance shop = new RateLimitInstance(this.server.uri(), SEARCH, once)) {
			List<Question> both = List.of(new Question(SEARCH, "alice", 1), new Question(once, "alice", 1));
			assertThat(decided(both, shop).isAllowed()).isTrue();
			assertThat(decided(both, shop).isAllowed()).isFalse();
			await().until(() -> shop.limiter.peek("search", "alice").remaining() == 9); // given
																						// back
			this.server.resetStats();
			for (int i = 0; i < 50; i++) {
				Outcome outcome = decided(both, shop);
				assertThat(outcome.answers()).singleElement().satisfies((answered) -> {
					assertThat(answered.index()).isEqualTo(1);
					assertThat(answered.permit().decision().policy()).isEqualTo("once");
				});
				assertThat(outcome.isAllowed()).isFalse();
			}
			assertThat(this.server.commandStats().getOrDefault("evalsha", 0L)).isLessThan(10);
			assertThat(shop.limiter.peek("search", "alice").remaining()).isEqualTo(9);
		}
	}

	private static Outcome decided(List<Question> questions, RateLimitInstance shop) throws Exception {
		RateLimitAttempt attempt = RateLimitAttempt.of(questions, shop.async);
		Outcome outcome = attempt.decided().get(10, TimeUnit.SECONDS);
		if (outcome.isAllowed()) {
			attempt.begin();
		}
		attempt.leave();
		return outcome;
	}

}
