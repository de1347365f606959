package io.github.rediskit.autoconfigure;

import io.github.rediskit.key.KeySpace;
import io.github.rediskit.ratelimit.AsyncRateLimiter;
import io.github.rediskit.ratelimit.BlockingRateLimiter;
import io.github.rediskit.ratelimit.PolicyResolver;
import io.github.rediskit.ratelimit.RateLimitListener;
import io.github.rediskit.ratelimit.RateLimitPolicies;
import io.github.rediskit.ratelimit.RateLimiter;
import io.github.rediskit.ratelimit.RedisRateLimiter;
import io.github.rediskit.redis.ConnectionRole;
import io.github.rediskit.redis.RedisConnections;
import io.github.rediskit.spring.AnnotationSearch;
import io.github.rediskit.spring.RateLimitAdvisor;
import io.github.rediskit.spring.RateLimitObserver;
import io.github.rediskit.spring.RateLimitedMethods;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Role;
import org.springframework.core.task.TaskDecorator;
import org.springframework.util.function.SingletonSupplier;

/**
 * Rate limits by {@code @RateLimited} and the {@link RateLimiter} and
 * {@link AsyncRateLimiter} beans.
 */
@AutoConfiguration(after = RedisConnectionsAutoConfiguration.class)
@ConditionalOnBean(RedisConnections.class)
@EnableConfigurationProperties(RateLimitProperties.class)
@Import(AutoProxyRegistrar.class)
@ImportRuntimeHints(RateLimitAutoConfiguration.ScriptHints.class)
public final class RateLimitAutoConfiguration {

	@Bean
	LoggingRateLimitListener rediskitLoggingRateLimitListener() {
		return new LoggingRateLimitListener();
	}

	/** Made at the start in any case: wrong settings are to be found then. */
	@Bean
	RateLimitPolicies rediskitRateLimitPolicies(RateLimitProperties properties) {
		return ConfiguredPolicies.of(properties);
	}

	@Bean
	@Lazy
	@ConditionalOnMissingBean(AsyncRateLimiter.class)
	RedisRateLimiter rediskitAsyncRateLimiter(RoleGateways gateways, KeySpace keys, RateLimitPolicies policies,
			ObjectProvider<PolicyResolver> resolvers, RateLimitProperties properties,
			ObjectProvider<RateLimitListener> listeners) {
		return new RedisRateLimiter(gateways.guarded(ConnectionRole.RATE_LIMIT), keys, policies,
				SingletonSupplier.of(() -> resolvers.orderedStream().toList()), properties.instances(),
				listeners.orderedStream().toList());
	}

	/** Ends before the gateway does. */
	@Bean(defaultCandidate = false)
	RateLimitPulse rediskitRateLimitPulse(ObjectProvider<RedisRateLimiter> limiter, RateLimitPolicies policies) {
		return new RateLimitPulse(limiter, policies, RoleGateways.PHASE_OF_USERS);
	}

	@Bean
	@Lazy
	@ConditionalOnMissingBean(RateLimiter.class)
	BlockingRateLimiter rediskitRateLimiter(AsyncRateLimiter limiter) {
		return new BlockingRateLimiter(limiter);
	}

	/**
	 * The first call finds a connection, which is no part of its time budget; an
	 * application without policies opens none.
	 */
	@Bean
	SmartInitializingSingleton rediskitRateLimitWarmUp(RoleGateways gateways, RateLimitPolicies policies,
			RateLimitAdvisor advisor) {
		return () -> {
			if (!policies.names().isEmpty() || !advisor.methods().isNothingLimited()) {
				gateways.warmUp(ConnectionRole.RATE_LIMIT);
			}
		};
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static RateLimitAdvisor rediskitRateLimitAdvisor(ConfigurableBeanFactory beanFactory, AnnotationSearch search,
			ObjectProvider<AsyncRateLimiter> limiter, ObjectProvider<RateLimitPolicies> policies,
			@Qualifier("rediskitRateLimitPulse") ObjectProvider<RateLimitPulse> pulse,
			ObjectProvider<RateLimitObserver> observer, ObjectProvider<TaskDecorator> decorators) {
		return new RateLimitAdvisor(new RateLimitedMethods(beanFactory::resolveEmbeddedValue, search),
				() -> new AnnotatedLimits(limiter.getObject(), policies.getObject(), pulse.getObject(),
						observer.getIfAvailable(() -> RateLimitObserver.NOBODY)),
				() -> TaskContext.of(decorators));
	}

	static class ScriptHints implements RuntimeHintsRegistrar {

		@Override
		public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
			hints.resources().registerPattern("io/github/rediskit/ratelimit/*.lua");
		}

	}

}
