package io.github.rediskit.benchmark;

import java.time.Duration;
import java.util.stream.Stream;

import io.github.rediskit.redis.RedisConnections;
import io.lettuce.core.resource.DefaultEventLoopGroupProvider;
import io.lettuce.core.resource.EventLoopGroupProvider;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.data.redis.autoconfigure.ClientResourcesBuilderCustomizer;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails.Standalone;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.data.redis.cache.RedisCacheConfiguration;
import org.springframework.data.redis.cache.RedisCacheManager;
import org.springframework.data.redis.cache.RedisCacheWriter;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.serializer.JacksonJsonRedisSerializer;
import org.springframework.data.redis.serializer.RedisSerializationContext.SerializationPair;

/**
 * An ordinary application with the starter, and beside it Spring's own cache as its
 * documentation sets it up: on the same connection settings, with typed JSON.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableCaching
class BenchmarkApplication {

	static final String LOCKING = "lockingCacheManager";

	/**
	 * Starts the application. Where nothing says which Redis to use, it starts its own.
	 * @param settings of the benchmark
	 * @param properties of this application, such as {@code --name=value}
	 * @return the running application
	 */
	static ConfigurableApplicationContext start(Settings settings, String... properties) {
		String[] arguments = Stream.of(settings.arguments(), properties).flatMap(Stream::of).toArray(String[]::new);
		return new SpringApplicationBuilder(BenchmarkApplication.class).run(arguments);
	}

	/**
	 * Which Redis an application uses, for another one to use the same.
	 * @param application the application
	 * @return properties for the other one
	 */
	static String[] redisOf(ConfigurableApplicationContext application) {
		Standalone redis = application.getBean(DataRedisConnectionDetails.class).getStandalone();
		if (redis == null) {
			throw new IllegalStateException("The benchmarks need a standalone Redis");
		}
		return new String[] { "--spring.data.redis.host=" + redis.getHost(),
				"--spring.data.redis.port=" + redis.getPort() };
	}

	/**
	 * One I/O thread for the connections of all contenders. Each of them has one
	 * connection, so none needs more; but with two, who shares a core with whom decides
	 * more than what is to be measured.
	 */
	@Bean
	static ClientResourcesBuilderCustomizer oneThread() {
		EventLoopGroupProvider provider = new DefaultEventLoopGroupProvider(1);
		return (resources) -> resources.eventLoopGroupProvider(provider);
	}

	@Bean
	Products products() {
		return new Products();
	}

	@Bean
	@Primary
	RedisCacheManager cacheManager(RedisConnections connections, JsonMapper mapper) {
		RedisConnectionFactory factory = connections.named(RedisConnections.DEFAULT);
		return cacheManager(RedisCacheWriter.nonLockingRedisCacheWriter(factory), mapper);
	}

	@Bean(LOCKING)
	RedisCacheManager lockingCacheManager(RedisConnections connections, JsonMapper mapper) {
		RedisConnectionFactory factory = connections.named(RedisConnections.DEFAULT);
		return cacheManager(RedisCacheWriter.lockingRedisCacheWriter(factory), mapper);
	}

	private static RedisCacheManager cacheManager(RedisCacheWriter writer, JsonMapper mapper) {
		SerializationPair<Product> json = SerializationPair
			.fromSerializer(new JacksonJsonRedisSerializer<>(mapper, Product.class));
		return RedisCacheManager.builder(writer)
			.cacheDefaults(RedisCacheConfiguration.defaultCacheConfig()
				.entryTtl(Duration.ofDays(1))
				.disableCachingNullValues()
				.serializeValuesWith(json))
			.build();
	}

}
