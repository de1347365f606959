package io.github.rediskit.autoconfigure;

import java.util.Map;

import org.junit.jupiter.api.Test;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

class LettucePoolOffByDefaultTests {

	private static final String ENABLED = "spring.data.redis.lettuce.pool.enabled";

	private final MockEnvironment environment = new MockEnvironment();

	@Test
	void bootsPoolIsOffWhenNothingWasSaid() {
		process();
		assertThat(this.environment.getProperty(ENABLED)).isEqualTo("false");
	}

	@Test
	void bootsPoolIsLeftAloneWhenAnyOfItsPropertiesIsSet() {
		this.environment.setProperty("spring.data.redis.lettuce.pool.max-active", "4");
		process();
		assertThat(this.environment.getProperty(ENABLED)).isNull();
	}

	@Test
	void bootsPoolIsLeftAloneWhenAnEnvironmentVariableConfiguresIt() {
		this.environment.getPropertySources()
			.addFirst(new SystemEnvironmentPropertySource("systemEnvironment",
					Map.of("SPRING_DATA_REDIS_LETTUCE_POOL_MAXACTIVE", "4")));
		process();
		assertThat(this.environment.getProperty(ENABLED)).isNull();
	}

	@Test
	void springBootFindsIt() {
		assertThat(SpringFactoriesLoader.forDefaultResourceLocation()
			.load(EnvironmentPostProcessor.class,
					SpringFactoriesLoader.FailureHandler.handleMessage((message, failure) -> {
					})))
			.hasAtLeastOneElementOfType(LettucePoolOffByDefault.class);
	}

	private void process() {
		new LettucePoolOffByDefault().postProcessEnvironment(this.environment, new SpringApplication());
	}

}
