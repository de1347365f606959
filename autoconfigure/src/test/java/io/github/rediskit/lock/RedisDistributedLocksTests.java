package io.github.rediskit.lock;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.github.rediskit.lock.LockNotAcquiredException.Reason;
import io.github.rediskit.setting.InvalidSettingException;
import io.github.rediskit.testing.MeasuresTime;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * What one and two instances see of a lock.
 */
@RedisTest
@Timeout(60)
@MeasuresTime
class RedisDistributedLocksTests {

	private static final String KEY = "shop:lock:order:{42}";

	private static final LockRequest ORDER = LockRequest.of("order", 42);

	private final RedisTestServer server = RedisTestServer.shared();

	private final LockInstance one = new LockInstance(this.server.uri());

	private final LockInstance two = new LockInstance(this.server.uri());

	@AfterEach
	void close() {
		this.one.close();
		this.two.close();
	}

	@Test
	void aLockKeepsOthersOutUntilItIsReleased() {
		HeldLock lock = this.one.locks.acquire(ORDER);
		assertThat(lock.isHeld()).isTrue();
		assertThat(this.server.commands().get(KEY)).matches("1[0-9a-f]{32}");
		assertThat(this.server.commands().pttl(KEY)).isBetween(20_000L, 30_000L);
		assertThat(this.two.locks.tryAcquire(ORDER)).isEmpty();
		assertThat(this.one.locks.tryAcquire(ORDER)).isEmpty();
		assertThat(this.two.locks.tryAcquire(LockRequest.of("order", 43))).isPresent();
		lock.close();
		assertThat(lock.isHeld()).isFalse();
		assertThat(this.server.commands().exists(KEY)).isZero();
		try (HeldLock next = this.two.locks.acquire(ORDER)) {
			assertThat(next.fence()).isGreaterThan(lock.fence());
		}
		assertThat(this.one.events).containsExactly("acquired", "not acquired: HELD", "released");
	}

