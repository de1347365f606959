package io.github.rediskit.autoconfigure;

import java.util.Arrays;
import java.util.stream.Stream;

import io.github.rediskit.ratelimit.RateLimited;
import io.github.rediskit.setting.InvalidSettingException;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import io.github.rediskit.web.HttpRateLimits;
import io.github.rediskit.web.RateLimitExceptionResolver;
import io.github.rediskit.web.RateLimitWebExceptionHandler;
import io.github.rediskit.web.ReactiveRateLimitFilter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.AbstractApplicationContextRunner;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rules for HTTP requests that can't be meant stop the start, and those that are probably
 * not meant are warned of.
 */
@RedisTest
@ExtendWith(OutputCaptureExtension.class)
class WrongHttpRulesAtStartTests {

	private final WebApplicationContextRunner servlets = configured(new WebApplicationContextRunner());

	private final ReactiveWebApplicationContextRunner reactive = configured(new ReactiveWebApplicationContextRunner());

	private static <T extends AbstractApplicationContextRunner<T, ?, ?>> T configured(T runner) {
		return runner
			.withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class, RediskitAutoConfiguration.class,
					RedisConnectionsAutoConfiguration.class, RateLimitAutoConfiguration.class,
					RateLimitHttpAutoConfiguration.class, RateLimitServletAutoConfiguration.class,
					RateLimitReactiveAutoConfiguration.class))
			.withPropertyValues("spring.application.name=shop",
					"spring.data.redis.url=" + RedisTestServer.shared().uri(),
					"rediskit.rate-limit.policies.search.limits[0].limit=10",
					"rediskit.rate-limit.policies.search.limits[0].period=1s");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "policy=serach|rules[0].policy is 'serach', which does not exist",
					"path=api|rules[0].path is 'api', which does not begin with a slash",
					"path=/{a|rules[0].path is '/{a', which is no pattern",
					"method=GET,FETCH|rules[0].method names 'FETCH', which is no method",
					"key=header:|rules[0].key is 'header:', which names no header",
					"key=T(java.lang.System).exit(0)|rules[0].key is 'T(java.lang.System).exit(0)'",
					"key=tenant|rules[0].key is 'tenant', and a request has no 'tenant'",
					"cost=1.5|rules[0].cost is 1.5, which is no whole number" })
	void aRuleThatCanNotBeMeant(String setting, String message) {
		String[] values = Stream
			.concat(Arrays.stream(rule("search", "ip")), Stream.of("rediskit.rate-limit.http.rules[0]." + setting))
			.toArray(String[]::new);
		refused(message, values);
	}

	@Test
	void aRuleOfWhichSomethingIsMissing() {
		refused("rules[0].path is missing", "rediskit.rate-limit.http.rules[0].policy=search");
		refused("rules[0].policy is missing", "rediskit.rate-limit.http.rules[0].path=/api");
		refused("rules[0].key is missing", "rediskit.rate-limit.http.rules[0].path=/api",
				"rediskit.rate-limit.http.rules[0].policy=search");
	}

	@Test
	void aProxyThatIsNoAddress() {
		refused("trusted-proxies[1] is 'proxy.example', which is no range",
				"rediskit.rate-limit.http.trusted-proxies=10.0.0.0/8,proxy.example");
		refused("ipv6-prefix is 0", "rediskit.rate-limit.http.ipv6-prefix=0");
	}

	@Test
	void aRuleMayUseThePolicyOfAnAnnotation() {
		this.servlets.withBean(Definer.class)
			.withPropertyValues(rule("login", "ip"))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void withoutRulesThereIsNoFilterButRefusalsAreAnswered() {
		this.servlets.run((context) -> assertThat(context).hasSingleBean(RateLimitExceptionResolver.class)
			.doesNotHaveBean("rediskitRateLimitFilter"));
		this.servlets.withPropertyValues(rule("search", "ip"))
			.run((context) -> assertThat(context).hasBean("rediskitRateLimitFilter"));
		this.reactive.run((context) -> assertThat(context).hasSingleBean(RateLimitWebExceptionHandler.class)
			.doesNotHaveBean(ReactiveRateLimitFilter.class));
		this.reactive.withPropertyValues(rule("search", "ip"))
			.run((context) -> assertThat(context).hasSingleBean(ReactiveRateLimitFilter.class));
	}

	@Test
	void rulesThatLimitNothingAreWarnedOf(CapturedOutput output) {
		configured(new ApplicationContextRunner()).withPropertyValues(rule("search", "ip"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(HttpRateLimits.class));
		assertThat(output)
			.containsOnlyOnce("rediskit.rate-limit.http.rules limit nothing: the application serves no HTTP requests");
	}

	@Test
	void addressesThatAreProbablyThoseOfProxiesAreWarnedOf(CapturedOutput output) {
		WebApplicationContextRunner byAddress = this.servlets.withPropertyValues(rule("search", "ip"));
		byAddress.run((context) -> assertThat(output).doesNotContain("limit clients by their address"));
		byAddress
			.withPropertyValues("server.forward-headers-strategy=framework",
					"rediskit.rate-limit.http.trusted-proxies=10.0.0.0/8")
			.run((context) -> assertThat(output).doesNotContain("limit clients by their address"));
		byAddress.withPropertyValues("server.forward-headers-strategy=framework")
			.run((context) -> assertThat(output).contains("=framework takes it from headers that anybody can write"));
		byAddress.withPropertyValues("server.forward-headers-strategy=none", "spring.main.cloud-platform=kubernetes")
			.run((context) -> assertThat(output).contains("on KUBERNETES it is that of a proxy"));
		byAddress.withPropertyValues("spring.main.cloud-platform=heroku")
			.run((context) -> assertThat(output).contains("takes it from the headers of proxies that it trusts"));
	}

	private static String[] rule(String policy, String key) {
		return new String[] { "rediskit.rate-limit.http.rules[0].path=/api/**",
				"rediskit.rate-limit.http.rules[0].policy=" + policy, "rediskit.rate-limit.http.rules[0].key=" + key };
	}

	private void refused(String message, String... values) {
		this.servlets.withPropertyValues(values)
			.run((context) -> assertThat(context).getFailure()
				.satisfies((failure) -> assertThat(setting(failure)).isNotNull()
					.hasMessageStartingWith("rediskit.rate-limit.http." + message)));
		this.reactive.withPropertyValues(values)
			.run((context) -> assertThat(context).getFailure()
				.satisfies((failure) -> assertThat(setting(failure)).isNotNull()
					.hasMessageStartingWith("rediskit.rate-limit.http." + message)));
	}

	private static Throwable setting(Throwable failure) {
		Throwable cause = failure;
		while (cause != null && !(cause instanceof InvalidSettingException)) {
			cause = cause.getCause();
		}
		return cause;
	}

	static class Definer {

		@RateLimited(value = "login", limit = 10, period = "1s")
		String call() {
			return "";
		}

	}

}
