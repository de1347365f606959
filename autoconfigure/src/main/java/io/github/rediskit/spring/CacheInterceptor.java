package io.github.rediskit.spring;

import java.util.function.Supplier;

import io.github.rediskit.cache.CacheInvalidate;
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
		ChangingMethod changing = method.changing();
		return (changing == null) ? next.proceed()
				: changing.delivery().surround(new ChangingCall(changing, call, this.caches.get(), next));
	}

	private Next next(@Nullable CachedMethod cached, Call call, MethodInvocation invocation) {
		return (cached == null) ? Next.of(invocation)
				: () -> cached.appliesTo(call)
						? cached.delivery()
							.answer(CachedCall.of(cached, call, cached.stored().open(this.caches), invocation))
						: invocation.proceed();
	}

	/** A name that can't be one of a cache, or a type that can't be cached, is found. */
	void open() {
		this.methods.storing().forEach((stored) -> stored.open(this.caches));
		for (CacheMethod method : this.methods.all()) {
			if (method.changing() != null) {
				method.changing().changes().forEach((change) -> requireName(change, method.changing()));
			}
		}
	}

	private void requireName(CacheChange change, ChangingMethod method) {
		try {
			this.caches.get().requireName(change.cache());
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidAnnotationException(CacheInvalidate.class, method.method(),
					String.valueOf(ex.getMessage()), ex);
		}
	}

}
