package io.github.rediskit.pubsub;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

import io.github.rediskit.spring.InvalidAnnotationException;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.beans.factory.config.EmbeddedValueResolver;
import org.springframework.data.redis.annotation.RedisListener;
import org.springframework.data.redis.annotation.RedisListenerAnnotationBeanPostProcessor;
import org.springframework.data.redis.config.MethodRedisListenerEndpoint;
import org.springframework.data.redis.listener.RedisMessageListenerContainer;
import org.springframework.util.StringUtils;
import org.springframework.util.StringValueResolver;

/**
 * Spring Data's processor of {@code @RedisListener}, which finds out at the start what
 * could not work, gives each listener an id that stays the same, and lets a container be
 * named by its connection.
 */
public class ListenerAnnotationProcessor extends RedisListenerAnnotationBeanPostProcessor {

	/** What comes before a connection's name in the name of its container. */
	public static final String CONTAINER_PREFIX = "rediskitListenerContainer.";

	private final Map<String, Method> ids = new HashMap<>();

	private @Nullable BeanFactory beans;

	private @Nullable StringValueResolver values;

	@Override
	public void setBeanFactory(BeanFactory beanFactory) {
		super.setBeanFactory(beanFactory);
		this.beans = beanFactory;
		if (beanFactory instanceof ConfigurableBeanFactory configurable) {
			this.values = new EmbeddedValueResolver(configurable);
		}
	}

	@Override
	protected void processRedisListener(RedisListener listener, Method method, Object bean) {
		if (!StringUtils.hasText(resolved(listener.topic()))) {
			throw invalid(method, "it has no topic: write a channel, or a pattern such as 'orders.*'", null);
		}
		ListenerSignature.check(method, Objects.requireNonNull(this.beans));
		super.processRedisListener(listener, invocable(method, bean), bean);
	}

	/** The method that is called on the bean, which may be a proxy. */
	private static Method invocable(Method method, Object bean) {
		if (Modifier.isFinal(method.getModifiers()) && AopUtils.isCglibProxy(bean)) {
			throw invalid(method, "its bean has a proxy, which a final method does not get past: it would be called "
					+ "on the proxy, without the bean's fields. Declare it without final", null);
		}
		try {
			return AopUtils.selectInvocableMethod(method, bean.getClass());
		}
		catch (IllegalStateException ex) {
			throw invalid(method, "the proxy of its bean does not have the method: make it public, "
					+ "or declare it in an interface if the proxy has only these", ex);
		}
	}

	@Override
	protected RedisMessageListenerContainer getRedisMessageListenerContainer(RedisListener listener, Method method) {
		BeanFactory beans = Objects.requireNonNull(this.beans);
		String name = resolved(listener.container());
		if (!StringUtils.hasText(name) || beans.containsBean(name)) {
			return super.getRedisMessageListenerContainer(listener, method);
		}
		if (!beans.containsBean(CONTAINER_PREFIX + name)) {
			throw invalid(method,
					"there is no container '%s': write the name of a connection, or that of a bean of type %s"
						.formatted(name, RedisMessageListenerContainer.class.getSimpleName()),
					null);
		}
		return beans.getBean(CONTAINER_PREFIX + name, RedisMessageListenerContainer.class);
	}

	@Override
	public MethodRedisListenerEndpoint createEndpoint(RedisListener listener, Method method, Object bean) {
		MethodListenerEndpoint endpoint = new MethodListenerEndpoint(bean, method);
		endpoint.setId(id(listener, method));
		endpoint.setTopic(resolved(listener.topic()));
		endpoint.setConsumes(resolved(listener.consumes()));
		return endpoint;
	}

	private synchronized String id(RedisListener listener, Method method) {
		String given = resolved(listener.id());
		if (StringUtils.hasText(given)) {
			Method other = this.ids.putIfAbsent(given, method);
			if (other != null) {
				throw invalid(method,
						"its id '%s' is that of %s.%s, too: give each listener an id of its own, or leave it out"
							.formatted(given, other.getDeclaringClass().getName(), other.getName()),
						null);
			}
			return given;
		}
		String base = method.getDeclaringClass().getSimpleName() + "." + method.getName();
		String id = base;
		for (int i = 2; this.ids.putIfAbsent(id, method) != null; i++) {
			id = base + "#" + i;
		}
		return id;
	}

	/**
	 * The ids of all listeners so far.
	 * @return the ids
	 */
	public synchronized Set<String> listenerIds() {
		return new TreeSet<>(this.ids.keySet());
	}

	private @Nullable String resolved(String value) {
		return (this.values != null) ? this.values.resolveStringValue(value) : value;
	}

	static InvalidAnnotationException invalid(Method method, String problem, @Nullable Throwable cause) {
		return new InvalidAnnotationException(RedisListener.class, method, problem, cause);
	}

}
