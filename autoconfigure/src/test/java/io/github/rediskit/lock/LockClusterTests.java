package io.github.rediskit.lock;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import io.github.rediskit.testing.RedisTestCluster;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Locks of many slots.
 */
@Timeout(60)
class LockClusterTests {

	private final List<HeldLock> held = new ArrayList<>();

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

	@Test
	void locksOfOneSlotAreAcquiredInOneStepAndOthersInOrder() {
		try (RedisTestCluster cluster = RedisTestCluster.start();
				LockInstance one = LockInstance.of(cluster);
				LockInstance two = LockInstance.of(cluster)) {
			List<LockRequest> together = List.of(LockRequest.of("order", 42), LockRequest.of("stock", 42),
					LockRequest.permit("printer", 42, 1), LockRequest.write("catalog", 42));
			List<LockRequest> scattered = IntStream.range(0, 4).mapToObj((i) -> LockRequest.of("order", i)).toList();
			assertThat(scripts(cluster, () -> one.locks.acquireAll(together))).isEqualTo(1);
			assertThat(scripts(cluster, () -> one.locks.acquireAll(scattered))).isEqualTo(4);
			List<CompletableFuture<HeldLock>> waiting = List.of(two.async.acquireAll(together).toCompletableFuture(),
					two.async.acquireAll(scattered).toCompletableFuture());
			await().until(() -> two.async.isWaiting(together.get(0)) && two.async.isWaiting(scattered.get(0)));
			this.held.forEach(HeldLock::close);
			waiting.forEach((all) -> assertThat(all.join().isHeld()).isTrue());
			waiting.forEach((all) -> all.join().close());
			await().untilAsserted(() -> assertThat(cluster.nodes())
				.allMatch((node) -> node.commands().keys("shop:lock:*").isEmpty()));
		}
	}

	/** How many scripts a cluster ran for it. */
	private long scripts(RedisTestCluster cluster, Supplier<HeldLock> acquire) {
		acquire.get().close(); // the scripts are known
		cluster.nodes().forEach(RedisTestServer::resetStats);
		this.held.add(acquire.get());
		return cluster.nodes().stream().mapToLong((node) -> node.commandStats().getOrDefault("evalsha", 0L)).sum();
	}

}
