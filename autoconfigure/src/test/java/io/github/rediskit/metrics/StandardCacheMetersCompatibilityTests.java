package io.github.rediskit.metrics;

import io.github.rediskit.autoconfigure.CacheAutoConfiguration;
import io.github.rediskit.autoconfigure.RedisConnectionsAutoConfiguration;
import io.github.rediskit.autoconfigure.RediskitAutoConfiguration;
import io.github.rediskit.cache.Caches;
import io.github.rediskit.cache.ReadThroughCache;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.cache.CacheMeterBinder;
import io.micrometer.core.instrument.binder.cache.CacheMeterBinderCompatibilityKit;
import org.junit.jupiter.api.AfterEach;

import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/**
 * Micrometer's own tests of a cache's meters, on a cache in a real Redis.
 */
@RedisTest
class StandardCacheMetersCompatibilityTests extends CacheMeterBinderCompatibilityKit<MeteredCache> {

	private AnnotationConfigApplicationContext application = new AnnotationConfigApplicationContext();

	@Override
	public MeteredCache createCache() {
		TestPropertyValues.of("spring.application.name=shop", "spring.data.redis.url=" + RedisTestServer.shared().uri())
			.applyTo(this.application);
		this.application.registerBean(CacheMeters.class);
		this.application.register(DataRedisAutoConfiguration.class, RediskitAutoConfiguration.class,
				RedisConnectionsAutoConfiguration.class, CacheAutoConfiguration.class);
		this.application.refresh();
		return meters().of("mycache");
	}

	@Override
	public CacheMeterBinder<MeteredCache> binder() {
		return new StandardCacheMeters(this.cache, Tags.empty());
	}

	/** Nothing but the application keeps it. */
	@Override
	public void dereferenceCache() {
		super.dereferenceCache();
		this.application.close();
		this.application = new AnnotationConfigApplicationContext();
	}

	@AfterEach
	void stop() {
		this.application.close();
	}

	@Override
	public void put(String key, String value) {
		entries().put(key, value);
	}

	@Override
	public String get(String key) {
		return entries().getIfPresent(key).orElse(null);
	}

	private ReadThroughCache<String, String> entries() {
		return this.application.getBean(Caches.class).cache("mycache", String.class);
	}

	private CacheMeters meters() {
		return this.application.getBean(CacheMeters.class);
	}

}
