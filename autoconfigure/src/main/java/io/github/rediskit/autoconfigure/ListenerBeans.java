package io.github.rediskit.autoconfigure;

import java.util.function.Supplier;

import io.github.rediskit.spring.ListenerMethods;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;

/**
 * Finds the methods of beans that listen to streams and queues, after all proxies have
 * been made.
 */
final class ListenerBeans implements BeanPostProcessor, Ordered {

	private final ListenerMethods methods;

	private final Supplier<ManagedListeners> listeners;

	ListenerBeans(ListenerMethods methods, Supplier<ManagedListeners> listeners) {
		this.methods = methods;
		this.listeners = listeners;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (!(bean instanceof AopInfrastructureBean)) {
			this.methods.of(bean).forEach((definition) -> this.listeners.get().add(definition, bean));
		}
		return bean;
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}
