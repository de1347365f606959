package io.github.rediskit.autoconfigure;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import io.github.rediskit.redis.RedisConnections;
import io.github.rediskit.redis.RediskitConnectionFactory;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;

/**
 * Registers one {@link RediskitConnectionFactory} per connection. It is injected by its
 * qualifier only: to everybody who asks for a Redis connection factory, the application's
 * own stays the single one.
 */
final class ConnectionFactoriesRegistrar implements ImportBeanDefinitionRegistrar {

	static final String BEAN_NAME_PREFIX = "rediskitConnectionFactory.";

	static final String FACTORIES_BEAN_NAME = "rediskitConnectionFactories";

	private final Environment environment;

	ConnectionFactoriesRegistrar(Environment environment) {
		this.environment = environment;
	}

	@Override
	public void registerBeanDefinitions(AnnotationMetadata importingClass, BeanDefinitionRegistry registry) {
		for (String name : names()) {
			RootBeanDefinition definition = new RootBeanDefinition(RediskitConnectionFactory.class);
			definition.setFactoryBeanName(FACTORIES_BEAN_NAME);
			definition.setFactoryMethodName("create");
			definition.getConstructorArgumentValues().addIndexedArgumentValue(0, name);
			definition.setDefaultCandidate(false);
			definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, name));
			registry.registerBeanDefinition(BEAN_NAME_PREFIX + name, definition);
		}
	}

	private Set<String> names() {
		Set<String> names = new TreeSet<>(Binder.get(this.environment)
			.bind("rediskit.connections", Bindable.mapOf(String.class, Object.class))
			.orElseGet(Map::of)
			.keySet());
		names.add(RedisConnections.DEFAULT);
		return names;
	}

}
