package io.github.rediskit.autoconfigure;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import io.github.rediskit.ratelimit.AsyncRateLimiter;
import io.github.rediskit.ratelimit.BlockingRateLimiter;
import io.github.rediskit.ratelimit.RateLimitChanges;
import io.github.rediskit.ratelimit.RateLimitDecision;
import io.github.rediskit.ratelimit.RateLimitListener;
import io.github.rediskit.ratelimit.RateLimitPolicy;
import io.github.rediskit.ratelimit.RateLimitPolicy.Limit;
import io.github.rediskit.ratelimit.RateLimited;
import io.github.rediskit.ratelimit.RateLimiter;
import io.github.rediskit.ratelimit.RateLimited;
import io.github.rediskit.ratelimit.UnknownRateLimitPolicyException;
import io.github.rediskit.setting.InvalidSettingException;
import io.github.rediskit.spring.InvalidAnnotationException;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestCluster;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Rate limits as an application sees them: properties, beans, a real Redis.
 */
@RedisTest
@Timeout(60)
class RateLimitAutoConfigurationTests {

	private final RedisTestServer server = RedisTestServer.shared();

	private final ApplicationContextRunner unconnected = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class, RediskitAutoConfiguration.class,
				RedisConnectionsAutoConfiguration.class, RateLimitAutoConfiguration.class))
		.withPropertyValues("spring.application.name=shop");

	private final ApplicationContextRunner runner = this.unconnected
		.withPropertyValues("spring.data.redis.url=" + this.server.uri());

	private final ApplicationContextRunner configured = this.runner.withPropertyValues(
			"rediskit.rate-limit.policies.search.limits[0].limit=10",
			"rediskit.rate-limit.policies.search.limits[0].period=1m",
			"rediskit.rate-limit.policies.search.limits[0].capacity=20",
			"rediskit.rate-limit.policies.search.limits[1].limit=1000",
			"rediskit.rate-limit.policies.search.limits[1].period=1h",
			"rediskit.rate-limit.policies.export.algorithm=concurrency",
			"rediskit.rate-limit.policies.export.limits[0].limit=2", "rediskit.rate-limit.policies.export.hold=10s",
			"rediskit.rate-limit.policies.login.algorithm=sliding-window",
			"rediskit.rate-limit.policies.login.limits[0].limit=5",
			"rediskit.rate-limit.policies.login.limits[0].period=1m");

	@Test
	void instancesShareWhatThePropertiesDeclare() {
		this.configured.run((one) -> this.configured.run((two) -> {
			assertThat(one.getBean(RateLimiter.class).tryAcquire("search", "alice", 15).remaining()).isEqualTo(5);
			RateLimitDecision decision = two.getBean(RateLimiter.class).tryAcquire("search", "alice", 4);
			assertThat(decision.allowed()).isTrue();
			assertThat(decision.limit()).isEqualTo(10);
			assertThat(decision.remaining()).isEqualTo(1);
			assertThat(one.getBean(RateLimiter.class).tryAcquire("search", "alice", 2).allowed()).isFalse();
			assertThat(this.server.commands().keys("shop:rate-limit:*"))
				.containsExactly("shop:rate-limit:search:{alice}");
			assertThat(one.getBean(RateLimiter.class).tryAcquire("login", "bob", 5).allowed()).isTrue();
			assertThat(one.getBean(RateLimiter.class).tryAcquire("export", "bob", 2).allowed()).isTrue();
			assertThat(this.server.commands().pttl("shop:rate-limit:export:{bob}")).isBetween(5_000L, 10_100L);
		}));
	}

	@Test
	void aPolicyThatDoesNotExistIsNamedWithThoseThatDo() {
		this.configured.run((context) -> assertThatExceptionOfType(UnknownRateLimitPolicyException.class)
			.isThrownBy(() -> context.getBean(RateLimiter.class).tryAcquire("serach", "alice", 1))
			.withMessageContaining("[export, login, search]")
			.withMessageContaining("rediskit.rate-limit.policies.serach"));
	}

	@Test
	void aNameInAnAnnotationThatCantBePartOfAKeyStopsTheStart() {
		this.runner.withBean(OddlyNamed.class)
			.run((context) -> assertThat(context.getStartupFailure()).isInstanceOf(InvalidAnnotationException.class)
				.hasMessageContaining("OddlyNamed.search()")
				.hasMessageContaining("The name 'my search' can't be part of a Redis key"));
	}

	static class OddlyNamed {

		@RateLimited(value = "my search", limit = 1, period = "1h")
		String search() {
			return "";
		}

	}

	@Test
	void shadowForAllRefusesNothing() {
		this.configured.withPropertyValues("rediskit.rate-limit.shadow=true")
			.run((context) -> assertThat(
					context.getBean(RateLimiter.class).tryAcquire("search", "alice", 100).allowed())
				.isTrue());
	}

	@Test
	void listenersAreTold() {
		CompletableFuture<String> told = new CompletableFuture<>();
		this.configured.withBean(RateLimitListener.class, () -> new RateLimitListener() {

			@Override
			public void allowed(String policy, long remaining, long limit) {
				told.complete(policy);
			}

		}).run((context) -> {
			context.getBean(RateLimiter.class).tryAcquire("login", "alice", 1);
			assertThat(told).isCompletedWithValue("login");
		});
	}

	@Test
	void anApplicationMayHaveARateLimiterOfItsOwn() {
		RateLimiter own = new BlockingRateLimiter((AsyncRateLimiter) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { AsyncRateLimiter.class }, (proxy, method, arguments) -> null));
		this.runner.withBean(RateLimiter.class, () -> own)
			.run((context) -> assertThat(context.getBean(RateLimiter.class)).isSameAs(own));
	}

	@Test
	void instancesAreCountedFromTheStartToTheStop() {
		String instances = "shop:rate-limiter:instances:{shop}";
		this.configured.run((one) -> {
			this.configured.run((two) -> await().until(() -> this.server.commands().zcard(instances) == 2));
			assertThat(this.server.commands().zcard(instances)).isEqualTo(1);
			one.getSourceApplicationContext().stop();
			assertThat(this.server.commands().exists(instances)).isZero();
			one.getSourceApplicationContext().start();
			await().until(() -> this.server.commands().zcard(instances) == 1);
		});
		assertThat(this.server.commands().exists(instances)).isZero();
	}

	@Test
	void withoutPoliciesNobodyIsCountedUntilThereIsOne() {
		String instances = "shop:rate-limiter:instances:{shop}";
		this.runner.withBean(Limited.class, Limited::new, (bean) -> bean.setLazyInit(true)).run((context) -> {
			assertThat(context.getBeanFactory().containsSingleton("rediskitAsyncRateLimiter")).isFalse();
			context.getBean(RateLimiter.class);
			assertThat(this.server.commands().exists(instances)).isZero();
			context.getBean(Limited.class).call();
			await().until(() -> this.server.commands().exists(instances) == 1);
		});
	}

	@Test
	void aChangeReachesTheOtherInstance() {
		this.configured.run((one) -> this.configured.run((two) -> {
			RateLimitChanges changes = one.getBean(RateLimitChanges.class);
			RateLimitPolicy search = one.getBean(AsyncRateLimiter.class).policy("search");
			changes.change(search.withLimits(Limit.of(3, Duration.ofMinutes(1)))).toCompletableFuture().join();
			await().until(() -> two.getBean(RateLimiter.class).peek("search", "alice").limit() == 3);
			changes.restore("search").toCompletableFuture().join();
			assertThat(one.getBean(AsyncRateLimiter.class).policy("search")).isEqualTo(search);
		}));
	}

	@Test
	void aClusterCountsAndChangesToo() {
		try (RedisTestCluster cluster = RedisTestCluster.start()) {
			this.unconnected
				.withPropertyValues("spring.data.redis.cluster.nodes=" + String.join(",", cluster.addresses()),
						"rediskit.rate-limit.policies.search.limits[0].limit=10",
						"rediskit.rate-limit.policies.search.limits[0].period=1m")
				.run((context) -> {
					String instances = "shop:rate-limiter:instances:{shop}";
					await().until(() -> cluster.nodeOf(instances).commands().exists(instances) == 1);
					RateLimitChanges changes = context.getBean(RateLimitChanges.class);
					RateLimitPolicy search = context.getBean(AsyncRateLimiter.class).policy("search");
					changes.change(search.withLimits(Limit.of(3, Duration.ofMinutes(1)))).toCompletableFuture().join();
					assertThat(context.getBean(RateLimiter.class).peek("search", "alice").limit()).isEqualTo(3);
				});
		}
	}

	static class Limited {

		@RateLimited(value = "login", limit = 10, period = "1s")
		String call() {
			return "";
		}

	}

	@Test
	void withoutPoliciesNothingIsOpened() {
		this.runner.withPropertyValues("spring.data.redis.url=redis://127.0.0.1:1")
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(RateLimiter.class));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					search.limits[0].limit=0             | rediskit.rate-limit.policies.search.limits[0].limit    | at least 1
					search.limits[0].period=0s           | rediskit.rate-limit.policies.search.limits[0].period   | Write a duration from
					search.limits[2].limit=1             | rediskit.rate-limit.policies.search.limits[2].period   | is missing
					search.algorithm=fixed-window        | rediskit.rate-limit.policies.search.limits[0].capacity | only a token-bucket
					export.limits[0].period=1s           | rediskit.rate-limit.policies.export.limits[0].period   | hold says
					export.hold=1ms                      | rediskit.rate-limit.policies.export.hold               | 0.1s
					login.limits[0].limit=99999999999999 | rediskit.rate-limit.policies.login.limits[0]           | 2^53
					login.time-budget=0s                 | rediskit.rate-limit.policies.login.time-budget         | Write a duration
					login.max-wait=2d                    | rediskit.rate-limit.policies.login.max-wait            | 1h
					login.max-keys=0                     | rediskit.rate-limit.policies.login.max-keys            | at least 1
					empty.algorithm=token-bucket         | rediskit.rate-limit.policies.empty.limits              | at least one
					[my policy].shadow=true              | rediskit.rate-limit.policies                           | letters, digits
					""")
	void wrongPoliciesStopTheStartWithASentence(String property, String named, String advice) {
		this.configured.withPropertyValues("rediskit.rate-limit.policies." + property)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidSettingException.class)
				.hasMessageStartingWith(named + " ")
				.hasMessageContaining(advice));
	}

}
