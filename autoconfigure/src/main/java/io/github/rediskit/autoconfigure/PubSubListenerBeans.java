package io.github.rediskit.autoconfigure;

import io.github.rediskit.pubsub.ListenerAnnotationProcessor;
import io.github.rediskit.pubsub.RediskitListenerContainer;

import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.data.redis.config.RedisListenerBootstrapConfiguration;
import org.springframework.data.redis.config.RedisListenerConfigUtils;

/**
 * Puts our beans in the place of those that Spring Boot and Spring Data make for
 * {@code @RedisListener}, whoever asked for these. A container of the application stays,
 * whatever its name; so does a processor of its own.
 */
final class PubSubListenerBeans implements BeanDefinitionRegistryPostProcessor {

	static final String CONTAINERS_BEAN_NAME = "rediskitListenerContainers";

	private static final String BOOT = "org.springframework.boot.data.redis.autoconfigure.DataRedisAnnotationDrivenConfiguration";

	@Override
	public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
		replaceProcessor(registry);
		replaceContainer(registry);
		for (String bean : registry.getBeanDefinitionNames()) {
			if (bean.startsWith(ConnectionFactoriesRegistrar.BEAN_NAME_PREFIX)) {
				addContainer(registry, bean.substring(ConnectionFactoriesRegistrar.BEAN_NAME_PREFIX.length()));
			}
		}
	}

	private static void replaceProcessor(BeanDefinitionRegistry registry) {
		String name = RedisListenerConfigUtils.REDIS_LISTENER_ANNOTATION_PROCESSOR_BEAN_NAME;
		if (isDeclaredBy(RedisListenerBootstrapConfiguration.class.getName(), name, registry)) {
			RootBeanDefinition processor = new RootBeanDefinition(ListenerAnnotationProcessor.class);
			processor.setRole(BeanDefinition.ROLE_INFRASTRUCTURE);
			registry.removeBeanDefinition(name);
			registry.registerBeanDefinition(name, processor);
		}
	}

	private static void replaceContainer(BeanDefinitionRegistry registry) {
		String name = RedisListenerConfigUtils.REDIS_MESSAGE_LISTENER_BEAN_NAME;
		if (isDeclaredBy(BOOT, name, registry)) {
			registry.removeBeanDefinition(name);
		}
		if (!registry.containsBeanDefinition(name)) {
			registry.registerBeanDefinition(name, container("createDefault"));
		}
	}

	private static void addContainer(BeanDefinitionRegistry registry, String connection) {
		String name = ListenerAnnotationProcessor.CONTAINER_PREFIX + connection;
		if (!registry.containsBeanDefinition(name)) {
			RootBeanDefinition container = container("create");
			container.getConstructorArgumentValues().addIndexedArgumentValue(0, connection);
			container.setDefaultCandidate(false);
			container.addQualifier(new AutowireCandidateQualifier(Qualifier.class, connection));
			registry.registerBeanDefinition(name, container);
		}
	}

	private static RootBeanDefinition container(String factoryMethod) {
		RootBeanDefinition container = new RootBeanDefinition(RediskitListenerContainer.class);
		container.setFactoryBeanName(CONTAINERS_BEAN_NAME);
		container.setFactoryMethodName(factoryMethod);
		return container;
	}

	private static boolean isDeclaredBy(String configuration, String bean, BeanDefinitionRegistry registry) {
		return registry.containsBeanDefinition(bean)
				&& registry.getBeanDefinition(bean) instanceof AnnotatedBeanDefinition definition
				&& definition.getFactoryMethodMetadata() != null
				&& definition.getFactoryMethodMetadata().getDeclaringClassName().equals(configuration);
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		// everything is done
	}

}
