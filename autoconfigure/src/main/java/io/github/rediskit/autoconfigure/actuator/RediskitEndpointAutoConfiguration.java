package io.github.rediskit.autoconfigure.actuator;

import java.time.Clock;

import io.github.rediskit.autoconfigure.CacheAutoConfiguration;
import io.github.rediskit.autoconfigure.ConfiguredCaches;
import io.github.rediskit.autoconfigure.LockAutoConfiguration;
import io.github.rediskit.autoconfigure.MessagingAutoConfiguration;
import io.github.rediskit.autoconfigure.RateLimitAutoConfiguration;
import io.github.rediskit.autoconfigure.RedisConnectionsAutoConfiguration;
import io.github.rediskit.lock.AsyncDistributedLocks;
import io.github.rediskit.lock.DistributedLocks;
import io.github.rediskit.messaging.MessageListeners;
import io.github.rediskit.ratelimit.RateLimitPolicies;
import io.github.rediskit.ratelimit.RateLimitPolicy;
import io.github.rediskit.redis.CircuitBreakers;
import io.github.rediskit.redis.RedisConnections;

import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The endpoint {@code rediskit}, where it is exposed.
 */
@AutoConfiguration(after = { RedisConnectionsAutoConfiguration.class, CacheAutoConfiguration.class,
		RateLimitAutoConfiguration.class, LockAutoConfiguration.class, MessagingAutoConfiguration.class })
@ConditionalOnClass({ Endpoint.class, ConditionalOnAvailableEndpoint.class })
@ConditionalOnBean(RedisConnections.class)
public final class RediskitEndpointAutoConfiguration {

	/**
	 * The endpoint and its sections. A class of its own, whose condition is read only
	 * where the Actuator is there.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnAvailableEndpoint(RediskitEndpoint.class)
	@RegisterReflectionForBinding({ ConnectionsSection.Connection.class, CachesSection.Caches.class,
			RateLimitPolicy.class, LocksSection.Lock.class, ListenersSection.Listener.class })
	static class Exposed {

		@Bean
		RediskitEndpoint rediskitEndpoint(ObjectProvider<RediskitSection> sections,
				ObjectProvider<DistributedLocks> locks) {
			return new RediskitEndpoint(sections.orderedStream().toList(), locks);
		}

		@Bean
		ConnectionsSection rediskitConnectionsSection(RedisConnections connections, CircuitBreakers circuits) {
			return new ConnectionsSection(connections, circuits);
		}

		@Bean
		@ConditionalOnBean(ConfiguredCaches.class)
		CachesSection rediskitCachesSection(ConfiguredCaches settings) {
			return new CachesSection(settings);
		}

		@Bean
		@ConditionalOnBean(RateLimitPolicies.class)
		PoliciesSection rediskitPoliciesSection(RateLimitPolicies policies) {
			return new PoliciesSection(policies);
		}

		@Bean
		@ConditionalOnBean(AsyncDistributedLocks.class)
		LocksSection rediskitLocksSection(AsyncDistributedLocks locks) {
			return new LocksSection(locks, Clock.systemUTC());
		}

		@Bean
		@ConditionalOnBean(MessageListeners.class)
		ListenersSection rediskitListenersSection(MessageListeners listeners) {
			return new ListenersSection(listeners);
		}

	}

}
