package io.github.rediskit.autoconfigure;

import java.util.EnumSet;
import java.util.stream.Stream;

import io.github.rediskit.ratelimit.RateLimitPolicies;
import io.github.rediskit.web.HttpRateLimits;
import io.github.rediskit.web.RateLimitExceptionResolver;
import io.github.rediskit.web.ServletCors;
import io.github.rediskit.web.ServletRateLimitFilter;
import io.github.rediskit.web.ServletRateLimitObserver;
import jakarta.servlet.DispatcherType;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.cors.CorsConfigurationSource;
import org.springframework.web.filter.CorsFilter;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Rate limits in applications of Spring MVC: a filter for those that have rules, and
 * answers to refusals for all.
 */
@AutoConfiguration(after = RateLimitHttpAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(DispatcherServlet.class)
@ConditionalOnBean(RateLimitPolicies.class)
public final class RateLimitServletAutoConfiguration {

	@Bean
	RateLimitExceptionResolver rediskitRateLimitExceptionResolver(HttpRateLimits limits) {
		return new RateLimitExceptionResolver(limits);
	}

	@Bean
	@Conditional(OnHttpRulesCondition.class)
	FilterRegistrationBean<ServletRateLimitFilter> rediskitRateLimitFilter(HttpRateLimits limits,
			RateLimitProperties properties, ObjectProvider<CorsFilter> filters,
			ObjectProvider<FilterRegistrationBean<CorsFilter>> registeredFilters,
			ObjectProvider<HandlerMapping> mappings, ObjectProvider<CorsConfigurationSource> configurations) {
		ServletCors cors = new ServletCors(() -> new ServletCors.Sources(Stream
			.concat(filters.orderedStream(), registeredFilters.orderedStream().map(FilterRegistrationBean::getFilter))
			.toList(), mappings.orderedStream().toList(), configurations.orderedStream().toList()));
		FilterRegistrationBean<ServletRateLimitFilter> registration = new FilterRegistrationBean<>(
				new ServletRateLimitFilter(limits, cors));
		registration.setDispatcherTypes(EnumSet.of(DispatcherType.REQUEST));
		registration.setOrder(properties.http().order());
		return registration;
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty(name = "rediskit.rate-limit.http.headers", matchIfMissing = true)
	static class Headers {

		@Bean
		ServletRateLimitObserver rediskitRateLimitObserver() {
			return new ServletRateLimitObserver();
		}

		@Bean
		WebMvcConfigurer rediskitRateLimitHeaders(ServletRateLimitObserver observer) {
			return new WebMvcConfigurer() {

				@Override
				public void addInterceptors(InterceptorRegistry registry) {
					registry.addInterceptor(observer);
				}

			};
		}

	}

}
