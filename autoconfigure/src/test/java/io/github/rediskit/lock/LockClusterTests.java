package io.github.rediskit.lock;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import io.github.rediskit.testing.RedisTestCluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Locks of many slots.
 */
@Timeout(60)
class LockClusterTests {

	@Test
	void locksLieAllOverAClusterAndWakeThoseWhoWait() {
		try (RedisTestCluster cluster = RedisTestCluster.start();
				LockInstance one = LockInstance.of(cluster);
				LockInstance two = LockInstance.of(cluster)) {
			List<LockRequest> requests = IntStream.range(0, 12)
				.mapToObj((i) -> (i % 3 == 0) ? LockRequest.permit("printer", i, 1)
						: (i % 3 == 1) ? LockRequest.write("catalog", i) : LockRequest.of("order", i))
				.toList();
			HeldLock all = one.locks.acquireAll(requests);
			assertThat(all.parts()).hasSameSizeAs(requests);
			List<CompletableFuture<HeldLock>> waiting = requests.stream()
				.map((request) -> two.async.acquire(request).toCompletableFuture())
				.toList();
			await().until(() -> requests.stream().allMatch(two.async::isWaiting));
			long start = System.nanoTime();
			all.close();
			waiting.forEach(CompletableFuture::join);
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
			waiting.forEach((lock) -> lock.join().close());
			assertThat(one.async.isIdle()).isTrue();
			assertThat(two.async.isIdle()).isTrue();
			await().untilAsserted(() -> assertThat(cluster.nodes())
				.allMatch((node) -> node.commands().keys("shop:lock:*").isEmpty()));
		}
	}

}
