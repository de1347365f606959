package io.github.rediskit.autoconfigure;

import java.util.Map;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Keeps Spring Boot's own connection as it is without this library. Boot pools whenever
 * commons-pool2 is there, with an endless wait; and our starter brings it, for pools with
 * a bound. Whoever configures Boot's pool, with any of its properties, has it.
 */
final class LettucePoolOffByDefault implements EnvironmentPostProcessor, Ordered {

	private static final ConfigurationPropertyName POOL = ConfigurationPropertyName
		.of("spring.data.redis.lettuce.pool");

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			if (source.containsDescendantOf(POOL) == ConfigurationPropertyState.PRESENT) {
				return;
			}
		}
		environment.getPropertySources()
			.addLast(new MapPropertySource("rediskitDefaults", Map.of(POOL + ".enabled", "false")));
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}
