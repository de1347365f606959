package io.github.rediskit.spring;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import io.github.rediskit.cache.Cached;
import io.github.rediskit.cache.LeasedCache;
import io.github.rediskit.cache.RedisCaches;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Answers calls of {@link Cached} methods from their caches.
 */
public final class CachedInterceptor implements MethodInterceptor, SmartInitializingSingleton {

	private final CachedMethods methods;

	private final Supplier<RedisCaches> caches;

	/**
	 * Creates the interceptor.
	 * @param methods the methods with the annotation
	 * @param caches the caches, which are not asked for before the beans are made
	 */
	public CachedInterceptor(CachedMethods methods, Supplier<RedisCaches> caches) {
		this.methods = methods;
		this.caches = caches;
	}

	/**
	 * A return type that can't be cached is found now, and no call has to make a codec.
	 */
	@Override
	public void afterSingletonsInstantiated() {
		this.methods.all().forEach(this::cacheOf);
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		Object target = invocation.getThis();
		CachedMethod cached = this.methods.of(invocation.getMethod(), target);
		Call call = new Call(target, invocation.getMethod(), invocation.getArguments());
		if (!cached.appliesTo(call)) {
			return invocation.proceed();
		}
		return cached.returned(cacheOf(cached).get(cached.id(call),
				() -> CompletableFuture.completedStage(cached.loaded(call, invocation.proceed()))));
	}

	private LeasedCache<Object, Object> cacheOf(CachedMethod cached) {
		LeasedCache<Object, Object> known = cached.opened().get();
		if (known == null) {
			known = open(cached);
			cached.opened().set(known);
		}
		return known;
	}

	private LeasedCache<Object, Object> open(CachedMethod cached) {
		try {
			return this.caches.get().cache(cached.cache(), cached.valueType());
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidAnnotationException(Cached.class, cached.method(), String.valueOf(ex.getMessage()), ex);
		}
	}

}
