package io.github.rediskit.spring;

import org.springframework.core.Ordered;

/**
 * In which order the annotations of one method take effect, from the outside in:
 * invalidation, cached, transaction. So a transaction has ended when its method's entries
 * are removed, and a hit opens none. Those for caching share an interceptor, which keeps
 * the order among them.
 */
public final class InterceptorOrder {

	/** Transactions are innermost unless the application says otherwise. */
	private static final int TRANSACTION = Ordered.LOWEST_PRECEDENCE;

	/** Order of {@code @CacheInvalidate} and, within it, {@code @Cached}. */
	public static final int CACHE = TRANSACTION - 400;

	private InterceptorOrder() {
	}

}
