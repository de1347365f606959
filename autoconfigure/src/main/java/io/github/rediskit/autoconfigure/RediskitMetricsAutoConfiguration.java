package io.github.rediskit.autoconfigure;

import io.github.rediskit.metrics.CacheMeters;
import io.github.rediskit.metrics.CircuitMeters;
import io.github.rediskit.metrics.HeartbeatMeters;
import io.github.rediskit.metrics.LockMeters;
import io.github.rediskit.metrics.MessageMeters;
import io.github.rediskit.metrics.PubSubMeters;
import io.github.rediskit.metrics.RateLimitMeters;
import io.github.rediskit.redis.RedisConnections;
import io.github.rediskit.spring.ReadThroughCacheManager;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.cache.metrics.CacheMeterBinderProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.StringUtils;

/**
 * Meters, where there is a {@link MeterRegistry}. What counts does not need it, and may
 * be made while beans are still being processed; the registry is asked for after that.
 */
@AutoConfiguration(after = { RedisConnectionsAutoConfiguration.class, CacheManagerAutoConfiguration.class },
		afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
		beforeName = "org.springframework.boot.cache.autoconfigure.metrics.CacheMetricsAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({ MeterRegistry.class, RedisConnections.class })
public final class RediskitMetricsAutoConfiguration {

	private static final String WITHOUT_MANAGER = "rediskit";

	private static final String MANAGER_SUFFIX = "cacheManager";

	@Bean
	static CacheMeters rediskitCacheMeters() {
		return new CacheMeters();
	}

	@Bean
	static CircuitMeters rediskitCircuitMeters() {
		return new CircuitMeters();
	}

	@Bean
	static RateLimitMeters rediskitRateLimitMeters() {
		return new RateLimitMeters();
	}

	@Bean
	static LockMeters rediskitLockMeters() {
		return new LockMeters();
	}

	@Bean
	static MessageMeters rediskitMessageMeters() {
		return new MessageMeters();
	}

	@Bean
	static PubSubMeters rediskitPubSubMeters() {
		return new PubSubMeters();
	}

	@Bean
	static HeartbeatMeters rediskitHeartbeatMeters() {
		return new HeartbeatMeters();
	}

	@Bean
	static SmartInitializingSingleton rediskitHeartbeatMetersBinding(HeartbeatMeters heartbeats,
			ObjectProvider<MeterRegistry> registry) {
		return () -> registry.ifUnique(heartbeats::bindTo);
	}

	@Bean
	static SmartInitializingSingleton rediskitMetersBinding(CacheMeters caches, CircuitMeters circuits,
			RateLimitMeters rateLimits, LockMeters locks, MessageMeters messages, PubSubMeters pubSub,
			ObjectProvider<MeterRegistry> registry, ListableBeanFactory beanFactory) {
		return () -> registry.ifUnique((unique) -> {
			caches.bindTo(unique, cacheManager(beanFactory));
			circuits.bindTo(unique);
			rateLimits.bindTo(unique);
			locks.bindTo(unique);
			messages.bindTo(unique);
			pubSub.bindTo(unique);
		});
	}

	/** The manager's name as Spring Boot writes it in tags. */
	private static String cacheManager(ListableBeanFactory beanFactory) {
		String[] managers = beanFactory.getBeanNamesForType(ReadThroughCacheManager.class, true, false);
		if (managers.length == 0) {
			return WITHOUT_MANAGER;
		}
		String name = managers[0];
		return (name.length() > MANAGER_SUFFIX.length() && StringUtils.endsWithIgnoreCase(name, MANAGER_SUFFIX))
				? name.substring(0, name.length() - MANAGER_SUFFIX.length()) : name;
	}

	/**
	 * What Spring Boot's module binds, where it is there.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(CacheMeterBinderProvider.class)
	static class SpringCacheMeters {

		@Bean
		ReadThroughCacheMeterBinderProvider rediskitCacheMeterBinderProvider(CacheMeters meters) {
			return new ReadThroughCacheMeterBinderProvider(meters);
		}

	}

}
