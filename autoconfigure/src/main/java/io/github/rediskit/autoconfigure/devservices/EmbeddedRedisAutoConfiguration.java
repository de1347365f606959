package io.github.rediskit.autoconfigure.devservices;

import redis.embedded.RedisServer;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration that starts a real Redis for development when
 * {@code com.github.codemonstur:embedded-redis} is on the classpath and nothing says
 * which Redis to use: no {@code spring.data.redis} address, no service connection, no
 * Docker Compose, no cloud platform. Switched off by
 * {@code rediskit.embedded.enabled=false}.
 */
@AutoConfiguration(before = DataRedisAutoConfiguration.class,
		afterName = "org.springframework.boot.testcontainers.service.connection.ServiceConnectionAutoConfiguration")
@ConditionalOnClass({ RedisServer.class, DataRedisConnectionDetails.class })
@ConditionalOnBooleanProperty(name = "rediskit.embedded.enabled", matchIfMissing = true)
@Conditional(OnUnconfiguredRedisCondition.class)
@ConditionalOnMissingBean(DataRedisConnectionDetails.class)
public final class EmbeddedRedisAutoConfiguration {

	@Bean
	DevelopmentRedis developmentRedis(Environment environment) {
		return DevelopmentRedis.start(environment.getProperty("PATH", ""),
				environment.getProperty("spring.data.redis.database", Integer.class, 0));
	}

}
