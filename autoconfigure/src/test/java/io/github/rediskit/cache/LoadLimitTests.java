package io.github.rediskit.cache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who is let in, and when.
 */
@Timeout(30)
class LoadLimitTests {

	private static final Duration LONG = Duration.ofMinutes(1);

	@Test
	void asManyAsAllowedAreLetInAtOnceAndTheOthersInTheirOrder() {
		LoadLimit limit = new LoadLimit(2, LONG);
		assertThat(limit.enter()).isCompletedWithValue(true);
		assertThat(limit.enter()).isCompletedWithValue(true);
		CompletableFuture<Boolean> third = limit.enter();
		CompletableFuture<Boolean> fourth = limit.enter();
		assertThat(third).isNotDone();
		limit.leave();
		assertThat(third).isCompletedWithValue(true);
		assertThat(fourth).isNotDone();
		limit.leave();
		assertThat(fourth).isCompletedWithValue(true);
	}

	@Test
	void whoLeavesMakesRoomForOneThatComesLater() {
		LoadLimit limit = new LoadLimit(1, LONG);
		limit.enter();
		limit.leave();
		assertThat(limit.enter()).isCompletedWithValue(true);
		assertThat(limit.enter()).isNotDone();
	}

	@Test
	void whoHasWaitedTooLongIsForgotten() {
		LoadLimit limit = new LoadLimit(1, Duration.ofMillis(20));
		limit.enter();
		for (int i = 0; i < 3; i++) {
			assertThat(limit.enter()).succeedsWithin(Duration.ofSeconds(5)).isEqualTo(false);
		}
		assertThat(limit.waiting()).isZero();
		limit.leave();
		assertThat(limit.enter()).isCompletedWithValue(true);
	}

	@Test
	void noneIsNoLimit() {
		LoadLimit limit = new LoadLimit(0, Duration.ZERO);
		for (int i = 0; i < 10_000; i++) {
			assertThat(limit.enter()).isCompletedWithValue(true);
		}
	}

	@Test
	void aRushOfThreadsThatGiveUpAndLeaveLosesNoPlace() throws Exception {
		LoadLimit limit = new LoadLimit(3, Duration.ofMillis(1));
		AtomicInteger inside = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		ExecutorService threads = Executors.newFixedThreadPool(16);
		try {
			CountDownLatch start = new CountDownLatch(1);
			List<Future<?>> running = new ArrayList<>();
			for (int i = 0; i < 16; i++) {
				running.add(threads.submit(() -> {
					start.await();
					for (int round = 0; round < 500; round++) {
						if (limit.enter().get(10, TimeUnit.SECONDS)) {
							most.accumulateAndGet(inside.incrementAndGet(), Math::max);
							Thread.yield();
							inside.decrementAndGet();
							limit.leave();
						}
					}
					return null;
				}));
			}
			start.countDown();
			for (Future<?> each : running) {
				each.get();
			}
		}
		finally {
			threads.shutdownNow();
		}
		assertThat(most.get()).isBetween(1, 3);
		assertThat(limit.waiting()).isZero();
		for (int i = 0; i < 3; i++) {
			assertThat(limit.enter()).isCompletedWithValue(true);
		}
		assertThat(limit.enter()).succeedsWithin(Duration.ofSeconds(5)).isEqualTo(false);
	}

}
