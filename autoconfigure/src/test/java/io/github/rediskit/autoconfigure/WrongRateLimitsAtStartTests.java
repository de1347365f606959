package io.github.rediskit.autoconfigure;

import io.github.rediskit.ratelimit.RateLimitPolicies;
import io.github.rediskit.ratelimit.RateLimited;
import io.github.rediskit.spring.InvalidAnnotationException;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What only the whole application knows to be wrong about a {@code @RateLimited} stops
 * its start.
 */
@RedisTest
class WrongRateLimitsAtStartTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class, RediskitAutoConfiguration.class,
				RedisConnectionsAutoConfiguration.class, RateLimitAutoConfiguration.class))
		.withPropertyValues("spring.application.name=shop", "spring.data.redis.url=" + RedisTestServer.shared().uri(),
				"rediskit.rate-limit.policies.search.limits[0].limit=10",
				"rediskit.rate-limit.policies.search.limits[0].period=1s");

	@Test
	void aPolicyThatDoesNotExist() {
		refused(Unknown.class, "There is no rate limit policy 'serach'", "[search]",
				"rediskit.rate-limit.policies.serach", "limit and period");
	}

	@Test
	void aPolicyThatIsConfiguredAndDefined() {
		refused(Redefined.class, "the policy 'search' is declared elsewhere", "leave out limit and period");
		this.runner.withBean(SameAgain.class).run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void aNameThatCanNotBePartOfAKey() {
		refused(Named.class, "lo gin");
	}

	@Test
	void aWaitThatIsTooLong() {
		refused(TooPatient.class, "the maxWait is 2h");
	}

	@Test
	void aFallbackThatDoesNotExist() {
		this.runner.withBean(WithoutFallback.class)
			.run((context) -> assertThat(context).getFailure()
				.hasRootCauseInstanceOf(InvalidAnnotationException.class)
				.rootCause()
				.hasMessageContaining("there is no method nowhere"));
	}

	@Test
	void aMethodMayUseThePolicyThatAnotherOneDefines() {
		this.runner.withBean(User.class)
			.withBean(Definer.class)
			.run((context) -> assertThat(context.getBean(RateLimitPolicies.class).names()).containsExactly("login",
					"search"));
	}

	@Test
	void aBeanThatIsMadeAfterTheStartIsCheckedByThen() {
		this.runner.withBean(Definer.class, Definer::new, (definition) -> definition.setLazyInit(true))
			.withBean(Unknown.class, Unknown::new, (definition) -> definition.setLazyInit(true))
			.run((context) -> {
				assertThat(context.getBean(Definer.class).call()).isEqualTo("defined");
				assertThat(context.getBean(RateLimitPolicies.class).names()).contains("login");
				assertThatExceptionOfType(InvalidAnnotationException.class)
					.isThrownBy(() -> context.getBean(Unknown.class).call())
					.withMessageContaining("'serach'");
			});
	}

	private void refused(Class<?> bean, String... words) {
		this.runner.withBean(bean).run((context) -> {
			assertThat(context).hasFailed();
			assertThat(context.getStartupFailure()).isInstanceOf(InvalidAnnotationException.class)
				.message()
				.contains("@RateLimited on " + bean.getName() + ".call")
				.contains(words);
		});
	}

	static class Unknown {

		@RateLimited("serach")
		String call() {
			return "";
		}

	}

	static class Redefined {

		@RateLimited(value = "search", limit = 11, period = "1s")
		String call() {
			return "";
		}

	}

	static class SameAgain {

		@RateLimited(value = "search", limit = 10, period = "1s")
		String call() {
			return "";
		}

	}

	static class Named {

		@RateLimited(value = "lo gin", limit = 10, period = "1s")
		String call() {
			return "";
		}

	}

	static class TooPatient {

		@RateLimited(value = "search", maxWait = "2h")
		String call() {
			return "";
		}

	}

	static class WithoutFallback {

		@RateLimited(value = "search", fallback = "nowhere")
		String call() {
			return "";
		}

	}

	static class User {

		@RateLimited("login")
		String call() {
			return "";
		}

	}

	static class Definer {

		@RateLimited(value = "login", limit = 10, period = "1s")
		String call() {
			return "defined";
		}

	}

}
