package io.github.rediskit.lock;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;

import io.github.rediskit.script.RedisGateway;
import io.github.rediskit.testing.MeasuresTime;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Many threads of two instances. {@code -Drediskit.test.locks.seconds} makes it last
 * longer, {@code -Drediskit.test.locks.loops} the interruptions more.
 */
@RedisTest
@Timeout(300)
@MeasuresTime
class LockCrowdTests {

	private static final int THREADS = 8;

	private static final Duration TIME = Duration.ofSeconds(Long.getLong("rediskit.test.locks.seconds", 2));

	private static final int LOOPS = Integer.getInteger("rediskit.test.locks.loops", 2_000);

	private static final LockRequest ORDER = LockRequest.of("order", 42).withMaxWait(Duration.ofSeconds(30));

	private final RedisTestServer server = RedisTestServer.shared();

	/** Whoever holds the lock writes here without any other guard. */
	private long unguarded;

	@Test
	void oneAtATimeWithGrowingFencesAndEachInstanceGetsItsShare() throws Exception {
		AtomicInteger inside = new AtomicInteger();
		AtomicInteger overlaps = new AtomicInteger();
		AtomicLong lastFence = new AtomicLong();
		AtomicIntegerArray turns = new AtomicIntegerArray(2);
		crowd(UnaryOperator.identity(), (instance, number) -> {
			try (HeldLock lock = instance.locks.acquire(ORDER)) {
				if (inside.incrementAndGet() != 1 || lastFence.getAndSet(lock.fence()) >= lock.fence()) {
					overlaps.incrementAndGet();
				}
				this.unguarded++;
				turns.incrementAndGet(number);
				inside.decrementAndGet();
			}
		});
		assertThat(overlaps.get()).isZero();
		int all = turns.get(0) + turns.get(1);
		assertThat(this.unguarded).isEqualTo(all);
		assertThat(all).isGreaterThan(500);
		assertThat(turns.get(0)).isBetween(all * 3 / 10, all * 7 / 10);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whoWaitsForAShareIsNotStarvedByAnotherInstance(boolean writes) throws Exception {
		LockRequest request = (writes ? LockRequest.write("order", 42) : LockRequest.permit("order", 42, 1))
			.withMaxWait(Duration.ofSeconds(30));
		AtomicInteger inside = new AtomicInteger();
		AtomicInteger overlaps = new AtomicInteger();
		AtomicIntegerArray turns = new AtomicIntegerArray(2);
		crowd(UnaryOperator.identity(), (instance, number) -> {
			try (HeldLock lock = instance.locks.acquire(request)) {
				if (inside.incrementAndGet() != 1 || !lock.isHeld()) {
					overlaps.incrementAndGet();
				}
				LockSupport.parkNanos(500_000);
				turns.incrementAndGet(number);
				inside.decrementAndGet();
			}
		});
		assertThat(overlaps.get()).isZero();
		int all = turns.get(0) + turns.get(1);
		assertThat(all).isGreaterThan(100);
		assertThat(turns.get(0)).isBetween(all / 8, all * 7 / 8); // who is next is chance
	}

	@Test
	void aReaderGetsInAlthoughAnotherInstanceWritesAllTheTime() throws Exception {
		LockRequest write = LockRequest.write("order", 43).withMaxWait(Duration.ofSeconds(30));
		AtomicInteger reads = new AtomicInteger();
		crowd(UnaryOperator.identity(), (instance, number) -> {
			LockRequest request = (number == 0) ? write
					: LockRequest.read("order", 43).withMaxWait(Duration.ofSeconds(30));
			try (HeldLock lock = instance.locks.acquire(request)) {
				assertThat(lock.isHeld()).isTrue();
				LockSupport.parkNanos(500_000);
				reads.addAndGet(number);
			}
		});
		assertThat(reads.get()).isGreaterThan(50);
	}

	@Test
	void withoutAnyMessageThoseWhoWaitGetIn() throws Exception {
		AtomicInteger inside = new AtomicInteger();
		AtomicInteger overlaps = new AtomicInteger();
		AtomicIntegerArray turns = new AtomicIntegerArray(2);
		crowd(Deaf::new, (instance, number) -> {
			long start = System.nanoTime();
			try (HeldLock lock = instance.locks.acquire(ORDER)) {
				if (inside.incrementAndGet() != 1 || !lock.isHeld()) {
					overlaps.incrementAndGet();
				}
				assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
				turns.incrementAndGet(number);
				inside.decrementAndGet();
			}
		});
		assertThat(overlaps.get()).isZero();
		assertThat(turns.get(0)).isPositive();
		assertThat(turns.get(1)).isPositive();
	}

	@Test
	void handOversWithinAnInstanceHardlyTouchRedis() throws Exception {
		AtomicInteger turns = new AtomicInteger();
		try (LockInstance instance = new LockInstance(this.server.uri())) {
			this.server.resetStats();
			run(instance, instance, (same, number) -> {
				try (HeldLock lock = same.locks.acquire(ORDER)) {
					turns.incrementAndGet();
				}
			});
			long scripts = this.server.commandStats().getOrDefault("evalsha", 0L);
			assertThat(scripts).isLessThan(turns.get() / 4);
			assertThat(instance.async.isIdle()).isTrue();
		}
	}

	@Test
	void whoeverIsInterruptedLeavesNothing() throws Exception {
		try (LockInstance one = new LockInstance(this.server.uri());
				LockInstance two = new LockInstance(this.server.uri())) {
			List<Thread> threads = new ArrayList<>();
			AtomicInteger got = new AtomicInteger();
			ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
			for (int i = 0; i < THREADS; i++) {
				LockInstance instance = (i % 2 == 0) ? one : two;
				Thread thread = new Thread(() -> interrupted(instance, got, failures));
				threads.add(thread);
				thread.start();
			}
			while (threads.stream().anyMatch(Thread::isAlive)) {
				threads.get(ThreadLocalRandom.current().nextInt(THREADS)).interrupt();
				LockSupport.parkNanos(20_000);
			}
			assertThat(failures).isEmpty();
			assertThat(got.get()).isPositive();
			await().untilAsserted(() -> assertThat(this.server.commands().keys("shop:lock:*")).isEmpty());
			await().untilAsserted(() -> {
				assertThat(one.async.isIdle()).isTrue();
				assertThat(two.async.isIdle()).isTrue();
			});
			assertThat(this.server.commands().pubsubChannels()).hasSizeLessThanOrEqualTo(LockTargets.CHANNELS);
		}
	}

	private static void interrupted(LockInstance instance, AtomicInteger got,
			ConcurrentLinkedQueue<Throwable> failures) {
		for (int i = 0; i < LOOPS / THREADS; i++) {
			try (HeldLock lock = instance.locks.acquire(LockRequest.of("order", i % 3))) {
				got.incrementAndGet();
			}
			catch (LockNotAcquiredException ex) {
				if (ex.reason() != LockNotAcquiredException.Reason.INTERRUPTED || !Thread.interrupted()) {
					failures.add(ex);
				}
			}
			catch (RuntimeException ex) {
				failures.add(ex);
			}
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void severalLocksAreHadTogetherWithoutDeadlocks(boolean oneSlot) throws Exception {
		int locks = 6;
		AtomicIntegerArray inside = new AtomicIntegerArray(locks);
		AtomicInteger overlaps = new AtomicInteger();
		AtomicInteger turns = new AtomicInteger();
		crowd(oneSlot ? UnaryOperator.identity() : Scattered::of, (instance, number) -> {
			List<Integer> set = new ArrayList<>(
					ThreadLocalRandom.current().ints(3, 0, locks).distinct().boxed().toList());
			List<LockRequest> requests = set.stream().map((i) -> LockRequest.of("stock", i)).toList();
			try (HeldLock all = instance.locks.acquireAll(requests)) {
				set.forEach((i) -> overlaps.addAndGet(inside.incrementAndGet(i) - 1));
				assertThat(all.parts()).hasSameSizeAs(set).allMatch(HeldLock::isHeld);
				turns.incrementAndGet();
				set.forEach(inside::decrementAndGet);
			}
		});
		assertThat(overlaps.get()).isZero();
		assertThat(turns.get()).isGreaterThan(50);
		await().untilAsserted(() -> assertThat(this.server.commands().keys("shop:lock:*")).isEmpty());
	}

	@Test
	void neverMorePermitsAreOutThanThereAre() throws Exception {
		AtomicInteger inside = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		AtomicInteger turns = new AtomicInteger();
		crowd(UnaryOperator.identity(), (instance, number) -> {
			try (HeldLock permit = instance.locks
				.acquire(LockRequest.permit("printer", 1, 3).withMaxWait(Duration.ofSeconds(30)))) {
				most.accumulateAndGet(inside.incrementAndGet(), Math::max);
				turns.incrementAndGet();
				Thread.yield();
				inside.decrementAndGet();
			}
		});
		assertThat(most.get()).isBetween(2, 3);
		assertThat(turns.get()).isGreaterThan(50);
	}

	@Test
	void readersShareAndWritersAreAlone() throws Exception {
		AtomicInteger readers = new AtomicInteger();
		AtomicInteger writers = new AtomicInteger();
		AtomicInteger wrong = new AtomicInteger();
		AtomicInteger mostReaders = new AtomicInteger();
		AtomicInteger writes = new AtomicInteger();
		crowd(UnaryOperator.identity(), (instance, number) -> {
			Duration wait = Duration.ofSeconds(30);
			if (ThreadLocalRandom.current().nextInt(4) == 0) {
				try (HeldLock lock = instance.locks.acquire(LockRequest.write("catalog", 1).withMaxWait(wait))) {
					wrong.addAndGet(writers.getAndIncrement() + readers.get());
					writes.incrementAndGet();
					writers.decrementAndGet();
				}
			}
			else {
				try (HeldLock lock = instance.locks.acquire(LockRequest.read("catalog", 1).withMaxWait(wait))) {
					mostReaders.accumulateAndGet(readers.incrementAndGet(), Math::max);
					wrong.addAndGet(writers.get());
					Thread.yield();
					readers.decrementAndGet();
				}
			}
		});
		assertThat(wrong.get()).isZero();
		assertThat(mostReaders.get()).isGreaterThan(1);
		assertThat(writes.get()).isPositive();
	}

	@Test
	void aWriterDoesNotWaitForReadersWhoComeAfterIt() {
		try (LockInstance one = new LockInstance(this.server.uri());
				LockInstance two = new LockInstance(this.server.uri())) {
			HeldLock reader = one.locks.acquire(LockRequest.read("catalog", 1));
			Future<HeldLock> writer = two.async.acquire(LockRequest.write("catalog", 1)).toCompletableFuture();
			await().until(() -> two.async.isWaiting(LockRequest.write("catalog", 1)));
			assertThat(one.locks.tryAcquire(LockRequest.read("catalog", 1))).isEmpty();
			reader.close();
			await().until(writer::isDone);
			assertThat(one.locks.tryAcquire(LockRequest.read("catalog", 1))).isEmpty();
		}
	}

	private void crowd(UnaryOperator<RedisGateway> between, Call call) throws Exception {
		try (LockInstance one = new LockInstance(this.server.uri(), LockSettings.DEFAULTS, between);
				LockInstance two = new LockInstance(this.server.uri(), LockSettings.DEFAULTS, between)) {
			run(one, two, call);
		}
	}

	private static void run(LockInstance one, LockInstance two, Call call) throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(2 * THREADS);
		try {
			CyclicBarrier together = new CyclicBarrier(2 * THREADS);
			List<Future<Optional<?>>> callers = new ArrayList<>();
			for (int i = 0; i < 2 * THREADS; i++) {
				int number = i % 2;
				callers.add(threads.submit(() -> {
					together.await();
					long end = System.nanoTime() + TIME.toNanos();
					while (System.nanoTime() - end < 0) {
						call.run((number == 0) ? one : two, number);
					}
					return Optional.empty();
				}));
			}
			for (Future<?> caller : callers) {
				caller.get(TIME.toSeconds() + 60, TimeUnit.SECONDS);
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

	private interface Call {

		void run(LockInstance instance, int number);

	}

}
