package io.github.rediskit.spring;

import io.github.rediskit.cache.LeasedCache;
import io.github.rediskit.cache.Loaded;
import io.github.rediskit.key.KeyId;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.ProxyMethodInvocation;

/**
 * One call that a cache answers. The method may be called later than that, in another
 * thread, more than once or not at all.
 *
 * @param method what the annotation says
 * @param call the call, as expressions see it
 * @param cache the cache
 * @param id the key
 * @param invocation the call, as the proxy sees it; left untouched
 */
record CachedCall(CachedMethod method, Call call, LeasedCache<Object, Object> cache, KeyId id,
		MethodInvocation invocation) {

	/** Calls the method; each time by a copy, since an invocation can go on only once. */
	@Nullable Object proceed() throws Throwable {
		return ((this.invocation instanceof ProxyMethodInvocation own) ? own.invocableClone() : this.invocation)
			.proceed();
	}

	/** Calls the method, which returns something that yields a value later. */
	Object proceedLater() throws Throwable {
		Object returned = proceed();
		if (returned == null) {
			throw new NullPointerException("%s returned null instead of a %s".formatted(this.method.method(),
					this.method.method().getReturnType().getSimpleName()));
		}
		return returned;
	}

	Loaded<Object> loaded(@Nullable Object value) {
		return this.method.loaded(this.call, value);
	}

	@Nullable Object returned(@Nullable Object value) {
		return this.method.returned(value);
	}

}
