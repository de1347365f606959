package io.github.rediskit.autoconfigure;

import java.util.Map;
import java.util.Set;

import io.github.rediskit.redis.ConnectionRole;
import io.github.rediskit.redis.RedisConnections;
import io.github.rediskit.redis.RediskitConnectionFactory;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Warns where the application makes a connection factory of its own but says nowhere else
 * where Redis is: connections of Rediskit would go to {@code localhost} unnoticed.
 */
final class OtherServerWarning implements SmartInitializingSingleton {

	private static final Log logger = LogFactory.getLog(OtherServerWarning.class);

	private static final Set<String> ENDPOINTS = Set.of("url", "host", "port", "sentinel", "cluster", "masterreplica");

	private final ConfigurableListableBeanFactory beanFactory;

	private final RediskitProperties properties;

	private final RedisConnections connections;

	private final Environment environment;

	OtherServerWarning(ConfigurableListableBeanFactory beanFactory, RediskitProperties properties,
			RedisConnections connections, Environment environment) {
		this.beanFactory = beanFactory;
		this.properties = properties;
		this.connections = connections;
		this.environment = environment;
	}

	@Override
	public void afterSingletonsInstantiated() {
		RediskitConnectionFactory ours = this.connections.forRole(ConnectionRole.CACHE);
		if (!isSaidWhere(ours.connectionName())) {
			for (String name : this.beanFactory.getBeanNamesForType(RedisConnectionFactory.class, true, false)) {
				if (isOfApplication(name) && leadsElsewhere(name, ours)) {
					logger.warn("The bean '" + name + "' makes connections of its own, but Rediskit's go to "
							+ ours.getHostName() + ":" + ours.getPort()
							+ ", because nothing says where Redis is. Set spring.data.redis.url.");
				}
			}
		}
	}

	private boolean isSaidWhere(String connection) {
		return this.properties.connections().getOrDefault(connection, ConnectionProperties.NONE).hasEndpoint()
				|| Binder.get(this.environment)
					.bind("spring.data.redis", Bindable.mapOf(String.class, Object.class))
					.orElseGet(Map::of)
					.keySet()
					.stream()
					.anyMatch(ENDPOINTS::contains)
				|| isOfApplication(DataRedisConnectionDetails.class) || isOfApplication(RedisConfiguration.class);
	}

	private boolean isOfApplication(Class<?> type) {
		for (String name : this.beanFactory.getBeanNamesForType(type, true, false)) {
			if (isOfApplication(name)) {
				return true;
			}
		}
		return false;
	}

	private boolean isOfApplication(String name) {
		if (name.startsWith(ConnectionFactoriesRegistrar.BEAN_NAME_PREFIX)) {
			return false;
		}
		BeanDefinition definition = this.beanFactory.containsBeanDefinition(name)
				? this.beanFactory.getBeanDefinition(name) : null;
		return !(definition instanceof AnnotatedBeanDefinition annotated && annotated.getFactoryMethodMetadata() != null
				&& annotated.getFactoryMethodMetadata()
					.getDeclaringClassName()
					.startsWith("org.springframework.boot."));
	}

	private boolean leadsElsewhere(String name, RediskitConnectionFactory ours) {
		return !(this.beanFactory.getBean(name) instanceof LettuceConnectionFactory theirs
				&& theirs.getPort() == ours.getPort() && ours.getHostName().equals(theirs.getHostName()));
	}

}
