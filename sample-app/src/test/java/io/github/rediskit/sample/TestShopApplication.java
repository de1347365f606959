package io.github.rediskit.sample;

import org.testcontainers.containers.GenericContainer;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.context.annotation.Bean;

/**
 * Starts the shop with a Redis in Docker instead of the development one.
 */
public class TestShopApplication {

	public static void main(String[] args) {
		SpringApplication.from(ShopApplication::main).with(RedisInDocker.class).run(args);
	}

	@TestConfiguration(proxyBeanMethods = false)
	static class RedisInDocker {

		@Bean
		@ServiceConnection(name = "redis")
		GenericContainer<?> redis() {
			return new GenericContainer<>("redis:8").withExposedPorts(6379);
		}

	}

}
