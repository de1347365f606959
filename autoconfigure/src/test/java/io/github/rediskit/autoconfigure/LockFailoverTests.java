package io.github.rediskit.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.github.rediskit.lock.DistributedLocks;
import io.github.rediskit.lock.HeldLock;
import io.github.rediskit.lock.LockRequest;
import io.github.rediskit.testing.RedisTestSentinel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The master dies, and what takes its place knows nothing of it.
 */
@Timeout(90)
class LockFailoverTests {

	private static final LockRequest ORDER = LockRequest.of("order", 42).withMaxWait(Duration.ofSeconds(30));

	private final ApplicationContextRunner application = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class, RediskitAutoConfiguration.class,
				RedisConnectionsAutoConfiguration.class, LockAutoConfiguration.class))
		.withPropertyValues("spring.application.name=shop");

	@Test
	void aReplicaThatKnowsNoFenceGivesLargerOnesAndTheHolderLearnsOfItsLoss() {
		try (RedisTestSentinel redis = RedisTestSentinel.start()) {
			this.application
				.withPropertyValues("spring.data.redis.sentinel.nodes=" + String.join(",", redis.addresses()),
						"spring.data.redis.sentinel.master=" + RedisTestSentinel.MASTER, "rediskit.lock.lease=10s")
				.run((context) -> {
					DistributedLocks locks = context.getBean(DistributedLocks.class);
					List<Long> fences = new ArrayList<>();
					for (int i = 0; i < 100; i++) {
						fences.add(fence(locks));
					}
					HeldLock before = locks.acquire(ORDER);
					fences.add(before.fence());
					redis.data().replica().commands().configSet("replica-read-only", "no");
					redis.data().replica().commands().flushall();
					redis.failOver();
					HeldLock after = locks.acquire(ORDER);
					fences.add(after.fence());
					after.close();
					for (int i = 0; i < 100; i++) {
						fences.add(fence(locks));
					}
					assertThat(fences).isSorted().doesNotHaveDuplicates();
					await().atMost(Duration.ofSeconds(30)).until(() -> !before.isHeld());
				});
		}
	}

	private static long fence(DistributedLocks locks) {
		try (HeldLock lock = locks.acquire(ORDER)) {
			return lock.fence();
		}
	}

}
