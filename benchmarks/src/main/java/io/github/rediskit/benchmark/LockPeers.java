package io.github.rediskit.benchmark;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.Lock;

import io.github.rediskit.redis.RedisConnections;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.SimpleLock;
import net.javacrumbs.shedlock.provider.redis.spring.RedisLockProvider;
import org.redisson.api.RedissonClient;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.integration.redis.util.RedisLockRegistry;
import org.springframework.integration.redis.util.RedisLockRegistry.RedisLockType;

/**
 * The locks of other libraries in one instance of an application, as their documentation
 * sets them up: leases of 30 s, Redisson's renewed.
 */
final class LockPeers implements AutoCloseable {

	private static final Duration LEASE = Duration.ofSeconds(30);

	private final RedissonClient redisson;

	private final RedisLockRegistry spinning;

	private final RedisLockRegistry listening;

	private final RedisLockProvider shedLock;

	LockPeers(ConfigurableApplicationContext application) {
		RedisConnectionFactory connections = application.getBean(RedisConnections.class)
			.named(RedisConnections.DEFAULT);
		this.redisson = RedissonPeer.client(application);
		this.spinning = new RedisLockRegistry(connections, "spinning", LEASE);
		this.listening = new RedisLockRegistry(connections, "listening", LEASE);
		this.listening.setRedisLockType(RedisLockType.PUB_SUB_LOCK);
		this.shedLock = new RedisLockProvider(connections, "benchmark");
	}

	/** A lock of Redisson. */
	Lock redisson(Object key) {
		return this.redisson.getLock("redisson:lock:" + key);
	}

	/** A lock of Spring Integration, of the type it has if nobody says another. */
	Lock spinning(Object key) {
		return this.spinning.obtain("lock:" + key);
	}

	/** A lock of Spring Integration that waits for a message. */
	Lock listening(Object key) {
		return this.listening.obtain("lock:" + key);
	}

	boolean shedLocksAndUnlocks(int key) {
		Optional<SimpleLock> lock = this.shedLock
			.lock(new LockConfiguration(Instant.now(), "lock:" + key, LEASE, Duration.ZERO));
		lock.ifPresent(SimpleLock::unlock);
		return lock.isPresent();
	}

	@Override
	public void close() {
		this.redisson.shutdown();
		this.spinning.destroy();
		this.listening.destroy();
	}

}
