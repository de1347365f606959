package io.github.rediskit.autoconfigure;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

import io.github.rediskit.key.KeySpace;
import io.github.rediskit.redis.CircuitBreakers;
import io.github.rediskit.redis.ConnectionRole;
import io.github.rediskit.redis.RedisConnectionCustomizer;
import io.github.rediskit.redis.RedisConnections;
import io.github.rediskit.redis.RediskitConnectionFactory;
import io.github.rediskit.script.RedisGatewayListener;
import io.github.rediskit.setting.InvalidSettingException;
import io.lettuce.core.RedisClient;
import io.lettuce.core.resource.ClientResources;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.data.redis.autoconfigure.ClientResourcesBuilderCustomizer;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.data.redis.autoconfigure.DataRedisProperties;
import org.springframework.boot.data.redis.autoconfigure.LettuceClientConfigurationBuilderCustomizer;
import org.springframework.boot.data.redis.autoconfigure.LettuceClientOptionsBuilderCustomizer;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.connection.RedisConfiguration;

/**
 * Named, bounded connections to Redis, next to the one that Spring Boot makes.
 */
@AutoConfiguration(after = { DataRedisAutoConfiguration.class, RediskitAutoConfiguration.class })
@ConditionalOnClass(RedisClient.class)
@ConditionalOnBean(DataRedisConnectionDetails.class)
@Import(ConnectionFactoriesRegistrar.class)
public final class RedisConnectionsAutoConfiguration {

	@Bean
	SharedLettuceResources rediskitLettuceResources(ObjectProvider<ClientResources> application,
			ObjectProvider<ClientResourcesBuilderCustomizer> customizers) {
		return new SharedLettuceResources(application.getIfUnique(), customizers);
	}

	@Bean
	BoundedLettuceClient rediskitLettuceClient(ObjectProvider<LettuceClientOptionsBuilderCustomizer> optionsCustomizers,
			ObjectProvider<LettuceClientConfigurationBuilderCustomizer> clientCustomizers,
			ObjectProvider<RedisConnectionCustomizer> connectionCustomizers) {
		return new BoundedLettuceClient(optionsCustomizers, clientCustomizers, connectionCustomizers);
	}

	@Bean(ConnectionFactoriesRegistrar.FACTORIES_BEAN_NAME)
	ConnectionFactories rediskitConnectionFactories(RediskitProperties properties, DataRedisProperties bootProperties,
			DataRedisConnectionDetails bootDetails, ObjectProvider<RedisConfiguration> bootTopology,
			ObjectProvider<SslBundles> sslBundles, BoundedLettuceClient client, SharedLettuceResources resources,
			Environment environment) {
		return new ConnectionFactories(properties, bootProperties, bootDetails, bootTopology, sslBundles, client,
				resources, environment);
	}

	@Bean
	@ConditionalOnMissingBean
	RedisConnections rediskitConnections(ListableBeanFactory beanFactory, Environment environment) {
		RedisConnections connections = new RedisConnections(
				beanFactory.getBeansOfType(RediskitConnectionFactory.class).values(), roles(environment));
		checkRoles(environment, connections.names());
		return connections;
	}

	@Bean
	OtherServerWarning rediskitOtherServerWarning(ConfigurableListableBeanFactory beanFactory,
			RediskitProperties properties, RedisConnections connections, Environment environment) {
		return new OtherServerWarning(beanFactory, properties, connections, environment);
	}

	@Bean
	LoggingGatewayListener rediskitLoggingGatewayListener() {
		return new LoggingGatewayListener();
	}

	@Bean
	CircuitBreakers rediskitCircuitBreakers(KeySpace keys, ObjectProvider<RedisGatewayListener> listeners) {
		return new CircuitBreakers((connection) -> keys.key("circuit", connection), listeners.orderedStream().toList());
	}

	/** Made for the first feature that asks for its gateway. */
	@Bean
	RoleGateways rediskitGateways(RedisConnections connections, CircuitBreakers circuits) {
		return new RoleGateways(connections, circuits);
	}

	private static Map<ConnectionRole, String> roles(Environment environment) {
		Map<ConnectionRole, String> roles = new EnumMap<>(ConnectionRole.class);
		for (ConnectionRole role : ConnectionRole.values()) {
			roles.put(role, environment.getProperty(role.property(), RedisConnections.DEFAULT));
		}
		return roles;
	}

	private static void checkRoles(Environment environment, Set<String> names) {
		roles(environment).forEach((role, name) -> {
			if (!names.contains(name)) {
				throw new InvalidSettingException(role.property(),
						"names the connection '" + name + "', which does not exist", "There are " + names
								+ "; write one of them, or declare another under rediskit.connections." + name + ".");
			}
		});
	}

}
