package io.github.rediskit.sample;

import io.github.rediskit.sample.TestShopApplication.RedisInDocker;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.junit.jupiter.Testcontainers;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The shop as {@link TestShopApplication} starts it: with a Redis in Docker.
 */
@Testcontainers(disabledWithoutDocker = true)
@Import(RedisInDocker.class)
class ShopOnTestcontainersTests extends ShopContract {

	@Test
	void entriesAreInTheContainer(@Autowired GenericContainer<?> redis) throws Exception {
		firstCallIsAnsweredByTheDatabaseAndTheSecondByTheCache();
		ExecResult keys = redis.execInContainer("redis-cli", "--scan", "--pattern", "shop:cache:products:*");
		assertThat(keys.getStdout()).contains("{42}");
	}

}
