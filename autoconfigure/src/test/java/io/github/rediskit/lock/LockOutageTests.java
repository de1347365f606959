package io.github.rediskit.lock;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.github.rediskit.lock.LockNotAcquiredException.Reason;
import io.github.rediskit.script.RedisReplyException;
import io.github.rediskit.script.RedisUnavailableException;
import io.github.rediskit.testing.MeasuresTime;
import io.github.rediskit.testing.RedisTestServer;
import io.github.rediskit.testing.TcpProxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Redis is frozen, killed, emptied or refuses, or the network between is faulty.
 */
@Timeout(60)
@MeasuresTime
class LockOutageTests {

	private static final String KEY = "shop:lock:order:{42}";

	private static final LockRequest ORDER = LockRequest.of("order", 42);

	private final RedisTestServer server = RedisTestServer.start();

	private final LockInstance one = new LockInstance(this.server.uri());

	@AfterEach
	void close() {
		this.one.close();
		this.server.close();
	}

	@Test
	void aFrozenRedisKeepsNobodyLongerThanTheWait() {
		this.one.locks.acquire(LockRequest.of("order", 1)).close(); // all classes are
																	// loaded
		this.server.freeze();
		try {
			List<Duration> waits = new ArrayList<>();
			for (int i = 0; i < 5; i++) {
				LockRequest request = LockRequest.of("order", i).withMaxWait(Duration.ofMillis(500));
				long start = System.nanoTime();
				assertThatExceptionOfType(LockNotAcquiredException.class)
					.isThrownBy(() -> this.one.locks.tryAcquire(request))
					.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.UNAVAILABLE))
					.withCauseInstanceOf(RedisUnavailableException.class);
				waits.add(Duration.ofNanos(System.nanoTime() - start));
			}
			// the machine may have been busy with something else once
			Collections.sort(waits);
			assertThat(waits.get(0)).isGreaterThanOrEqualTo(Duration.ofMillis(490));
			assertThat(waits.get(3)).isLessThanOrEqualTo(Duration.ofMillis(550));
		}
		finally {
			this.server.thaw();
		}
		// what Redis grants after the thaw is given back
		await().ignoreExceptions().untilAsserted(() -> {
			assertThat(this.one.locks.tryAcquire(LockRequest.of("order", 3))).isPresent()
				.get()
				.satisfies(HeldLock::close);
			assertThat(this.server.commands().keys("shop:lock:*")).isEmpty();
		});
		assertThat(this.one.async.isIdle()).isTrue();
	}

	@Test
	void aFrozenRedisHasItsHolderLoseTheLockBeforeItCouldExpire() throws Exception {
		Duration lease = Duration.ofSeconds(1);
		AtomicLong lostAt = new AtomicLong();
		CountDownLatch lost = new CountDownLatch(1);
		HeldLock lock = this.one.locks.acquire(ORDER.withRenewedLease(lease));
		lock.onLost(() -> {
			lostAt.set(System.nanoTime());
			lost.countDown();
		});
		long ttl = this.server.commands().pttl(KEY);
		long before = System.nanoTime();
		this.server.freeze();
		try {
			assertThat(lost.await(5, TimeUnit.SECONDS)).isTrue();
		}
		finally {
			this.server.thaw();
		}
		// a renewal may have come in between
		assertThat(Duration.ofNanos(lostAt.get() - before).toMillis()).isLessThan(Math.max(ttl, lease.toMillis()) + 5);
		assertThat(lock.isHeld()).isFalse();
		await().untilAsserted(() -> assertThat(this.one.events).contains("renewal failed", "lost: NOT_RENEWED"));
		lock.close();
	}

	@Test
	void inARedisWhoseMemoryIsFullWhatIsHeldIsRenewedAndReleased() {
		Duration lease = Duration.ofMillis(500);
		List<HeldLock> held = List
			.of(LockRequest.of("order", 1), LockRequest.of("order", 2), LockRequest.of("order", 3),
					LockRequest.permit("order", 1, 2), LockRequest.read("order", 1))
			.stream()
			.map((request) -> this.one.locks.acquire(request.withRenewedLease(lease)))
			.toList();
		try (LockInstance two = new LockInstance(this.server.uri())) {
			CompletableFuture<HeldLock> waiting = two.async.acquire(LockRequest.of("order", 1)).toCompletableFuture();
			await().until(() -> this.server.commands().get("shop:lock:order:{1}").endsWith("w"));
			this.server.commands().configSet("maxmemory", "1");
			await().during(lease.multipliedBy(2))
				.atMost(Duration.ofSeconds(5))
				.until(() -> held.stream().allMatch(HeldLock::isHeld));
			assertThatExceptionOfType(LockNotAcquiredException.class)
				.isThrownBy(() -> this.one.locks.acquire(LockRequest.of("order", 4)))
				.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.UNAVAILABLE))
				.withMessageContaining("OOM");
			assertThat(this.one.locks.forceRelease(LockRequest.of("order", 2))).isTrue();
			List<Boolean> released = held.stream().map((lock) -> lock.release().toCompletableFuture().join()).toList();
			assertThat(released).containsExactly(true, false, true, true, true);
			waiting.cancel(true);
		}
		await().until(() -> this.server.commands().keys("shop:lock:*").isEmpty()); // left
																					// for
																					// others
																					// for
																					// a
																					// moment
		assertThat(this.server.commands().keys("shop:lock-*:order:{1}")).isNotEmpty()
			.allMatch((key) -> key.contains("fence"));
	}

	@Test
	void shortPausesOfRedisAreSurvived() {
		HeldLock lock = this.one.locks.acquire(ORDER.withRenewedLease(Duration.ofSeconds(2)));
		for (int i = 0; i < 3; i++) {
			CompletableFuture<Void> paused = CompletableFuture.runAsync(() -> {
				this.server.freeze();
				await().pollDelay(Duration.ofMillis(800)).until(() -> true);
				this.server.thaw();
			});
			paused.join();
			await().ignoreExceptions().until(() -> this.server.commands().pttl(KEY) > 1_500);
			assertThat(lock.isHeld()).isTrue();
		}
		lock.close();
		assertThat(this.one.events).doesNotContain("lost: NOT_RENEWED");
	}

	@Test
	void aDeadRedisIsToldAsSuch() {
		this.server.kill();
		LockRequest request = ORDER.withMaxWait(Duration.ofMillis(300));
		assertThatExceptionOfType(LockNotAcquiredException.class).isThrownBy(() -> this.one.locks.acquire(request))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.UNAVAILABLE))
			.withMessageContaining("'order'")
			.withCauseInstanceOf(RedisUnavailableException.class);
		assertThatExceptionOfType(LockNotAcquiredException.class).isThrownBy(() -> this.one.locks.tryAcquire(ORDER))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.UNAVAILABLE));
		CompletableFuture<HeldLock> waiting = this.one.async.acquire(ORDER).toCompletableFuture();
		this.server.restart();
		assertThat(waiting.join().isHeld()).isTrue(); // within its wait
	}

	@Test
	void whoComesRightAfterOneWhoFailedIsNotRefusedBecauseOfHim() {
		String address = this.server.user("reader", "secret", "~*", "+@read", "+evalsha", "+eval", "+time");
		try (LockInstance reader = new LockInstance(address)) {
			for (int i = 0; i < 10; i++) {
				// asked for as soon as anybody can know that the first one failed
				assertThatExceptionOfType(CompletionException.class)
					.isThrownBy(() -> reader.async.tryAcquire(ORDER)
						.handle((lock, failure) -> reader.async.tryAcquire(ORDER))
						.thenCompose((second) -> second)
						.toCompletableFuture()
						.join())
					.withCauseInstanceOf(LockNotAcquiredException.class)
					.satisfies((ex) -> assertThat(((LockNotAcquiredException) ex.getCause()).reason())
						.isEqualTo(Reason.UNAVAILABLE));
			}
			assertThat(reader.async.isIdle()).isTrue();
		}
	}

	@Test
	void whoStandsInTheWayInVainIsNoHolder() {
		this.server.kill();
		CompletableFuture<HeldLock> waiting = this.one.async.acquire(ORDER).toCompletableFuture();
		await().ignoreExceptions().untilAsserted(() ->
		// the first one has been told by now that Redis is away
		assertThatExceptionOfType(LockNotAcquiredException.class).isThrownBy(() -> this.one.locks.tryAcquire(ORDER))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.UNAVAILABLE)));
		waiting.cancel(false);
	}

	@Test
	void aRefusalOfRedisIsToldAtOnce() {
		String address = this.server.user("reader", "secret", "~*", "+@read", "+evalsha", "+eval", "+time");
		try (LockInstance reader = new LockInstance(address)) {
			assertThatExceptionOfType(LockNotAcquiredException.class).isThrownBy(() -> reader.locks.acquire(ORDER))
				.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.UNAVAILABLE))
				.withCauseInstanceOf(RedisReplyException.class)
				.withMessageNotContaining("secret");
		}
	}

	@Test
	void aFailoverIsWaitedFor() {
		this.server.commands().replicaof("127.0.0.1", 1); // it takes no more writes
		CompletableFuture<HeldLock> waiting = this.one.async.acquire(ORDER).toCompletableFuture();
		await().untilAsserted(() -> assertThatExceptionOfType(LockNotAcquiredException.class)
			.isThrownBy(() -> this.one.locks.tryAcquire(ORDER))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.UNAVAILABLE))
			.withMessageContaining("READONLY"));
		assertThat(waiting).isNotDone();
		this.server.commands().replicaofNoOne();
		assertThat(waiting.join().isHeld()).isTrue();
	}

	@Test
	void fencesGrowThoughRedisForgetsEverything() {
		long last = 0;
		for (int i = 0; i < 50; i++) {
			last = fence(last);
			this.server.flushAll();
			last = fence(last);
		}
		this.server.restart();
		long before = last;
		await().ignoreExceptions().until(() -> fence(before) > before);
	}

	private long fence(long last) {
		try (HeldLock lock = this.one.locks.acquire(ORDER)) {
			assertThat(lock.fence()).isGreaterThan(last);
			return lock.fence();
		}
	}

	@Test
	void fencesGrowThoughTheClockWasSetBack() {
		long future = (System.currentTimeMillis() + Duration.ofHours(1).toMillis()) * 1000;
		this.server.commands().psetex("shop:lock-fence:order:{42}", 10_000, "1 " + future);
		long first = fence(future);
		assertThat(first).isEqualTo(future + 1);
		assertThat(this.server.commands().get("shop:lock-fence:order:{42}")).matches("1 \\d{16}");
		fence(first);
	}

	@Test
	void whatRedisForgotIsLostAtTheNextRenewal() throws Exception {
		CountDownLatch lost = new CountDownLatch(1);
		HeldLock lock = this.one.locks.acquire(ORDER.withRenewedLease(Duration.ofSeconds(1)));
		lock.onLost(lost::countDown);
		this.server.flushAll();
		assertThat(lost.await(5, TimeUnit.SECONDS)).isTrue();
		await().until(() -> this.one.events.contains("lost: TAKEN"));
	}

	@Test
	void scriptsThatTheServerForgotAreSentAgain() {
		for (int i = 0; i < 5; i++) {
			this.server.commands().scriptFlush();
			this.one.locks.acquire(ORDER).close();
		}
		assertThat(this.server.commands().exists(KEY)).isZero();
	}

	@Test
	void anAnswerThatGotLostLeavesNoGhost() {
		try (TcpProxy proxy = TcpProxy.to(this.server); LockInstance two = new LockInstance(proxy.uri())) {
			two.locks.acquire(ORDER).close();
			// the question arrives, the answer does not
			proxy.latency(Duration.ofMillis(300));
			CompletableFuture<HeldLock> asking = two.async.acquire(ORDER.withMaxWait(Duration.ofMillis(350)))
				.toCompletableFuture();
			await().pollInterval(Duration.ofMillis(1)).until(() -> this.server.commands().exists(KEY) == 1);
			proxy.cut();
			proxy.resume();
			assertThat(asking.handle((lock, failure) -> lock == null || lock.isHeld()).join()).isTrue();
			asking.thenAccept(HeldLock::close);
			await().atMost(Duration.ofSeconds(10)).until(() -> this.server.commands().exists(KEY) == 0);
			await().until(two.async::isIdle);
		}
	}

	@Test
	void anAnswerThatComesWhenTheLeaseIsOverIsNoLock() {
		try (TcpProxy proxy = TcpProxy.to(this.server); LockInstance two = new LockInstance(proxy.uri())) {
			two.locks.acquire(ORDER).close();
			proxy.latency(Duration.ofMillis(60));
			LockRequest request = ORDER.withLease(LockRequest.SHORTEST_LEASE);
			assertThatExceptionOfType(LockNotAcquiredException.class).isThrownBy(() -> two.locks.tryAcquire(request))
				.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.UNAVAILABLE));
			assertThatExceptionOfType(LockNotAcquiredException.class)
				.isThrownBy(() -> two.locks.tryAcquire(request.withMaxWait(Duration.ofSeconds(1))))
				.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.UNAVAILABLE));
			assertThat(two.locks.held()).isEmpty();
		}
	}

	@Test
	void aReleaseThatGotLostIsRepeated() {
		try (TcpProxy proxy = TcpProxy.to(this.server); LockInstance two = new LockInstance(proxy.uri())) {
			HeldLock lock = two.locks.acquire(ORDER);
			proxy.refuse();
			proxy.cut();
			lock.close();
			assertThat(this.server.commands().exists(KEY)).isOne();
			proxy.resume();
			await().until(() -> this.server.commands().exists(KEY) == 0);
		}
	}

}
