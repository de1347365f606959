package io.github.rediskit.lock;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

import io.github.rediskit.lock.LockNotAcquiredException.Reason;
import io.github.rediskit.script.LuaScript;
import io.github.rediskit.script.RedisGateway;
import io.github.rediskit.script.RedisUnavailableException;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import io.github.rediskit.testing.TcpProxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * Several locks that one script may have: nobody sees a part of them.
 * {@code -Drediskit.test.locks.seconds} makes the crowd last longer,
 * {@code -Drediskit.test.locks.joint-loops} the interruptions more.
 */
@RedisTest
@Timeout(120)
class JointLocksTests {

	private static final int THREADS = 8;

	private static final Duration TIME = Duration.ofSeconds(Long.getLong("rediskit.test.locks.seconds", 2));

	private static final int LOOPS = Integer.getInteger("rediskit.test.locks.joint-loops", 800);

	private static final LockRequest STOCK = LockRequest.of("stock", 3);

	private static final List<LockRequest> FIVE = IntStream.range(1, 6)
		.mapToObj((i) -> LockRequest.of("stock", i))
		.toList();

	private static final String[] KEYS = IntStream.range(1, 6)
		.mapToObj((i) -> "shop:lock:stock:{" + i + "}")
		.toArray(String[]::new);

	private final RedisTestServer server = RedisTestServer.shared();

	private final LockInstance one = new LockInstance(this.server.uri());

	private final LockInstance two = new LockInstance(this.server.uri());

	@AfterEach
	void close() {
		this.one.close();
		this.two.close();
	}

	@Test
	void oneScriptAcquiresAllKindsOfLocks() {
		List<LockRequest> requests = List.of(LockRequest.of("order", 1), LockRequest.of("stock", 2),
				LockRequest.permit("printer", 3, 2), LockRequest.read("catalog", 4), LockRequest.write("catalog", 5));
		this.one.locks.acquireAll(requests).close();
		this.server.resetStats();
		HeldLock first = this.one.locks.acquireAll(requests);
		assertThat(this.server.commandStats()).containsEntry("evalsha", 1L);
		assertThat(first.parts()).extracting(HeldLock::name)
			.containsExactly("order", "stock", "printer", "catalog", "catalog");
		assertThat(this.server.commands().keys("*")).hasSize(10)
			.allSatisfy((key) -> assertThat(this.server.commands().pttl(key)).isPositive());
		List.of(0, 1, 4).forEach((i) -> assertThat(this.two.locks.tryAcquire(requests.get(i))).isEmpty());
		List.of(2, 3)
			.forEach((i) -> assertThat(this.two.locks.tryAcquire(requests.get(i))).hasValueSatisfying(HeldLock::close));
		first.close();
		await().untilAsserted(
				() -> assertThat(this.server.commands().keys("*")).allMatch((key) -> key.contains("-fence")));
		HeldLock second = this.two.locks.acquireAll(requests);
		IntStream.range(0, 5)
			.forEach((i) -> assertThat(second.parts().get(i).fence()).isGreaterThan(first.parts().get(i).fence()));
		second.close();
	}

	@Test
	void nobodyEverSeesAPart() throws Exception {
		String joint = instanceOf(this.one.locks.acquireAll(FIVE));
		AtomicBoolean over = new AtomicBoolean();
		AtomicInteger seen = new AtomicInteger();
		AtomicInteger wrong = new AtomicInteger();
		Thread watcher = new Thread(() -> {
			boolean whole = false;
			while (!over.get()) {
				long held = this.server.commands()
					.mget(KEYS)
					.stream()
					.filter((value) -> value.hasValue() && value.getValue().startsWith(joint))
					.count();
				// parts are seen when they are released, and not before
				whole = held == KEYS.length || (whole && held > 0);
				wrong.addAndGet((held > 0 && !whole) ? 1 : 0);
				seen.set((int) held);
			}
		});
		watcher.start();
		for (int i = 0; i < 100; i++) {
			await().pollInterval(Duration.ofMillis(1)).until(() -> seen.get() == 0);
			HeldLock other = (i % 2 == 0) ? this.two.locks.acquire(FIVE.get(i % 5)) : null;
			CompletableFuture<HeldLock> all = this.one.async.acquireAll(FIVE).toCompletableFuture();
			if (other != null) {
				LockRequest inTheWay = FIVE.get(i % 5);
				await().pollInterval(Duration.ofMillis(1)).until(() -> this.one.async.isWaiting(inTheWay));
				other.close();
			}
			HeldLock lock = all.join();
			await().pollInterval(Duration.ofMillis(1)).until(() -> seen.get() == KEYS.length);
			lock.close();
		}
		over.set(true);
		watcher.join();
		assertThat(wrong.get()).isZero();
	}

