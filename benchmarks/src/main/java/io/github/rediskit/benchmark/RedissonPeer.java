package io.github.rediskit.benchmark;

import java.time.Duration;
import java.util.Objects;
import java.util.stream.IntStream;

import io.lettuce.core.resource.EpollProvider;
import org.redisson.Redisson;
import org.redisson.api.RRateLimiter;
import org.redisson.api.RateType;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;
import org.redisson.config.TransportMode;

import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails.Standalone;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Redisson's rate limiters, with its own connections, of which it takes as many as it
 * likes, and one I/O thread, as all contenders have. It lists each permit of a period, so
 * its endless limit is one of a short period.
 */
final class RedissonPeer implements AutoCloseable {

	private final RedissonClient client;

	private final RRateLimiter[] limiters;

	private RedissonPeer(ConfigurableApplicationContext application, String name, long rate, Duration interval) {
		this.client = client(application);
		this.limiters = IntStream.range(0, RateLimitByHand.KEYS).mapToObj((id) -> {
			RRateLimiter limiter = this.client.getRateLimiter("redisson:" + name + ":" + id);
			limiter.trySetRate(RateType.OVERALL, rate, interval);
			return limiter;
		}).toArray(RRateLimiter[]::new);
	}

	/** To be shut down by whoever asked for it. */
	static RedissonClient client(ConfigurableApplicationContext application) {
		Standalone redis = Objects
			.requireNonNull(application.getBean(DataRedisConnectionDetails.class).getStandalone());
		Config config = new Config().setNettyThreads(1)
			.setTransportMode(EpollProvider.isAvailable() ? TransportMode.EPOLL : TransportMode.NIO);
		config.useSingleServer().setAddress("redis://" + redis.getHost() + ":" + redis.getPort());
		return Redisson.create(config);
	}

	static RedissonPeer ofEndless(ConfigurableApplicationContext application) {
		return new RedissonPeer(application, "allowed", 1_000_000, Duration.ofSeconds(1));
	}

	static RedissonPeer ofTenAMinute(ConfigurableApplicationContext application) {
		return new RedissonPeer(application, "refused", 10, Duration.ofMinutes(1));
	}

	boolean allows(int id) {
		return this.limiters[id].tryAcquire();
	}

	@Override
	public void close() {
		this.client.shutdown();
	}

}
