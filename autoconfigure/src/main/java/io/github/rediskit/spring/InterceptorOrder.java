package io.github.rediskit.spring;

import org.springframework.core.Ordered;

/**
 * In which order the annotations of one method take effect, from the outside in:
 * invalidation, cached, rate limited, locked, transaction. So a transaction has ended
 * when its method's entries are removed and its lock is released, a hit costs no limit,
 * whoever is refused waits for no lock, and neither opens a transaction. Those for
 * caching share an interceptor, which keeps the order among them.
 */
public final class InterceptorOrder {

	/** Transactions are innermost unless the application says otherwise. */
	private static final int TRANSACTION = Ordered.LOWEST_PRECEDENCE;

	/** Order of {@code @CacheInvalidate} and, within it, {@code @Cached}. */
	public static final int CACHE = TRANSACTION - 400;

	/** Order of {@code @RateLimited}. */
	public static final int RATE_LIMIT = TRANSACTION - 300;

	/** Order of {@code @DistributedLock}. */
	public static final int LOCK = TRANSACTION - 200;

	private InterceptorOrder() {
	}

}
