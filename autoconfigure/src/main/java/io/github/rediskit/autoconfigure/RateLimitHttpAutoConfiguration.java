package io.github.rediskit.autoconfigure;

import io.github.rediskit.ratelimit.AsyncRateLimiter;
import io.github.rediskit.ratelimit.RateLimitPolicies;
import io.github.rediskit.web.HttpRateLimits;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnNotWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.web.util.pattern.PathPattern;

/**
 * The rules by which HTTP requests are limited, whatever serves them.
 */
@AutoConfiguration(after = RateLimitAutoConfiguration.class)
@ConditionalOnBean(RateLimitPolicies.class)
public final class RateLimitHttpAutoConfiguration {

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication
	@ConditionalOnClass(PathPattern.class)
	static class Rules {

		@Bean
		HttpRateLimits rediskitHttpRateLimits(RateLimitProperties properties,
				ObjectProvider<AsyncRateLimiter> limiter) {
			return HttpRules.of(properties.http(), limiter::getObject);
		}

		@Bean
		SmartInitializingSingleton rediskitHttpRulesCheck(HttpRateLimits limits, Environment environment) {
			return () -> {
				HttpRules.requirePolicies(limits);
				HttpRulesWarning.logIfNeeded(limits, environment);
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnNotWebApplication
	@Conditional(OnHttpRulesCondition.class)
	static class RulesWithoutUse {

		@Bean
		SmartInitializingSingleton rediskitHttpRulesWithoutUse() {
			return () -> LogFactory.getLog(RateLimitHttpAutoConfiguration.class)
				.warn(HttpRules.PREFIX + ".rules limit nothing: the application serves no HTTP requests");
		}

	}

}