	@Test
	void whoMayWaitForHimselfIsTold() {
		Duration wait = Duration.ofMillis(100);
		try (HeldLock reader = this.one.locks.acquire(LockRequest.read("order", 42));
				HeldLock plain = this.one.locks.acquire(ORDER)) {
			assertThat(reader.covers(LockRequest.write("order", 42))).isFalse();
			for (LockRequest again : List.of(LockRequest.write("order", 42).withMaxWait(wait),
					ORDER.withMaxWait(wait))) {
				assertThatExceptionOfType(LockNotAcquiredException.class)
					.isThrownBy(() -> this.one.locks.acquire(again))
					.withMessage("The lock 'order' was not acquired within 100 ms: this instance holds it, "
							+ "maybe the caller himself, who would have to share what he has")
					.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.HELD));
				assertThatExceptionOfType(LockNotAcquiredException.class)
					.isThrownBy(() -> this.two.locks.acquire(again))
					.withMessageEndingWith("within 100 ms: somebody else holds it");
			}
			assertThat(plain.isHeld()).isTrue();
		}
	}

	@Test
	void everyKeyHasATimeToLiveAndOneSlot() {
		HeldLock lock = this.one.locks.acquire(ORDER);
		HeldLock permit = this.one.locks.acquire(LockRequest.permit("order", 42, 1));
		assertThat(this.two.locks.tryAcquire(LockRequest.permit("order", 42, 1).withMaxWait(Duration.ofMillis(50))))
			.isEmpty();
		HeldLock reader = this.one.locks.acquire(LockRequest.read("order", 42));
		CompletableFuture<HeldLock> writer = this.two.async.acquire(LockRequest.write("order", 42))
			.toCompletableFuture();
		await().until(() -> this.server.commands().exists("shop:lock-rw-waiting:order:{42}") == 1);
		assertThat(this.server.commands().keys("*")).allSatisfy((key) -> {
			assertThat(key).endsWith(":order:{42}");
			assertThat(this.server.commands().pttl(key)).isNotEqualTo(-1); // may be gone
																			// already
		}).contains(KEY, "shop:lock-fence:order:{42}", "shop:lock-rw:order:{42}", "shop:lock-permits:order:{42}");
		writer.cancel(false);
		List.of(lock, permit, reader).forEach(HeldLock::close);
	}

	@Test
	void theNameAloneCanBeTheLock() {
		try (HeldLock lock = this.one.locks.acquire(LockRequest.of("nightly"))) {
			assertThat(lock.name()).isEqualTo("nightly");
			assertThat(this.two.locks.tryAcquire(LockRequest.of("nightly"))).isEmpty();
			assertThat(this.two.locks.tryAcquire(LockRequest.of("nightly", "nightly"))).isPresent();
		}
	}

	@Test
	void whatCannotBeMeantIsRefused() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> ORDER.withLease(Duration.ofSeconds(1)).withAtLeast(Duration.ofSeconds(2)))
			.withMessageContaining("'order'")
			.withMessageContaining("Make the lease longer");
		assertThatIllegalArgumentException().isThrownBy(() -> ORDER.withLease(Duration.ofMillis(99)))
			.withMessageContaining("100 ms");
		assertThatIllegalArgumentException().isThrownBy(() -> ORDER.withMaxWait(Duration.ofSeconds(-1)));
		assertThatIllegalArgumentException().isThrownBy(() -> LockRequest.of("order", null))
			.withMessageContaining("key");
		assertThatIllegalArgumentException().isThrownBy(() -> this.one.locks.acquire(LockRequest.of("a b")))
			.withMessageContaining("'a b'");
		assertThatIllegalArgumentException().isThrownBy(() -> this.one.locks.acquireAll(List.of()));
		assertThatExceptionOfType(InvalidSettingException.class)
			.isThrownBy(() -> new LockSettings(Duration.ofMillis(50), Duration.ZERO, null))
			.withMessageContaining("margin");
	}

	@Test
	void whoWaitsInAnotherInstanceIsWokenByTheRelease() {
		HeldLock lock = this.one.locks.acquire(ORDER);
		CompletableFuture<HeldLock> waiting = this.two.async.acquire(ORDER).toCompletableFuture();
		await().until(() -> this.server.commands().get(KEY).endsWith("w"));
		await().until(() -> this.server.commands().pubsubChannels().size() == 1);
		// it has asked again after it had subscribed, and sleeps
		await().until(() -> this.two.async.isWaiting(ORDER));
		long released = System.nanoTime();
		lock.close();
		HeldLock next = waiting.join();
		assertThat(Duration.ofNanos(System.nanoTime() - released)).isLessThan(Duration.ofMillis(500));
		assertThat(next.fence()).isGreaterThan(lock.fence());
		next.close();
		assertThat(this.two.events).containsExactly("acquired after a wait", "released");
	}

	@Test
	void whoIsInterruptedGetsNothingAndLeavesNothing() throws Exception {
		HeldLock lock = this.one.locks.acquire(ORDER);
		AtomicReference<Throwable> failure = new AtomicReference<>();
		AtomicReference<Boolean> interrupted = new AtomicReference<>();
		Thread thread = new Thread(() -> {
			try {
				this.two.locks.acquire(ORDER);
			}
			catch (LockNotAcquiredException ex) {
				failure.set(ex);
			}
			interrupted.set(Thread.currentThread().isInterrupted());
		});
		thread.start();
		await().until(() -> this.server.commands().get(KEY).endsWith("w"));
		thread.interrupt();
		thread.join();
		assertThat(((LockNotAcquiredException) failure.get()).reason()).isEqualTo(Reason.INTERRUPTED);
		assertThat(interrupted.get()).isTrue();
		assertThat(this.two.async.isIdle()).isTrue();
		lock.close();
		await().until(() -> this.server.commands().exists(KEY) == 0);
	}

	@Test
	void aNestedCallSharesTheLock() {
		HeldLock lock = this.one.locks.acquire(ORDER);
		assertThat(lock.covers(ORDER)).isTrue();
		assertThat(lock.covers(LockRequest.of("order", 43))).isFalse();
		HeldLock nested = lock.share();
		assertThat(nested.fence()).isEqualTo(lock.fence());
		nested.close();
		nested.close();
		assertThat(lock.isHeld()).isTrue();
		HeldLock other = lock.share();
		lock.close();
		assertThat(other.isHeld()).isTrue();
		assertThat(this.two.locks.tryAcquire(ORDER)).isEmpty();
		other.close();
		assertThatExceptionOfType(LockLostException.class).isThrownBy(lock::share);
		assertThat(this.two.locks.tryAcquire(ORDER)).isPresent();
	}

	@Test
	void aLeaseIsNotRenewedAndItsEndIsALoss() throws Exception {
		CountDownLatch lost = new CountDownLatch(1);
		HeldLock lock = this.one.locks.acquire(ORDER.withLease(Duration.ofMillis(400)));
		lock.onLost(lost::countDown);
		assertThat(lost.await(5, TimeUnit.SECONDS)).isTrue();
		// it is told before Redis gives it to others
		assertThat(this.server.commands().exists(KEY)).isOne();
		assertThat(lock.isHeld()).isFalse();
		assertThatExceptionOfType(LockLostException.class).isThrownBy(lock::requireHeld).withMessageContaining("order");
		HeldLock next = this.two.locks.acquire(ORDER);
		lock.close(); // late, and harmless
		assertThat(next.isHeld()).isTrue();
		assertThat(this.server.commands().exists(KEY)).isOne();
		next.close();
		assertThat(this.one.events).contains("lost: ENDED").doesNotContain("released");
	}

	@Test
	void aRenewedLeaseOutlivesItselfManyTimes() {
		HeldLock lock = this.one.locks.acquire(ORDER.withRenewedLease(Duration.ofSeconds(1)));
		assertThat(this.two.locks.tryAcquire(ORDER.withMaxWait(Duration.ofMillis(2500)))).isEmpty();
		assertThat(lock.isHeld()).isTrue();
		lock.close();
		// for a moment others than this instance go first
		await().until(() -> this.server.commands().exists(KEY) == 0);
	}

	@Test
	void renewingStopsAfterTheLongestHold() {
		HeldLock lock = this.one.locks
			.acquire(ORDER.withRenewedLease(Duration.ofMillis(300)).withMaxHold(Duration.ofMillis(500)));
		long start = System.nanoTime();
		try (HeldLock next = this.two.locks.acquire(ORDER)) {
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(500),
					Duration.ofMillis(1500));
			assertThat(lock.isHeld()).isFalse();
			assertThat(next.isHeld()).isTrue();
		}
		await().until(() -> this.one.events.contains("lost: ENDED"));
	}

	@Test
	void nobodyGetsALockBeforeItsShortestHoldIsOver() {
		this.one.locks.acquire(ORDER.withAtLeast(Duration.ofMillis(600))).close();
		assertThat(this.server.commands().pttl(KEY)).isBetween(1L, 600L);
		assertThat(this.one.locks.tryAcquire(ORDER)).isEmpty();
		assertThat(this.two.locks.tryAcquire(ORDER)).isEmpty();
		assertThat(this.two.locks.tryAcquire(ORDER.withMaxWait(Duration.ofSeconds(2)))).isPresent();
	}

	@Test
	void theFirstTimeToLiveIsNotLessThanTheShortestHold() {
		this.one.locks.acquire(ORDER.withRenewedLease(Duration.ofSeconds(1)).withAtLeast(Duration.ofMinutes(1)));
		assertThat(this.server.commands().pttl(KEY)).isBetween(50_000L, 60_000L);
		assertThat(this.two.locks.tryAcquire(ORDER.withMaxWait(Duration.ofMillis(1500)))).isEmpty();
		assertThat(this.server.commands().pttl(KEY)).isBetween(50_000L, 60_000L);
	}

	@Test
	void anOperatorCanTakeALockAway() throws Exception {
		assertThat(this.two.locks.forceRelease(ORDER)).isFalse();
		CountDownLatch lost = new CountDownLatch(1);
		HeldLock lock = this.one.locks.acquire(ORDER.withRenewedLease(Duration.ofSeconds(2)));
		lock.onLost(lost::countDown);
		assertThat(this.two.locks.forceRelease(ORDER)).isTrue();
		HeldLock next = this.two.locks.acquire(ORDER);
		assertThat(lost.await(5, TimeUnit.SECONDS)).isTrue();
		await().until(() -> this.one.events.contains("lost: TAKEN"));
		lock.close();
		assertThat(this.two.locks.tryAcquire(ORDER)).isEmpty();
		assertThat(next.isHeld()).isTrue();
	}

	@Test
	void aHolderWhoDoesNotRenewLearnsOfItToo() throws Exception {
		CountDownLatch lost = new CountDownLatch(2);
		this.one.locks.acquire(ORDER.withLease(Duration.ofSeconds(10))).onLost(lost::countDown);
		this.one.locks.acquire(LockRequest.permit("printer", 1, 1).withLease(Duration.ofSeconds(10)))
			.onLost(lost::countDown);
		assertThat(this.one.locks.forceRelease(ORDER)).isTrue();
		assertThat(this.two.locks.forceRelease(LockRequest.permit("printer", 1, 1))).isTrue();
		assertThat(lost.await(5, TimeUnit.SECONDS)).isTrue();
		await().untilAsserted(() -> assertThat(this.one.events).containsSubsequence("lost: TAKEN", "lost: TAKEN"));
	}

	@Test
	void theHeldLocksOfAnInstanceCanBeListed() {
		HeldLock lock = this.one.locks.acquire(ORDER);
		CompletableFuture<HeldLock> waiting = this.one.async.acquire(ORDER).toCompletableFuture();
		assertThat(this.one.locks.held()).singleElement().satisfies((status) -> {
			assertThat(status.name()).isEqualTo("order");
			assertThat(status.id().text()).isEqualTo("42");
			assertThat(status.fence()).isEqualTo(lock.fence());
			assertThat(status.validFor()).isPositive();
			assertThat(status.waiting()).isOne();
		});
		assertThat(this.two.locks.held()).isEmpty();
		waiting.cancel(false);
		lock.close();
		assertThat(this.one.locks.held()).isEmpty();
	}

	@Test
	void whatWasCancelledIsGivenBack() {
		HeldLock lock = this.one.locks.acquire(ORDER);
		CompletableFuture<Optional<HeldLock>> waiting = this.one.async
			.tryAcquire(ORDER.withMaxWait(Duration.ofSeconds(10)))
			.toCompletableFuture();
		waiting.cancel(false);
		CompletableFuture<HeldLock> granted = this.two.async.acquire(LockRequest.of("order", 43)).toCompletableFuture();
		if (!granted.cancel(false)) { // it was faster
			granted.join().close();
		}
		lock.close();
		await().untilAsserted(() -> assertThat(this.server.commands().keys("shop:lock:*")).isEmpty());
		assertThat(this.one.async.isIdle()).isTrue();
		assertThat(this.two.async.isIdle()).isTrue();
	}

	@Test
	void whoGotNotAllOfSeveralHoldsNoneWhenHeHearsOfIt() {
		try (HeldLock other = this.two.locks.acquire(LockRequest.of("order", 43));
				LockInstance scattered = new LockInstance(this.server.uri(), LockSettings.DEFAULTS, Scattered::of)) {
			for (LockInstance instance : List.of(this.one, scattered)) {
				boolean free = instance.async.tryAcquireAll(List.of(ORDER, LockRequest.of("order", 43)))
					.thenCompose((locks) -> instance.async.tryAcquire(ORDER))
					.toCompletableFuture()
					.join()
					.map(HeldLock::release)
					.isPresent();
				assertThat(other.isHeld()).isTrue();
				assertThat(free).isTrue();
			}
			await().until(scattered.async::isIdle);
		}
		await().until(this.one.async::isIdle);
	}

	@Test
	void whoLostOneOfSeveralWhileHeWaitedForTheRestHasNone() {
		LockRequest rest = LockRequest.of("order", 43);
		HeldLock other = this.two.locks.acquire(rest);
		try (LockInstance scattered = new LockInstance(this.server.uri(), LockSettings.DEFAULTS, Scattered::of)) {
			CompletableFuture<HeldLock> all = scattered.async
				.acquireAll(List.of(ORDER.withLease(Duration.ofMillis(200)), rest))
				.toCompletableFuture();
			await().until(() -> scattered.events.contains("lost: ENDED"));
			other.close();
			assertThatExceptionOfType(CompletionException.class).isThrownBy(all::join)
				.withCauseInstanceOf(LockNotAcquiredException.class)
				.withMessageContaining("lost");
			assertThat(scattered.locks.tryAcquire(ORDER)).hasValueSatisfying(HeldLock::close);
			assertThat(scattered.locks.tryAcquire(rest)).hasValueSatisfying(HeldLock::close);
		}
	}

	@Test
	void whatFollowsAWaitThatWasTooLongKeepsNoLockFromBeingRenewed() {
		HeldLock lock = this.one.locks.acquire(ORDER.withRenewedLease(Duration.ofMillis(400)));
		CountDownLatch over = new CountDownLatch(1);
		CompletableFuture<Boolean> following = this.one.async.acquire(ORDER.withMaxWait(Duration.ofMillis(30)))
			.toCompletableFuture()
			.handle((none, failure) -> {
				try {
					return over.await(20, TimeUnit.SECONDS);
				}
				catch (InterruptedException ex) {
					return false;
				}
			});
		assertThat(this.two.locks.tryAcquire(ORDER.withMaxWait(Duration.ofMillis(1200)))).isEmpty();
		assertThat(lock.isHeld()).isTrue();
		assertThat(following).isNotDone();
		over.countDown();
		assertThat(following.join()).isTrue();
		lock.close();
	}

	@Test
	void whoIsAnsweredBySomebodyElseWaitsNoLonger() {
		HeldLock other = this.two.locks.acquire(ORDER);
		CompletableFuture<HeldLock> waiting = this.one.async.acquire(ORDER).toCompletableFuture();
		CompletableFuture<HeldLock> several = this.one.async.acquireAll(List.of(ORDER, LockRequest.of("order", 43)))
			.toCompletableFuture();
		await().until(() -> this.one.async.isWaiting(ORDER));
		waiting.complete(other);
		several.complete(other);
		await().until(this.one.async::isIdle);
		other.close();
		assertThat(this.one.locks.tryAcquire(ORDER.withMaxWait(Duration.ofSeconds(2)))).isPresent();
	}

	@Test
	void aFenceKeepsOldHoldersFromWriting() {
		long first = this.one.locks.acquire(ORDER.withLease(Duration.ofMillis(200))).fence();
		HeldLock next = this.two.locks.acquire(ORDER);
		assertThat(write("new", next.fence())).isTrue();
		assertThat(write("newer", next.fence())).isTrue();
		assertThat(write("old", first)).isFalse();
		assertThat(this.one.fenced.read("stock", 42).toCompletableFuture().join()).hasValue("newer".getBytes());
		assertThat(this.one.fenced.read("stock", 43).toCompletableFuture().join()).isEmpty();
		assertThat(this.server.commands().pttl("shop:fenced:stock:{42}")).isPositive();
	}

	@Test
	void whoReadsUnderALockShutsOlderHoldersOut() {
		long first = this.one.locks.acquire(ORDER.withLease(Duration.ofMillis(200))).fence();
		assertThat(read(first)).isEmpty();
		assertThat(write("old", first)).isTrue();
		HeldLock next = this.two.locks.acquire(ORDER);
		assertThat(read(next.fence())).hasValue("old".getBytes());
		assertThat(write("older", first)).isFalse();
		assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> read(first))
			.withCauseInstanceOf(LockLostException.class);
		assertThat(write("", next.fence())).isTrue();
		assertThat(read(next.fence())).hasValue(new byte[0]);
	}

	private Optional<byte[]> read(long fence) {
		return this.one.fenced.read("stock", 42, Duration.ofMinutes(1), fence).toCompletableFuture().join();
	}

	private boolean write(String value, long fence) {
		return this.one.fenced.write("stock", 42, value.getBytes(), Duration.ofMinutes(1), fence)
			.toCompletableFuture()
			.join();
	}

	@Test
	void aStoppingInstanceLetsNobodyWait() {
		HeldLock lock = this.one.locks.acquire(ORDER);
		CompletableFuture<HeldLock> waiting = this.two.async.acquire(ORDER).toCompletableFuture();
		this.two.async.close();
		assertThat(waiting).isCompletedExceptionally();
		assertThat(waiting.handle((ignored, failure) -> ((LockNotAcquiredException) failure).reason()).join())
			.isEqualTo(Reason.STOPPED);
		this.one.async.close();
		lock.close();
		// nothing, or for a moment the mark for those who waited
		assertThat(String.valueOf(this.server.commands().get(KEY))).doesNotMatch("1[0-9a-f]{32}.*");
	}

}
