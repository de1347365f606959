package io.github.rediskit.autoconfigure;

import java.lang.reflect.Method;

import io.github.rediskit.ratelimit.RateLimitExceededException;
import io.github.rediskit.spring.InvalidAnnotationException;
import io.github.rediskit.spring.RateLimitAdvisor;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.aop.Pointcut;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * {@code @RateLimited} on suspending functions of Kotlin.
 */
@RedisTest
@Timeout(60)
class SuspendingFunctionsTests {

	private final RedisTestServer server = RedisTestServer.shared();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class, RediskitAutoConfiguration.class,
				RedisConnectionsAutoConfiguration.class, RateLimitAutoConfiguration.class))
		.withPropertyValues("spring.application.name=shop", "spring.data.redis.url=" + this.server.uri(),
				"rediskit.rate-limit.policies.once.limits[0].limit=1",
				"rediskit.rate-limit.policies.once.limits[0].period=1h",
				"rediskit.rate-limit.policies.running.algorithm=concurrency",
				"rediskit.rate-limit.policies.running.limits[0].limit=1")
		.withBean(SuspendingShop.class);

	@Test
	void aCallIsAllowedOrRefused() {
		this.runner.run((context) -> {
			SuspendingCalls calls = new SuspendingCalls(context.getBean(SuspendingShop.class));
			assertThat(calls.once("alice")).isEqualTo("alice");
			assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> calls.once("alice"))
				.satisfies((refused) -> assertThat(refused.decision().policy()).isEqualTo("once"));
			assertThat(calls.once("bob")).isEqualTo("bob");
			assertThatIllegalStateException().isThrownBy(() -> calls.failing("carol")).withMessage("carol");
			calls.nothing("dave");
			assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> calls.nothing("dave"));
		});
	}

	@Test
	void aFallbackMaySuspendToo() {
		this.runner.run((context) -> {
			SuspendingCalls calls = new SuspendingCalls(context.getBean(SuspendingShop.class));
			assertThat(calls.orLater("alice")).isEqualTo("alice");
			assertThat(calls.orLater("alice")).isEqualTo("alice later by once");
			assertThat(calls.orPlain("bob")).isEqualTo(1);
			assertThat(calls.orPlain("bob")).isEqualTo(-1);
		});
	}

	@Test
	void aFlowIsChargedWhenItIsCollected() {
		this.runner.run((context) -> {
			SuspendingCalls calls = new SuspendingCalls(context.getBean(SuspendingShop.class));
			assertThat(calls.flow("alice")).containsExactly("alice", "alice");
			assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> calls.flow("alice"));
		});
	}

	@Test
	void aPermitIsHeldUntilTheFunctionHasEnded() {
		this.runner.run((
				context) -> assertThat(new SuspendingCalls(context.getBean(SuspendingShop.class)).whileRunning("alice"))
					.containsExactly("first", "ran"));
	}

	/**
	 * Which of them is asked about first differs from one virtual machine to the next.
	 */
	@Test
	void whatTheCompilerMadeOfAFunctionIsNoMethodWithALimit() {
		this.runner.run((context) -> {
			Pointcut limited = context.getBean(RateLimitAdvisor.class).getPointcut();
			assertThat(SuspendingShop.class.getDeclaredMethods())
				.filteredOn((method) -> limited.getMethodMatcher().matches(method, SuspendingShop.class))
				.extracting(Method::getName)
				.containsExactlyInAnyOrder("once", "nothing", "orLater", "orPlain", "flow", "running", "failing");
		});
	}

	@Test
	void aFallbackThatReturnsSomethingElseStopsTheStart() {
		this.runner.withBean(SuspendingMisfit.class)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidAnnotationException.class)
				.hasMessageContainingAll("the fallback later returns", "Integer", "String"));
	}

	@Test
	void aSuspendingFunctionThatIsCachedStopsTheStart() {
		this.runner
			.withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class, CacheAutoConfiguration.class))
			.withBean(SuspendingCache.class)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidAnnotationException.class)
				.hasMessageContainingAll("SuspendingCache.name", "a suspending function", "return a Mono"));
	}

}