	/** By which all that it has is known. */
	private String instanceOf(HeldLock all) {
		String value = this.server.commands().get(KEYS[0]);
		all.close();
		return value.substring(0, 17);
	}

	@Test
	void whoWaitsForOneKeepsNobodyFromTheOthers() {
		HeldLock other = this.two.locks.acquire(STOCK);
		CompletableFuture<HeldLock> all = this.one.async.acquireAll(FIVE).toCompletableFuture();
		await().until(() -> this.one.async.isWaiting(STOCK));
		assertThat(this.two.locks.tryAcquire(FIVE.get(0))).hasValueSatisfying(HeldLock::close);
		assertThat(this.one.locks.tryAcquire(FIVE.get(4))).hasValueSatisfying(HeldLock::close);
		assertThat(all).isNotDone();
		other.close();
		assertThat(all.join().isHeld()).isTrue();
		assertThat(this.two.locks.tryAcquire(FIVE.get(0))).isEmpty();
		assertThat(this.one.locks.tryAcquire(FIVE.get(4))).isEmpty();
		all.join().close();
		await().until(this.one.async::isIdle);
	}

	@Test
	void whoWaitsForSeveralIsCountedAtTheOneThatIsInTheWay() {
		HeldLock first = this.one.locks.acquire(FIVE.get(0));
		HeldLock second = this.one.locks.acquire(FIVE.get(1));
		CompletableFuture<HeldLock> all = this.one.async.acquireAll(FIVE).toCompletableFuture();
		await().until(() -> this.one.async.isWaiting(FIVE.get(0)));
		assertThat(this.one.locks.held()).filteredOn((status) -> status.id().equals(FIVE.get(0).id()))
			.extracting(LockStatus::waiting)
			.containsExactly(1);
		assertThat(this.one.locks.held()).filteredOn((status) -> status.id().equals(FIVE.get(1).id()))
			.extracting(LockStatus::waiting)
			.containsExactly(0);
		first.close();
		second.close();
		all.join().close();
	}

	@Test
	void twoPermitsOfASemaphoreAreNotSilentlyOne() {
		LockRequest permit = LockRequest.permit("printer", 1, 3);
		assertThatIllegalArgumentException().isThrownBy(() -> this.one.locks.acquireAll(List.of(permit, STOCK, permit)))
			.withMessageStartingWith("Two permits of 'printer' are wanted at once");
		this.one.locks.acquireAll(List.of(STOCK, permit, STOCK)).close();
	}

