package io.github.rediskit.autoconfigure;

import java.util.List;

import io.github.rediskit.spring.ListenerDefinition;
import io.github.rediskit.spring.ListenerMethods;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.ClassUtils;

/**
 * Finds beans with listening methods that nobody makes at the start: those that are no
 * singletons can't listen, and those that are lazy do so later.
 */
final class ListenerBeanScopes implements SmartInitializingSingleton {

	private static final Log logger = LogFactory.getLog(ListenerBeanScopes.class);

	private static final String TARGET_PREFIX = "scopedTarget.";

	private final ConfigurableListableBeanFactory beans;

	private final ListenerMethods methods;

	ListenerBeanScopes(ConfigurableListableBeanFactory beans, ListenerMethods methods) {
		this.beans = beans;
		this.methods = methods;
	}

	@Override
	public void afterSingletonsInstantiated() {
		for (String bean : this.beans.getBeanDefinitionNames()) {
			BeanDefinition definition = this.beans.getMergedBeanDefinition(bean);
			if (!definition.isAbstract() && !(definition.isSingleton() && this.beans.containsSingleton(bean))) {
				check(bean, definition);
			}
		}
	}

	private void check(String bean, BeanDefinition definition) {
		Class<?> type = this.beans.getType(bean, false);
		List<ListenerDefinition> listeners = (type != null) ? this.methods.ofType(ClassUtils.getUserClass(type))
				: List.of();
		if (listeners.isEmpty()) {
			return;
		}
		if (!definition.isSingleton()) {
			throw listeners.get(0)
				.invalid(
						("its bean '%s' has the scope '%s', so there may be many of it, or none. Listen in a singleton, "
								+ "which can ask for such beans")
							.formatted(ScopedProxyUtils.isScopedTarget(bean) ? bean.substring(TARGET_PREFIX.length())
									: bean, definition.getScope()));
		}
		logger.info("The bean '%s' listens from when somebody makes it: it is lazy".formatted(bean));
	}

}
