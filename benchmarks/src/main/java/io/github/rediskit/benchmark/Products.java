package io.github.rediskit.benchmark;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.rediskit.cache.Cached;

import org.springframework.cache.annotation.Cacheable;

/**
 * Products behind caches of several makes, each with its own method and its own entries.
 */
class Products {

	static final String REDISKIT = "rediskit-products";

	private final AtomicInteger loads = new AtomicInteger();

	private volatile Duration loadTime = Duration.ZERO;

	@Cached(value = REDISKIT, key = "#id")
	Product cached(long id) {
		return load(id);
	}

	@Cacheable(cacheNames = "spring-products", key = "#id")
	Product cacheable(long id) {
		return load(id);
	}

	@Cacheable(cacheNames = "spring-products-sync", key = "#id", sync = true)
	Product cacheableInSync(long id) {
		return load(id);
	}

	@Cacheable(cacheNames = "spring-products-locked", key = "#id", sync = true,
			cacheManager = BenchmarkApplication.LOCKING)
	Product cacheableWithLock(long id) {
		return load(id);
	}

	Product load(long id) {
		this.loads.incrementAndGet();
		try {
			Thread.sleep(this.loadTime.toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return Product.of(id);
	}

	/** Makes loads take longer. */
	void slowDown(Duration loadTime) {
		this.loadTime = loadTime;
	}

	/** How often a product was loaded, instead of being read from a cache. */
	int loads() {
		return this.loads.get();
	}

}
