package io.github.rediskit.autoconfigure;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What all features have in common. Each feature has properties of its own below.
 *
 * @param namespace First part of every key, after the environment. Letters, digits, dots,
 * dashes and underscores. By default the value of "spring.application.name".
 * @param environment Part that is put in front of the namespace of every key, such as
 * "staging", where several environments share one Redis. By default there is none.
 * @param connections Named Redis connections, besides the connection "default", which
 * "spring.data.redis" describes.
 * @param embedded Redis for development that is started with the application.
 */
@ConfigurationProperties("rediskit")
record RediskitProperties(@Nullable String namespace, @Nullable String environment,
		@DefaultValue Map<String, ConnectionProperties> connections, @DefaultValue Embedded embedded) {

	/**
	 * Redis for development that is started with the application.
	 *
	 * @param enabled Whether a real Redis is started for development when
	 * "com.github.codemonstur:embedded-redis" is on the classpath and no connection is
	 * configured.
	 */
	record Embedded(@DefaultValue("true") boolean enabled) {

	}

}