	@Test
	void itIsSaidWhichOneIsInTheWay() {
		HeldLock other = this.two.locks.acquire(STOCK);
		List<LockRequest> requests = List.of(LockRequest.of("order", 3).withMaxWait(Duration.ofMillis(100)),
				STOCK.withMaxWait(Duration.ofMillis(100)));
		assertThat(this.one.locks.tryAcquireAll(requests)).isEmpty();
		assertThatExceptionOfType(LockNotAcquiredException.class).isThrownBy(() -> this.one.locks.acquireAll(requests))
			.satisfies((ex) -> assertThat(ex.lock()).isEqualTo("stock"))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.HELD));
		assertThat(this.server.commands().keys("shop:lock:order:*")).isEmpty();
		assertThat(this.one.async.isIdle()).isTrue();
		other.close();
	}

	@Test
	void aWriterWhoWaitsForSomethingElseKeepsNoReaderOut() {
		LockRequest write = LockRequest.write("catalog", 1);
		LockRequest read = LockRequest.read("catalog", 1);
		HeldLock reader = this.two.locks.acquire(read);
		CompletableFuture<HeldLock> all = this.one.async.acquireAll(List.of(write, STOCK)).toCompletableFuture();
		await().until(() -> this.one.async.isWaiting(write));
		assertThat(this.two.locks.tryAcquire(read)).isEmpty();
		HeldLock other = this.two.locks.acquire(STOCK);
		reader.close();
		await().until(() -> this.one.async.isWaiting(STOCK));
		assertThat(this.two.locks.tryAcquire(read)).hasValueSatisfying(HeldLock::close);
		other.close();
		all.join().close();
	}

	@Test
	void readersWhoWaitForAWriterGetInTogether() {
		LockRequest read = LockRequest.read("catalog", 1);
		HeldLock writer = this.two.locks.acquire(LockRequest.write("catalog", 1));
		List<CompletableFuture<HeldLock>> readers = FIVE.stream()
			.map((other) -> this.one.async.acquireAll(List.of(read, other)).toCompletableFuture())
			.toList();
		await().until(() -> this.server.commands().zcard("shop:lock-rw-waiting:catalog:{1}") == 5
				&& this.one.async.isWaiting(read));
		long start = System.nanoTime();
		writer.close();
		readers.forEach(CompletableFuture::join);
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(500));
		assertThat(readers).allMatch((reader) -> reader.join().isHeld());
		readers.forEach((reader) -> reader.join().close());
	}

	@Test
	void allAreRenewedAndLostTogether() throws Exception {
		CountDownLatch lost = new CountDownLatch(1);
		List<LockRequest> requests = FIVE.stream()
			.map((request) -> request.withRenewedLease(Duration.ofSeconds(1)))
			.toList();
		HeldLock all = this.one.locks.acquireAll(requests);
		all.onLost(lost::countDown);
		assertThat(this.two.locks.tryAcquire(STOCK.withMaxWait(Duration.ofMillis(1500)))).isEmpty();
		assertThat(all.isHeld()).isTrue();
		assertThat(this.one.locks.held()).hasSize(5);
		assertThat(this.two.locks.forceRelease(STOCK)).isTrue();
		assertThat(lost.await(5, TimeUnit.SECONDS)).isTrue();
		assertThat(all.isHeld()).isFalse();
		all.close();
		assertThat(this.server.commands().exists(KEYS)).isZero();
	}

	@Test
	void anAnswerThatGotLostIsAskedForAgainByTheSameId() {
		AtomicInteger asked = new AtomicInteger();
		try (LockInstance forgetful = new LockInstance(this.server.uri(), LockSettings.DEFAULTS,
				(redis) -> losingTheFirst(redis, asked))) {
			HeldLock all = forgetful.locks.acquireAll(FIVE);
			assertThat(asked.get()).isEqualTo(2);
			assertThat(all.parts()).allMatch(HeldLock::isHeld);
			assertThat(this.server.commands().mget(KEYS)).extracting((value) -> value.getValue())
				.containsOnly(this.server.commands().get(KEYS[0]));
			all.close();
			assertThat(this.server.commands().exists(KEYS)).isZero();
			asked.set(0);
			assertThatExceptionOfType(LockNotAcquiredException.class)
				.isThrownBy(() -> forgetful.locks.tryAcquireAll(FIVE))
				.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.UNAVAILABLE));
			await().until(() -> this.server.commands().exists(KEYS) == 0);
			assertThat(forgetful.async.isIdle()).isTrue();
		}
	}

	@Test
	void whoLostTheAnswerAndThenOneOfTheLocksKeepsNoneOfTheOthers() {
		LockRequest read = LockRequest.read("catalog", 1);
		LockRequest permit = LockRequest.permit("printer", 1, 1);
		List<LockRequest> requests = new ArrayList<>(FIVE);
		requests.addAll(List.of(LockRequest.write("catalog", 1), permit));
		CompletableFuture<HeldLock> other = new CompletableFuture<>();
		try (LockInstance forgetful = new LockInstance(this.server.uri(), LockSettings.DEFAULTS,
				(redis) -> losingTheFirst(redis, new AtomicInteger(), () -> {
					assertThat(this.two.locks.forceRelease(STOCK)).isTrue();
					other.complete(this.two.locks.acquire(STOCK));
				}))) {
			CompletableFuture<HeldLock> all = forgetful.async.acquireAll(requests).toCompletableFuture();
			other.join();
			await().until(() -> forgetful.async.isWaiting(STOCK));
			assertThat(this.two.locks.tryAcquire(FIVE.get(0))).hasValueSatisfying(HeldLock::close);
			assertThat(this.two.locks.tryAcquire(read)).hasValueSatisfying(HeldLock::close);
			assertThat(this.two.locks.tryAcquire(permit)).hasValueSatisfying(HeldLock::close);
			assertThat(all.cancel(true)).isTrue();
			other.join().close();
			await().untilAsserted(
					() -> assertThat(this.server.commands().keys("*")).allMatch((key) -> key.contains("-fence")));
		}
	}

	private static RedisGateway losingTheFirst(RedisGateway redis, AtomicInteger asked) {
		return losingTheFirst(redis, asked, () -> {
		});
	}

	private static RedisGateway losingTheFirst(RedisGateway redis, AtomicInteger asked, Runnable meanwhile) {
		return (RedisGateway) Proxy.newProxyInstance(RedisGateway.class.getClassLoader(),
				new Class<?>[] { RedisGateway.class }, (proxy, method, arguments) -> {
					Object result = method.invoke(redis, arguments);
					boolean asks = arguments != null && arguments[0] instanceof LuaScript script
							&& script.name().equals("acquire-all.lua");
					return (asks && asked.getAndIncrement() == 0) ? ((CompletionStage<?>) result).thenRun(meanwhile)
						.thenCompose(
								(done) -> CompletableFuture.failedStage(new RedisUnavailableException("lost", null)))
							: result;
				});
	}

	@Test
	void aFrozenRedisGetsNobodyAnythingAndNothingIsLeft() {
		try (RedisTestServer own = RedisTestServer.start(); LockInstance instance = new LockInstance(own.uri())) {
			instance.locks.acquireAll(FIVE).close();
			own.freeze();
			try {
				long start = System.nanoTime();
				assertThatExceptionOfType(LockNotAcquiredException.class)
					.isThrownBy(() -> instance.locks.acquireAll(
							FIVE.stream().map((request) -> request.withMaxWait(Duration.ofMillis(300))).toList()))
					.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.UNAVAILABLE));
				assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(500));
			}
			finally {
				own.thaw();
			}
			await().ignoreExceptions().untilAsserted(() -> {
				assertThat(instance.locks.tryAcquireAll(FIVE)).hasValueSatisfying(HeldLock::close);
				assertThat(own.commands().exists(KEYS)).isZero();
			});
			assertThat(instance.async.isIdle()).isTrue();
		}
	}

	@Test
	void aConnectionThatBreaksWhileAskingLeavesNothing() {
		try (TcpProxy proxy = TcpProxy.to(this.server); LockInstance far = new LockInstance(proxy.uri())) {
			far.locks.acquireAll(FIVE).close();
			proxy.latency(Duration.ofMillis(300)); // the question arrives, the answer
													// does not
			CompletableFuture<HeldLock> asking = far.async
				.acquireAll(FIVE.stream().map((request) -> request.withMaxWait(Duration.ofMillis(350))).toList())
				.toCompletableFuture();
			await().pollInterval(Duration.ofMillis(1)).until(() -> this.server.commands().exists(KEYS) == 5);
			proxy.cut();
			proxy.resume();
			assertThat(asking.handle((lock, failure) -> lock == null || lock.isHeld()).join()).isTrue();
			asking.thenAccept(HeldLock::close);
			await().until(() -> this.server.commands().exists(KEYS) == 0);
			await().until(far.async::isIdle);
		}
	}

	@Test
	void aKilledRedisIsWaitedFor() {
		try (RedisTestServer own = RedisTestServer.start(); LockInstance instance = new LockInstance(own.uri())) {
			own.kill();
			CompletableFuture<HeldLock> all = instance.async.acquireAll(FIVE).toCompletableFuture();
			own.restart();
			assertThat(all.join().isHeld()).isTrue();
			all.join().close();
			assertThat(own.commands().exists(KEYS)).isZero();
		}
	}

	@Test
	void whoeverIsInterruptedLeavesNothing() throws Exception {
		List<Thread> threads = new ArrayList<>();
		AtomicInteger got = new AtomicInteger();
		ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
		for (int i = 0; i < THREADS; i++) {
			LockInstance instance = (i % 2 == 0) ? this.one : this.two;
			threads.add(new Thread(() -> interrupted(instance, got, failures)));
		}
		threads.forEach(Thread::start);
		while (threads.stream().anyMatch(Thread::isAlive)) {
			threads.get(ThreadLocalRandom.current().nextInt(THREADS)).interrupt();
			LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(1_000_000));
		}
		assertThat(failures).isEmpty();
		assertThat(got.get()).isPositive();
		await().untilAsserted(
				() -> assertThat(this.server.commands().keys("*")).allMatch((key) -> key.contains("-fence")));
		await().until(() -> this.one.async.isIdle() && this.two.async.isIdle());
	}

	private static void interrupted(LockInstance instance, AtomicInteger got,
			ConcurrentLinkedQueue<Throwable> failures) {
		for (int i = 0; i < LOOPS / THREADS; i++) {
			try (HeldLock all = instance.locks.acquireAll(List.of(LockRequest.of("order", i % 3),
					LockRequest.of("stock", i % 2), LockRequest.permit("printer", 1, 3)))) {
				got.incrementAndGet();
			}
			catch (LockNotAcquiredException ex) {
				if (ex.reason() != Reason.INTERRUPTED || !Thread.interrupted()) {
					failures.add(ex);
				}
			}
			catch (RuntimeException ex) {
				failures.add(ex);
			}
		}
	}

	@Test
	void aCrowdThatWantsOneOrSeveralIsKeptApartAndNobodyStarves() throws Exception {
		int locks = 5;
		AtomicIntegerArray inside = new AtomicIntegerArray(locks);
		AtomicInteger overlaps = new AtomicInteger();
		AtomicIntegerArray turns = new AtomicIntegerArray(2 * THREADS);
		ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
		long end = System.nanoTime() + TIME.toNanos();
		List<Thread> threads = IntStream.range(0, 2 * THREADS).mapToObj((number) -> new Thread(() -> {
			LockInstance instance = (number % 2 == 0) ? this.one : this.two;
			int wanted = (number < THREADS) ? 3 : 1;
			try {
				while (System.nanoTime() - end < 0) {
					List<Integer> set = ThreadLocalRandom.current()
						.ints(0, locks)
						.distinct()
						.limit(wanted)
						.boxed()
						.toList();
					try (HeldLock all = instance.locks.acquireAll(requests(set))) {
						set.forEach((i) -> overlaps.addAndGet(inside.incrementAndGet(i) - 1));
						turns.incrementAndGet(number);
						set.forEach(inside::decrementAndGet);
						assertThat(all.isHeld()).isTrue();
					}
				}
			}
			catch (RuntimeException ex) {
				failures.add(ex);
			}
		})).toList();
		threads.forEach(Thread::start);
		for (Thread thread : threads) {
			thread.join();
		}
		assertThat(failures).isEmpty();
		assertThat(overlaps.get()).isZero();
		assertThat(IntStream.range(0, 2 * THREADS).map(turns::get)).allMatch((count) -> count > 0);
		await().untilAsserted(() -> assertThat(this.server.commands().exists(KEYS)).isZero());
		await().until(() -> this.one.async.isIdle() && this.two.async.isIdle());
	}

	/** Plain locks, a writer's side, and a semaphore with one permit. */
	private static List<LockRequest> requests(List<Integer> set) {
		return set.stream()
			.map((i) -> (i == 0) ? LockRequest.write("catalog", i)
					: (i == 1) ? LockRequest.permit("printer", i, 1) : LockRequest.of("stock", i))
			.map((request) -> request.withMaxWait(Duration.ofSeconds(30)))
			.toList();
	}

}
