package io.github.rediskit.spring;

import java.util.function.Supplier;

import io.github.rediskit.cache.RedisCaches;

import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * All that our annotations for caching need of Spring: which methods have them, and what
 * is done about their calls.
 */
public final class CacheAdvisor extends DefaultPointcutAdvisor implements SmartInitializingSingleton {

	private static final long serialVersionUID = 1L;

	private final transient CacheMethods methods;

	private final transient CacheInterceptor interceptor;

	/**
	 * Creates the advisor.
	 * @param methods the methods with the annotations
	 * @param caches the caches, which are not asked for before the beans are made
	 */
	public CacheAdvisor(CacheMethods methods, Supplier<RedisCaches> caches) {
		this.methods = methods;
		this.interceptor = new CacheInterceptor(methods, caches);
		setPointcut(methods);
		setAdvice(this.interceptor);
		setOrder(InterceptorOrder.CACHE);
	}

	/**
	 * The methods with the annotations.
	 * @return those of the beans made so far
	 */
	public CacheMethods methods() {
		return this.methods;
	}

	/**
	 * What can't be cached is found now, and no call has to make a codec.
	 */
	@Override
	public void afterSingletonsInstantiated() {
		this.interceptor.open();
	}

}
