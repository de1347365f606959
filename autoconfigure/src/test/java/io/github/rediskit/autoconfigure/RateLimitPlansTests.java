package io.github.rediskit.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

import io.github.rediskit.ratelimit.AsyncRateLimiter;
import io.github.rediskit.ratelimit.PolicyResolver;
import io.github.rediskit.ratelimit.RateLimitAlgorithm;
import io.github.rediskit.ratelimit.RateLimitDecision;
import io.github.rediskit.ratelimit.RateLimitExceededException;
import io.github.rediskit.ratelimit.RateLimitPolicies;
import io.github.rediskit.ratelimit.RateLimitPolicy;
import io.github.rediskit.ratelimit.RateLimitPolicy.Limit;
import io.github.rediskit.ratelimit.RateLimited;
import io.github.rediskit.ratelimit.RateLimiter;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.annotation.Order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Limits of one's own: a bean says which policy applies to whom.
 */
@RedisTest
@Timeout(60)
class RateLimitPlansTests {

	private static final Duration HOUR = Duration.ofHours(1);

	private final RedisTestServer server = RedisTestServer.shared();

	private final ApplicationContextRunner unplanned = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class, RediskitAutoConfiguration.class,
				RedisConnectionsAutoConfiguration.class, RateLimitAutoConfiguration.class))
		.withPropertyValues("spring.application.name=shop", "spring.data.redis.url=" + this.server.uri(),
				"rediskit.rate-limit.policies.search.limits[0].limit=2",
				"rediskit.rate-limit.policies.search.limits[0].period=1h",
				"rediskit.rate-limit.policies.staff.limits[0].limit=1000",
				"rediskit.rate-limit.policies.staff.limits[0].period=1h")
		.withBean(Shop.class);

	private final ApplicationContextRunner runner = this.unplanned.withBean(Planned.class);

	@Test
	void aSubjectHasThePlanThatTheBeanGives() {
		this.runner.run((context) -> {
			Planned plans = context.getBean(Planned.class);
			plans.of("alice", (declared) -> declared.withLimits(Limit.of(5, HOUR)));
			RateLimiter limiter = context.getBean(RateLimiter.class);
			assertThat(limiter.peek("search", "alice").remaining()).isEqualTo(5);
			assertThat(limiter.tryAcquire("search", "alice", 5).allowed()).isTrue();
			assertThat(limiter.tryAcquire("search", "alice", 1).allowed()).isFalse();
			assertThat(limiter.tryAcquire("search", "bob", 3).isNever()).isTrue();
			limiter.reset("search", "alice");
			assertThat(limiter.peek("search", "alice").remaining()).isEqualTo(5);
		});
	}

	@Test
	void whatWasCountedCountsOnWhenThePlanChanges() {
		this.runner.run((context) -> {
			Planned plans = context.getBean(Planned.class);
			RateLimiter limiter = context.getBean(RateLimiter.class);
			limiter.tryAcquire("search", "alice", 2);
			assertThat(limiter.tryAcquire("search", "alice", 1).allowed()).isFalse();
			plans.of("alice", (declared) -> declared.withLimits(Limit.of(20, HOUR)));
			// an hour of debt is all of 20 in an hour: the new plan fills ten times as
			// fast
			RateLimitDecision refused = limiter.tryAcquire("search", "alice", 1);
			assertThat(refused.allowed()).isFalse();
			assertThat(refused.retryAfter()).isBetween(Duration.ofMinutes(2), Duration.ofMinutes(3));
			plans.of("alice", (declared) -> declared.withLimits(new Limit(20, HOUR, 40)));
			assertThat(limiter.peek("search", "alice").remaining()).isEqualTo(20);
			plans.none("alice");
			assertThat(limiter.peek("search", "alice").remaining()).isZero();
		});
	}

	@Test
	void aSubjectMayBeCountedByAnotherPolicy() {
		this.runner.run((context) -> {
			RateLimitPolicies policies = context.getBean(RateLimitPolicies.class);
			context.getBean(Planned.class).of("root", (declared) -> policies.get("staff"));
			RateLimiter limiter = context.getBean(RateLimiter.class);
			assertThat(limiter.tryAcquire("search", "root", 100).policy()).isEqualTo("staff");
			assertThat(limiter.peek("staff", "root").remaining()).isEqualTo(900);
			assertThat(this.server.commands().keys("shop:rate-limit:*"))
				.containsExactly("shop:rate-limit:staff:{root}");
		});
	}

	@Test
	void allDoorsAskForIt() {
		this.runner.run((context) -> {
			context.getBean(Planned.class).of("alice", (declared) -> declared.withLimits(Limit.of(7, HOUR)));
			AsyncRateLimiter limiter = context.getBean(AsyncRateLimiter.class);
			Shop shop = context.getBean(Shop.class);
			assertThat(shop.search("alice")).isEqualTo("alice");
			assertThat(shop.patient("alice")).isEqualTo("alice");
			assertThat(shop.future("alice").join()).isEqualTo("alice");
			assertThat(shop.mono("alice").block()).isEqualTo("alice");
			assertThat(limiter.acquire("search", "alice", 2).toCompletableFuture().join().decision().limit())
				.isEqualTo(7);
			assertThat(limiter.tryAcquire("search", "alice", 1).toCompletableFuture().join().remaining()).isZero();
			assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> shop.patient("alice"));
			limiter.block("search", "alice", HOUR).toCompletableFuture().join();
			assertThat(shop.refused("alice")).isEqualTo("later");
			assertThat(limiter.policy("search").limits().get(0).limit()).isEqualTo(2);
			assertThat(limiter.policy("search", "alice").limits().get(0).limit()).isEqualTo(7);
		});
	}

	@Test
	void aPolicyThatIsGivenIsTakenAsItIs() {
		this.runner.run((context) -> {
			context.getBean(Planned.class).of("alice", (declared) -> declared.withLimits(Limit.of(7, HOUR)));
			AsyncRateLimiter limiter = context.getBean(AsyncRateLimiter.class);
			assertThat(limiter.tryAcquire(RateLimitPolicy.of("search", 3, HOUR), "alice", 1)
				.toCompletableFuture()
				.join()
				.limit()).isEqualTo(3);
		});
	}

	@Test
	void itIsAskedOncePerDecisionInTheThreadOfTheCaller() {
		this.runner.run((context) -> {
			Planned plans = context.getBean(Planned.class);
			plans.of("alice", (declared) -> declared.withMaxWait(Duration.ofSeconds(1)));
			context.getBean(Shop.class).both("alice");
			assertThat(plans.askers).hasSize(2).containsOnly(Thread.currentThread().getName());
			plans.askers.clear();
			context.getBean(RateLimiter.class).tryAcquire("search", "alice", 1);
			assertThat(plans.askers).containsExactly(Thread.currentThread().getName());
		});
	}

	@Test
	void theFirstThatAnswersCounts() {
		this.runner.withBean(Fallback.class).run((context) -> {
			context.getBean(Planned.class).of("alice", (declared) -> declared.withLimits(Limit.of(7, HOUR)));
			RateLimiter limiter = context.getBean(RateLimiter.class);
			assertThat(limiter.peek("search", "alice").limit()).isEqualTo(7);
			assertThat(limiter.peek("search", "bob").limit()).isEqualTo(3);
		});
	}

	@Test
	void aPlanThatIsNotDeclaredIsNamed() {
		this.runner.run((context) -> {
			context.getBean(Planned.class).of("alice", (declared) -> RateLimitPolicy.of("gold", 7, HOUR));
			context.getBean(Planned.class)
				.of("bob",
						(declared) -> RateLimitPolicy.of("search", RateLimitAlgorithm.FIXED_WINDOW, declared.limits()));
			RateLimiter limiter = context.getBean(RateLimiter.class);
			assertThatIllegalStateException().isThrownBy(() -> limiter.tryAcquire("search", "alice", 1))
				.withMessageContainingAll("Planned", "'gold'", "[search, staff]");
			assertThatIllegalStateException().isThrownBy(() -> limiter.peek("search", "bob"))
				.withMessageContainingAll("Planned", "'search'", "FIXED_WINDOW", "TOKEN_BUCKET");
			assertThat(this.server.commands().keys("shop:rate-limit:*")).isEmpty();
		});
	}

	@Test
	void whatItThrowsTheCallerGetsAndNothingIsCharged() {
		this.runner.run((context) -> {
			context.getBean(Planned.class).of("alice", (declared) -> {
				throw new UnsupportedOperationException("no database");
			});
			Shop shop = context.getBean(Shop.class);
			assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> shop.search("alice"));
			assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> shop.patient("alice"));
			assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> shop.mono("alice").block());
			assertThat(this.server.commands().keys("shop:rate-limit:*")).isEmpty();
		});
	}

	@Test
	void aPlanRefusesNothingWhereAllPoliciesAreShadows() {
		this.runner.withPropertyValues("rediskit.rate-limit.shadow=true").run((context) -> {
			context.getBean(Planned.class).of("alice", (declared) -> RateLimitPolicy.of("search", 1, HOUR));
			assertThat(context.getBean(RateLimiter.class).tryAcquire("search", "alice", 9).allowed()).isTrue();
		});
	}

	@Test
	void aResolverMayNeedTheLimiter() {
		this.unplanned.withBean(Circular.class)
			.run((context) -> assertThat(context.getBean(RateLimiter.class).tryAcquire("search", "alice", 1).limit())
				.isEqualTo(1000));
	}

	@Order(1)
	static class Planned implements PolicyResolver {

		private final Map<String, UnaryOperator<RateLimitPolicy>> plans = new ConcurrentHashMap<>();

		final List<String> askers = new CopyOnWriteArrayList<>();

		void of(String user, UnaryOperator<RateLimitPolicy> plan) {
			this.plans.put(user, plan);
		}

		void none(String user) {
			this.plans.remove(user);
		}

		@Override
		public Optional<RateLimitPolicy> resolve(RateLimitPolicy declared, Object key) {
			this.askers.add(Thread.currentThread().getName());
			return Optional.ofNullable(this.plans.get(key)).map((plan) -> plan.apply(declared));
		}

	}

	@Order(2)
	static class Fallback implements PolicyResolver {

		@Override
		public Optional<RateLimitPolicy> resolve(RateLimitPolicy declared, Object key) {
			return Optional.of(declared.withLimits(Limit.of(3, HOUR)));
		}

	}

	static class Circular implements PolicyResolver {

		private final AsyncRateLimiter limiter;

		Circular(AsyncRateLimiter limiter) {
			this.limiter = limiter;
		}

		@Override
		public Optional<RateLimitPolicy> resolve(RateLimitPolicy declared, Object key) {
			return Optional.of(this.limiter.policy("staff"));
		}

	}

	static class Shop {

		@RateLimited(value = "search", key = "#user")
		String search(String user) {
			return user;
		}

		@RateLimited(value = "search", key = "#user", maxWait = "10ms")
		String patient(String user) {
			return user;
		}

		@RateLimited(value = "search", key = "#user")
		CompletableFuture<String> future(String user) {
			return CompletableFuture.completedFuture(user);
		}

		@RateLimited(value = "search", key = "#user")
		Mono<String> mono(String user) {
			return Mono.just(user);
		}

		@RateLimited(value = "search", key = "#user", fallback = "later")
		String refused(String user) {
			return user;
		}

		String later(String user) {
			return "later";
		}

		@RateLimited(value = "search", key = "#user")
		@RateLimited(value = "staff", key = "#user")
		String both(String user) {
			return user;
		}

	}

}
