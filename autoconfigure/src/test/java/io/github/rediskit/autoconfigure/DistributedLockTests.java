package io.github.rediskit.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import io.github.rediskit.cache.Cached;
import io.github.rediskit.lock.DistributedLock;
import io.github.rediskit.lock.DistributedLocks;
import io.github.rediskit.lock.HeldLock;
import io.github.rediskit.lock.IfHeld;
import io.github.rediskit.lock.LockContext;
import io.github.rediskit.lock.LockLostException;
import io.github.rediskit.lock.LockNotAcquiredException;
import io.github.rediskit.lock.LockNotAcquiredException.Reason;
import io.github.rediskit.lock.LockRequest;
import io.github.rediskit.lock.OnLost;
import io.github.rediskit.ratelimit.RateLimitExceededException;
import io.github.rediskit.ratelimit.RateLimited;
import io.github.rediskit.spring.LockAdvisor;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * {@code @DistributedLock} as an application sees it: a bean, properties, a real Redis.
 */
@RedisTest
@Timeout(60)
class DistributedLockTests {

	private final RedisTestServer server = RedisTestServer.shared();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class, RediskitAutoConfiguration.class,
				RedisConnectionsAutoConfiguration.class, LockAutoConfiguration.class))
		.withPropertyValues("spring.application.name=shop", "spring.data.redis.url=" + this.server.uri())
		.withBean(Orders.class);

	private final List<Thread> threads = new ArrayList<>();

	@AfterEach
	void endThreads() throws InterruptedException {
		for (Thread thread : this.threads) {
			thread.interrupt();
			thread.join();
		}
	}

	@Test
	void aMethodRunsUnderItsLockWhichIsFreeWhenItHasReturned() {
		with((orders, locks) -> {
			assertThat(orders.pay(42, () -> {
				assertThat(locks.tryAcquire(LockRequest.of("order", 42))).isEmpty();
				assertThat(locks.tryAcquire(LockRequest.of("order", 43))).hasValueSatisfying(HeldLock::close);
				assertThat(locks.held()).singleElement().satisfies((status) -> {
					assertThat(status.name()).isEqualTo("order");
					assertThat(status.validFor()).isGreaterThan(Duration.ofSeconds(20));
				});
			})).isEqualTo("paid");
			assertThat(locks.held()).isEmpty();
			assertThat(locks.tryAcquire(LockRequest.of("order", 42))).hasValueSatisfying(HeldLock::close);
		});
	}

	@Test
	void itIsFreeAlsoWhenTheMethodHasThrown() {
		with((orders, locks) -> {
			assertThatIllegalArgumentException().isThrownBy(() -> orders.pay(42, () -> {
				throw new IllegalArgumentException("no money");
			})).withMessage("no money");
			assertThat(locks.tryAcquire(LockRequest.of("order", 42))).hasValueSatisfying(HeldLock::close);
		});
	}

	@Test
	void aCallerWaitsUntilTheLockIsFree() {
		twice((here, there) -> {
			CountDownLatch running = new CountDownLatch(1);
			CountDownLatch end = new CountDownLatch(1);
			CompletableFuture<String> first = inThread(() -> there.pay(42, () -> {
				running.countDown();
				awaited(end);
			}));
			awaited(running);
			CompletableFuture<String> second = inThread(() -> here.pay(42, () -> {
			}));
			await().during(Duration.ofMillis(100)).until(() -> !second.isDone());
			end.countDown();
			assertThat(first.join()).isEqualTo("paid");
			assertThat(second.join()).isEqualTo("paid");
		});
	}

	@Test
	void aCallerWaitsNoLongerThanItSays() {
		with((orders, locks) -> {
			try (HeldLock held = locks.acquire(LockRequest.of("order", 42))) {
				long start = System.nanoTime();
				assertThatExceptionOfType(LockNotAcquiredException.class)
					.isThrownBy(() -> orders.hasty(42, Duration.ofMillis(200)))
					.satisfies((ex) -> {
						assertThat(ex.lock()).isEqualTo("order");
						assertThat(ex.reason()).isEqualTo(Reason.HELD);
					});
				assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(190));
				assertThat(held.isHeld()).isTrue();
			}
			assertThat(orders.calls()).isEmpty();
		});
	}

	@Test
	void aCallCanFailAtOnceOrBeSkippedOrAnsweredByAFallback() {
		with((orders, locks) -> {
			try (HeldLock held = locks.acquire(LockRequest.of("order", 42))) {
				assertThatExceptionOfType(LockNotAcquiredException.class).isThrownBy(() -> orders.fails(42));
				assertThat(orders.skips(42)).isNull();
				assertThat(orders.skipsOptional(42)).isEmpty();
				assertThat(orders.skipsFuture(42).join()).isNull();
				assertThat(orders.skipsMono(42).blockOptional()).isEmpty();
				assertThat(orders.skipsFlux(42).collectList().block()).isEmpty();
				assertThat(orders.withFallback(42, null)).isEqualTo("later: HELD, null");
				assertThat(orders.futureWithFallback(42).join()).isEqualTo("later");
				assertThat(orders.monoWithFallback(42).block()).isEqualTo("later");
				assertThat(held.isHeld()).isTrue();
			}
			assertThat(orders.calls()).isEmpty();
			assertThat(orders.fails(42)).isEqualTo("called");
			assertThat(orders.skips(42)).isEqualTo("called");
			assertThat(orders.skipsOptional(42)).hasValue("called");
			assertThat(orders.skipsFuture(42).join()).isEqualTo("called");
			assertThat(orders.skipsMono(42).block()).isEqualTo("called");
			assertThat(orders.skipsFlux(42).collectList().block()).containsExactly("called");
			assertThat(orders.withFallback(42, null)).isEqualTo("called");
		});
	}

	@Test
	void whenRedisIsAwayNoMethodRunsAndOnlyAFallbackAnswers() {
		try (RedisTestServer own = RedisTestServer.start()) {
			this.runner.withPropertyValues("spring.data.redis.url=" + own.uri(), "rediskit.lock.max-wait=200ms")
				.run((context) -> {
					Orders orders = context.getBean(Orders.class);
					assertThat(orders.fails(42)).isEqualTo("called");
					own.kill();
					assertThatExceptionOfType(LockNotAcquiredException.class).isThrownBy(() -> orders.fails(42))
						.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.UNAVAILABLE));
					assertThatExceptionOfType(LockNotAcquiredException.class).isThrownBy(() -> orders.skips(42));
					assertThatExceptionOfType(LockNotAcquiredException.class)
						.isThrownBy(() -> orders.skipsMono(42).block());
					assertThat(orders.withFallback(42, null)).isEqualTo("later: UNAVAILABLE, null");
					assertThat(orders.calls()).hasSize(1);
				});
		}
	}

	@Test
	void theLockIsKnownToTheMethodAndItsFenceGrows() {
		with((orders, locks) -> {
			List<Long> fences = new ArrayList<>();
			for (int i = 0; i < 5; i++) {
				orders.told(42, null, (lock) -> {
					assertThat(lock.isHeld()).isTrue();
					fences.add(lock.fence());
				});
			}
			assertThat(fences).doesNotHaveDuplicates().isSorted();
			LockContext another = locks.acquire(LockRequest.of("another"));
			orders.told(42, another, (lock) -> assertThat(lock).isNotSameAs(another));
			((HeldLock) another).close();
		});
	}

	@Test
	void theKeyIsWhatItWasBeforeTheMethodChangedItsArguments() {
		with((orders, locks) -> {
			List<String> names = new ArrayList<>(List.of("a"));
			orders.changing(names);
			assertThat(names).containsExactly("a", "b");
			assertThat(locks.held()).isEmpty();
			assertThat(locks.tryAcquire(LockRequest.of("names", "a"))).hasValueSatisfying(HeldLock::close);
		});
	}

	@Test
	void aKeyOfNullAndADurationThatIsNoneAreNamed() {
		with((orders, locks) -> {
			assertThatIllegalArgumentException().isThrownBy(() -> orders.keyed(null))
				.withMessageContainingAll("'#order'", "Orders.keyed", "yields null");
			assertThatIllegalArgumentException().isThrownBy(() -> orders.leased(42, Duration.ofMillis(1)))
				.withMessageContainingAll("'order'", "lease of PT0.001S", "100 ms");
			assertThatIllegalArgumentException().isThrownBy(() -> orders.keyedByPart(null))
				.withMessageContainingAll("'#order.length()'", "Orders.keyedByPart", "can't be evaluated", "length()");
			assertThat(orders.calls()).isEmpty();
			assertThat(this.server.commands().keys("*order*")).isEmpty();
		});
	}

	@Test
	void withoutAKeyTheNameIsTheLock() {
		with((orders, locks) -> {
			try (HeldLock held = locks.acquire(LockRequest.of("nightly"))) {
				assertThat(orders.nightly()).isNull();
			}
			assertThat(orders.nightly()).isEqualTo("called");
		});
	}

	@Test
	void aNestedCallSharesTheLockAndOthersDoNot() {
		with((orders, locks) -> assertThat(orders.pay(42, () -> {
			long fence = locks.held().get(0).fence();
			assertThat(orders.fails(42)).isEqualTo("called");
			assertThat(orders.told(42, null, (lock) -> assertThat(lock.fence()).isEqualTo(fence))).isEqualTo("called");
			assertThat(orders.futureOf(42, CompletableFuture.completedFuture("inner")).join()).isEqualTo("inner");
			assertThat(orders.monoOf(42, Mono.just("inner")).block()).isEqualTo("inner");
			assertThat(locks.held()).hasSize(1);
			assertThat(inThread(() -> orders.skips(42)).join()).isNull();
		})).isEqualTo("paid"));
	}

	@Test
	void manyNestedCallsLeaveNothing() {
		with((orders, locks) -> orders.pay(42, () -> {
			for (int i = 0; i < 1000; i++) {
				orders.fails(42);
			}
			assertThat(locks.held()).hasSize(1);
		}));
	}

	@Test
	void aFutureKeepsTheLockUntilItHasEnded() {
		with((orders, locks) -> {
			for (Ending ending : Ending.values()) {
				CompletableFuture<String> gate = new CompletableFuture<>();
				CompletableFuture<String> answer = orders.futureOf(42, gate);
				await().until(() -> orders.calls().contains("future"));
				assertThat(inThread(() -> orders.skips(42)).join()).as(ending.name()).isNull();
				ending.end(gate, answer);
				await().until(answer::isDone);
				assertThat(gate).as("what the method returned").isDone();
				await().until(() -> orders.skips(42) != null);
				orders.calls().clear();
			}
		});
	}

	@Test
	void whoSeesAFutureEndFindsTheLockFree() {
		with((orders, locks) -> {
			for (int i = 0; i < 50; i++) {
				assertThat(orders.futureOf(42, CompletableFuture.completedFuture("done"))
					.thenApply((done) -> orders.fails(42))
					.join()).isEqualTo("called");
				assertThat(orders.monoOf(42, Mono.just("done")).map((done) -> orders.fails(42)).block())
					.isEqualTo("called");
			}
		});
	}

	@Test
	void aFutureThatWaitsBlocksNobodyAndCanBeCancelled() {
		with((orders, locks) -> {
			HeldLock held = locks.acquire(LockRequest.of("order", 42));
			CompletableFuture<String> cancelled = orders.futureOf(42, CompletableFuture.completedFuture("cancelled"));
			CompletableFuture<String> waiting = orders.futureOf(42, CompletableFuture.completedFuture("waited"));
			assertThat(waiting).isNotDone();
			cancelled.cancel(true);
			held.close();
			assertThat(waiting.join()).isEqualTo("waited");
			assertThat(orders.calls()).containsExactly("future");
			await().until(() -> locks.held().isEmpty());
		});
	}

	@Test
	void aPublisherIsLockedPerSubscriptionUntilItEndsOrIsCancelled() {
		with((orders, locks) -> {
			Sinks.One<String> gate = Sinks.one();
			Mono<String> mono = orders.monoOf(42, gate.asMono());
			assertThat(locks.held()).isEmpty();
			Disposable subscription = mono.subscribe();
			await().until(() -> orders.calls().size() == 1);
			assertThat(inThread(() -> orders.skips(42)).join()).isNull();
			subscription.dispose();
			await().until(() -> locks.held().isEmpty());
			gate.tryEmitValue("done");
			assertThat(mono.block()).isEqualTo("done");
			assertThat(mono.block()).isEqualTo("done");
			assertThat(orders.calls()).hasSize(3);
			assertThat(orders.fluxOf(42, Flux.just("a", "b")).collectList().block()).containsExactly("a", "b");
			assertThatIllegalArgumentException()
				.isThrownBy(() -> orders.fluxOf(42, Flux.error(new IllegalArgumentException("no"))).blockLast());
			assertThat(locks.held()).isEmpty();
		});
	}

	@Test
	void aSubscriptionWithinAPublisherSharesItsLock() {
		with((orders, locks) -> {
			Mono<String> inner = orders.monoOf(42, Mono.just("inner"));
			assertThat(orders.monoOf(42, Mono.delay(Duration.ofMillis(1)).then(inner)).block(Duration.ofSeconds(5)))
				.isEqualTo("inner");
			assertThat(orders.monoOf(42, Mono.delay(Duration.ofMillis(1)).then(orders.skipsMono(43)))
				.block(Duration.ofSeconds(5))).isEqualTo("called");
			assertThat(locks.held()).isEmpty();
		});
	}

	@Test
	void aLostLockInterruptsTheMethodAndItsCallerLearnsOfIt() {
		with((orders, locks) -> {
			AtomicBoolean interrupted = new AtomicBoolean();
			CountDownLatch never = new CountDownLatch(1);
			assertThatExceptionOfType(LockLostException.class)
				.isThrownBy(() -> orders.leased(42, Duration.ofMillis(200), () -> {
					try {
						never.await();
					}
					catch (InterruptedException ex) {
						interrupted.set(true);
						throw new IllegalStateException(ex);
					}
				}))
				.withCauseInstanceOf(IllegalStateException.class)
				.withMessageContaining("'order'");
			assertThat(interrupted).isTrue();
			assertThat(Thread.currentThread().isInterrupted()).isFalse();
			assertThat(orders.fails(42)).isEqualTo("called");
		});
	}

	@Test
	void aCallThatLostItsLockFailsAlsoIfTheMethodNoticedNothing() {
		with((orders, locks) -> {
			assertThatExceptionOfType(LockLostException.class).isThrownBy(() -> orders.told(42, null, (lock) -> {
				locks.forceRelease(LockRequest.of("order", 42));
				while (lock.isHeld()) {
					Thread.onSpinWait();
				}
			}));
			assertThat(Thread.interrupted()).isFalse();
		});
	}

	@Test
	void withMarkOnlyTheContextTells() {
		with((orders, locks) -> {
			CountDownLatch lost = new CountDownLatch(1);
			assertThat(orders.marked(42, null, (lock) -> {
				lock.onLost(lost::countDown);
				awaited(lost);
				assertThat(lock.isHeld()).isFalse();
			})).isEqualTo("called");
		});
	}

	@Test
	void aLostLockCancelsTheFutureAndThePublisher() {
		with((orders, locks) -> {
			CompletableFuture<String> never = new CompletableFuture<>();
			assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> orders.leasedFuture(42, never).join())
				.withCauseInstanceOf(LockLostException.class);
			await().until(never::isCancelled);
			AtomicBoolean subscribed = new AtomicBoolean();
			AtomicBoolean cancelled = new AtomicBoolean();
			Flux<String> endless = Flux.<String>never()
				.doOnSubscribe((subscription) -> subscribed.set(true))
				.doOnCancel(() -> cancelled.set(true));
			assertThatExceptionOfType(LockLostException.class)
				.isThrownBy(() -> orders.leasedFlux(43, endless).blockLast());
			assertThat(subscribed).isTrue();
			assertThat(cancelled).isTrue();
		});
	}

	@Test
	void aLossReachesEveryCallAlsoBesidesOneThatCanNotBeCancelled() {
		with((orders, locks) -> {
			List<CompletionStage<String>> inner = new ArrayList<>();
			CompletableFuture<String> never = new CompletableFuture<>();
			assertThatExceptionOfType(LockLostException.class)
				.isThrownBy(() -> orders.leased(42, Duration.ofMillis(300), () -> {
					inner.add(orders.stageOf(42, new CompletableFuture<String>().minimalCompletionStage()));
					inner.add(orders.futureOf(42, never));
					awaited(new CountDownLatch(1));
				}));
			await().until(never::isCancelled);
			assertThat(inner).allSatisfy((stage) -> assertThatExceptionOfType(CompletionException.class)
				.isThrownBy(() -> stage.toCompletableFuture().join())
				.withCauseInstanceOf(LockLostException.class));
		});
	}

	@Test
	void callsThatEndWhenTheApplicationHasStoppedTellTheirCallers() {
		this.runner.run((context) -> {
			Orders orders = context.getBean(Orders.class);
			assertThat(orders.futureOf(42, CompletableFuture.completedFuture("before")).join()).isEqualTo("before");
			context.getBean(LockAdvisor.class).destroy();
			assertThat(orders.futureOf(42, CompletableFuture.completedFuture("after")))
				.succeedsWithin(Duration.ofSeconds(10))
				.isEqualTo("after");
			assertThat(orders.monoOf(42, Mono.just("after")).block(Duration.ofSeconds(10))).isEqualTo("after");
		});
	}

	@Test
	void whoIsInterruptedWhileWaitingDoesNotRunAndStaysInterrupted() {
		with((orders, locks) -> {
			try (HeldLock held = locks.acquire(LockRequest.of("order", 42))) {
				AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
				AtomicBoolean interrupted = new AtomicBoolean();
				Thread waiting = new Thread(() -> {
					try {
						orders.withPatientFallback(42);
					}
					catch (LockNotAcquiredException ex) {
						thrown.set(ex);
						interrupted.set(Thread.currentThread().isInterrupted());
					}
				});
				waiting.start();
				await().until(() -> !locks.held().isEmpty() && locks.held().get(0).waiting() == 1);
				waiting.interrupt();
				waiting.join();
				assertThat(thrown.get()).isInstanceOfSatisfying(LockNotAcquiredException.class,
						(ex) -> assertThat(ex.reason()).isEqualTo(Reason.INTERRUPTED));
				assertThat(interrupted).isTrue();
				assertThat(orders.calls()).isEmpty();
				assertThat(held.isHeld()).isTrue();
			}
		});
	}

	@Test
	void atLeastKeepsOthersOutAlthoughTheMethodHasReturned() {
		with((orders, locks) -> {
			orders.atLeast(42);
			assertThat(orders.skips(42)).isNull();
			await().until(() -> orders.skips(42) != null);
		});
	}

	@Test
	void whoIsRefusedByALimitWaitsForNoLockAndWhoIsAnsweredByTheCacheNeither() {
		this.runner
			.withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class, CacheAutoConfiguration.class,
					RateLimitAutoConfiguration.class))
			.withBean(Limited.class)
			.run((context) -> {
				Limited limited = context.getBean(Limited.class);
				assertThat(limited.call("once")).isEqualTo("called");
				assertThat(limited.cached()).isEqualTo("called");
				try (HeldLock held = context.getBean(DistributedLocks.class).acquire(LockRequest.of("limited"))) {
					assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> limited.call("twice"));
					assertThat(limited.cached()).isEqualTo("called");
					assertThat(held.isHeld()).isTrue();
				}
			});
	}

	private void with(Scenario scenario) {
		this.runner.run((context) -> {
			DistributedLocks locks = context.getBean(DistributedLocks.class);
			locks.acquire(LockRequest.of("warm")).close();
			scenario.play(context.getBean(Orders.class), locks);
		});
	}

	private void twice(Pair pair) {
		this.runner
			.run((one) -> this.runner.run((two) -> pair.play(one.getBean(Orders.class), two.getBean(Orders.class))));
	}

	private <T> CompletableFuture<T> inThread(Supplier<T> task) {
		CompletableFuture<T> result = new CompletableFuture<>();
		Thread thread = new Thread(() -> {
			try {
				result.complete(task.get());
			}
			catch (RuntimeException | Error ex) {
				result.completeExceptionally(ex);
			}
		});
		this.threads.add(thread);
		thread.start();
		return result;
	}

	private static void awaited(CountDownLatch latch) {
		try {
			assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private interface Scenario {

		void play(Orders orders, DistributedLocks locks) throws Exception;

	}

	private interface Pair {

		void play(Orders here, Orders there) throws Exception;

	}

	private interface Use {

		void of(LockContext lock);

	}

	private enum Ending {

		COMPLETED {
			@Override
			void end(CompletableFuture<String> gate, CompletableFuture<String> answer) {
				gate.complete("done");
			}
		},

		FAILED {
			@Override
			void end(CompletableFuture<String> gate, CompletableFuture<String> answer) {
				gate.completeExceptionally(new IllegalStateException("failed"));
			}
		},

		CANCELLED {
			@Override
			void end(CompletableFuture<String> gate, CompletableFuture<String> answer) {
				answer.cancel(true);
			}
		};

		abstract void end(CompletableFuture<String> gate, CompletableFuture<String> answer);

	}

	static class Orders {

		private final List<String> calls = new CopyOnWriteArrayList<>();

		List<String> calls() {
			return this.calls;
		}

		private String called() {
			this.calls.add("called");
			return "called";
		}

		@DistributedLock(value = "order", key = "#order")
		String pay(long order, Runnable payment) {
			payment.run();
			return "paid";
		}

		@DistributedLock(value = "order", key = "#order", maxWait = "#wait")
		String hasty(long order, Duration wait) {
			return called();
		}

		@DistributedLock(value = "order", key = "#order", ifHeld = IfHeld.FAIL)
		String fails(long order) {
			return called();
		}

		@DistributedLock(value = "order", key = "#order", ifHeld = IfHeld.SKIP)
		@Nullable String skips(long order) {
			return called();
		}

		@DistributedLock(value = "order", key = "#order", ifHeld = IfHeld.SKIP)
		Optional<String> skipsOptional(long order) {
			return Optional.of(called());
		}

		@DistributedLock(value = "order", key = "#order", ifHeld = IfHeld.SKIP)
		CompletableFuture<String> skipsFuture(long order) {
			return CompletableFuture.completedFuture(called());
		}

		@DistributedLock(value = "order", key = "#order", ifHeld = IfHeld.SKIP)
		Mono<String> skipsMono(long order) {
			return Mono.just(called());
		}

		@DistributedLock(value = "order", key = "#order", ifHeld = IfHeld.SKIP)
		Flux<String> skipsFlux(long order) {
			return Flux.just(called());
		}

		@DistributedLock(value = "order", key = "#order", ifHeld = IfHeld.FAIL, fallback = "later")
		String withFallback(long order, @Nullable LockContext lock) {
			assertThat(lock).isNotNull();
			return called();
		}

		private String later(long order, @Nullable LockContext lock, LockNotAcquiredException refusal) {
			return "later: " + refusal.reason() + ", " + lock;
		}

		@DistributedLock(value = "order", key = "#order", fallback = "patientlyLater")
		String withPatientFallback(long order) {
			return called();
		}

		String patientlyLater(long order) {
			return called();
		}

		@DistributedLock(value = "order", key = "#order", ifHeld = IfHeld.FAIL, fallback = "laterFuture")
		CompletableFuture<String> futureWithFallback(long order) {
			return CompletableFuture.completedFuture(called());
		}

		CompletableFuture<String> laterFuture(long order) {
			return CompletableFuture.completedFuture("later");
		}

		@DistributedLock(value = "order", key = "#order", ifHeld = IfHeld.FAIL, fallback = "laterMono")
		Mono<String> monoWithFallback(long order) {
			return Mono.just(called());
		}

		Mono<String> laterMono(long order) {
			return Mono.just("later");
		}

		@DistributedLock(value = "order", key = "#order")
		String told(long order, @Nullable LockContext lock, Use use) {
			assertThat(lock).isNotNull();
			use.of(lock);
			return called();
		}

		@DistributedLock(value = "order", key = "#order", lease = "200ms", onLost = OnLost.MARK)
		String marked(long order, @Nullable LockContext lock, Use use) {
			assertThat(lock).isNotNull();
			use.of(lock);
			return called();
		}

		@DistributedLock(value = "names", key = "#names[0]")
		void changing(List<String> names) {
			names.add("b");
		}

		@DistributedLock(value = "order", key = "#order")
		String keyed(@Nullable String order) {
			return called();
		}

		@DistributedLock(value = "order", key = "#order.length()")
		String keyedByPart(@Nullable String order) {
			return called();
		}

		@DistributedLock(value = "order", key = "#order", lease = "#lease")
		String leased(long order, Duration lease) {
			return called();
		}

		@DistributedLock(value = "order", key = "#order", lease = "#lease")
		String leased(long order, Duration lease, Runnable task) {
			task.run();
			return called();
		}

		@DistributedLock(value = "nightly", ifHeld = IfHeld.SKIP)
		@Nullable String nightly() {
			return called();
		}

		@DistributedLock(value = "order", key = "#order")
		CompletableFuture<String> futureOf(long order, CompletableFuture<String> gate) {
			this.calls.add("future");
			return gate;
		}

		@DistributedLock(value = "order", key = "#order")
		CompletionStage<String> stageOf(long order, CompletionStage<String> gate) {
			return gate;
		}

		@DistributedLock(value = "order", key = "#order")
		Mono<String> monoOf(long order, Mono<String> gate) {
			this.calls.add("mono");
			return gate;
		}

		@DistributedLock(value = "order", key = "#order")
		Flux<String> fluxOf(long order, Flux<String> gate) {
			return gate;
		}

		@DistributedLock(value = "order", key = "#order", lease = "500ms")
		CompletableFuture<String> leasedFuture(long order, CompletableFuture<String> gate) {
			return gate;
		}

		@DistributedLock(value = "order", key = "#order", lease = "500ms")
		Flux<String> leasedFlux(long order, Flux<String> gate) {
			return gate;
		}

		@DistributedLock(value = "order", key = "#order", atLeast = "500ms")
		String atLeast(long order) {
			return called();
		}

	}

	static class Limited {

		@DistributedLock(value = "limited", maxWait = "1h")
		@RateLimited(value = "limited", limit = 1, period = "1h")
		String call(String how) {
			return "called";
		}

		@DistributedLock(value = "limited", maxWait = "1h")
		@Cached("limited")
		String cached() {
			return "called";
		}

	}

}
