package io.github.rediskit.redis;

import io.lettuce.core.ClientOptions;

import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration.LettuceClientConfigurationBuilder;

/**
 * Has the last word on how a named connection is made: after the defaults, the properties
 * and the customizers of Spring Boot. Beans of this type are called once per connection,
 * in their order.
 * <p>
 * This is also the place to listen: to Lettuce's event bus by way of the client's
 * resources, for instance. Options belong on the options builder; a whole
 * {@link ClientOptions} given to the client builder here is replaced.
 */
@FunctionalInterface
public interface RedisConnectionCustomizer {

	/**
	 * Change how the connection is made.
	 * @param connection the name of the connection, such as {@code default}
	 * @param options the client options; of a cluster, a
	 * {@link io.lettuce.core.cluster.ClusterClientOptions.Builder}
	 * @param client the client configuration; of a pooled connection, a
	 * {@link org.springframework.data.redis.connection.lettuce.LettucePoolingClientConfiguration.LettucePoolingClientConfigurationBuilder}
	 */
	void customize(String connection, ClientOptions.Builder options, LettuceClientConfigurationBuilder client);

}
