package io.github.rediskit.spring;

import java.util.List;
import java.util.function.Supplier;

import io.github.rediskit.cache.CacheInvalidate;
import io.github.rediskit.cache.RedisCaches;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Removes entries when methods with {@link CacheInvalidate} have returned.
 */
public final class CacheInvalidateInterceptor implements MethodInterceptor, SmartInitializingSingleton {

	private final CacheInvalidateMethods methods;

	private final Supplier<RedisCaches> caches;

	/**
	 * Creates the interceptor.
	 * @param methods the methods with the annotation
	 * @param caches the caches, which are not asked for before the first call
	 */
	public CacheInvalidateInterceptor(CacheInvalidateMethods methods, Supplier<RedisCaches> caches) {
		this.methods = methods;
		this.caches = caches;
	}

	/** A name that can't be one of a cache is found now. */
	@Override
	public void afterSingletonsInstantiated() {
		for (List<CacheInvalidation> invalidations : this.methods.all()) {
			invalidations.forEach(this::requireName);
		}
	}

	private void requireName(CacheInvalidation invalidation) {
		try {
			this.caches.get().requireName(invalidation.cache());
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidAnnotationException(CacheInvalidate.class, invalidation.method(),
					String.valueOf(ex.getMessage()), ex);
		}
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		Object target = invocation.getThis();
		List<CacheInvalidation> invalidations = this.methods.of(invocation.getMethod(), target);
		Call call = new Call(target, invocation.getMethod(), invocation.getArguments());
		carryOut(invalidations, true, call, null);
		Object result = invocation.proceed();
		carryOut(invalidations, false, call, result);
		return result;
	}

	private void carryOut(List<CacheInvalidation> invalidations, boolean before, Call call, @Nullable Object result) {
		for (CacheInvalidation invalidation : invalidations) {
			if (invalidation.before() == before) {
				invalidation.carryOut(this.caches.get(), call, result);
			}
		}
	}

}
