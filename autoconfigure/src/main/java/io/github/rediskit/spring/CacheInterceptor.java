package io.github.rediskit.spring;

import java.util.function.Supplier;

import io.github.rediskit.cache.CacheInvalidate;
import io.github.rediskit.cache.Cached;
import io.github.rediskit.cache.LeasedCache;
import io.github.rediskit.cache.RedisCaches;
import io.github.rediskit.spring.ChangingCall.Next;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/**
 * Carries out what our annotations on a method say, from the outside in: it removes
 * entries around what it answers from a cache around the method.
 */
final class CacheInterceptor implements MethodInterceptor {

	private final CacheMethods methods;

	private final Supplier<RedisCaches> caches;

	CacheInterceptor(CacheMethods methods, Supplier<RedisCaches> caches) {
		this.methods = methods;
		this.caches = caches;
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		Object target = invocation.getThis();
		CacheMethod method = this.methods.of(invocation.getMethod(), target);
		Call call = new Call(target, invocation.getMethod(), invocation.getArguments());
		Next next = next(method.cached(), call, invocation);
		InvalidatingMethod invalidating = method.invalidating();
		return (invalidating == null) ? next.proceed()
				: invalidating.delivery().surround(new ChangingCall(invalidating, call, this.caches.get(), next));
	}

	private Next next(@Nullable CachedMethod cached, Call call, MethodInvocation invocation) {
		return (cached == null) ? Next.of(invocation)
				: () -> cached.appliesTo(call)
						? cached.delivery()
							.answer(new CachedCall(cached, call, cacheOf(cached), cached.id(call), invocation))
						: invocation.proceed();
	}

	/** A name that can't be one of a cache, or a type that can't be cached, is found. */
	void open() {
		this.methods.cached().forEach(this::cacheOf);
		for (CacheMethod method : this.methods.all()) {
			if (method.invalidating() != null) {
				method.invalidating().invalidations().forEach(this::requireName);
			}
		}
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

	private void requireName(CacheInvalidation invalidation) {
		try {
			this.caches.get().requireName(invalidation.cache());
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidAnnotationException(CacheInvalidate.class, invalidation.method(),
					String.valueOf(ex.getMessage()), ex);
		}
	}

}
