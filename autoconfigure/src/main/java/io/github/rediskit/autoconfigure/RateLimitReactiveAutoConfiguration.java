package io.github.rediskit.autoconfigure;

import io.github.rediskit.ratelimit.RateLimitPolicies;
import io.github.rediskit.web.HttpRateLimits;
import io.github.rediskit.web.RateLimitWebExceptionHandler;
import io.github.rediskit.web.ReactiveCors;
import io.github.rediskit.web.ReactiveFields;
import io.github.rediskit.web.ReactiveRateLimitFilter;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.web.cors.reactive.CorsConfigurationSource;
import org.springframework.web.cors.reactive.CorsWebFilter;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.HandlerMapping;

/**
 * Rate limits in applications of WebFlux: a filter for those that have rules, and answers
 * to refusals for all. It comes before Boot's answers to errors, whose order it shares.
 */
@AutoConfiguration(after = RateLimitHttpAutoConfiguration.class,
		beforeName = "org.springframework.boot.webflux.autoconfigure.error.ErrorWebFluxAutoConfiguration")
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnClass(DispatcherHandler.class)
@ConditionalOnBean(RateLimitPolicies.class)
public final class RateLimitReactiveAutoConfiguration {

	@Bean
	RateLimitWebExceptionHandler rediskitRateLimitExceptionHandler(HttpRateLimits limits) {
		return new RateLimitWebExceptionHandler(limits);
	}

	@Bean
	@ConditionalOnBooleanProperty(name = "rediskit.rate-limit.http.headers", matchIfMissing = true)
	ReactiveFields rediskitRateLimitHeaders(RateLimitProperties properties) {
		return new ReactiveFields(properties.http().order() - 1);
	}

	@Bean
	@Conditional(OnHttpRulesCondition.class)
	ReactiveRateLimitFilter rediskitRateLimitFilter(HttpRateLimits limits, RateLimitProperties properties,
			ObjectProvider<CorsWebFilter> filters, ObjectProvider<HandlerMapping> mappings,
			ObjectProvider<CorsConfigurationSource> configurations) {
		ReactiveCors cors = new ReactiveCors(() -> new ReactiveCors.Sources(filters.orderedStream().toList(),
				mappings.orderedStream().toList(), configurations.orderedStream().toList()));
		return new ReactiveRateLimitFilter(limits, cors, properties.http().order());
	}

}
