package io.github.rediskit.ratelimit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.github.rediskit.key.KeyId;
import io.github.rediskit.key.KeySpace;
import io.github.rediskit.ratelimit.RateLimitPolicy.Limit;
import io.github.rediskit.ratelimit.RateLimitPolicy.OnFailure;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Calls of one key that wait together go to Redis together, and nobody is told or charged
 * anything else for it.
 */
@RedisTest
@Timeout(60)
class SharedTripsTests {

	private static final Duration HOUR = Duration.ofHours(1);

	private final RedisTestServer server = RedisTestServer.shared();

	private final List<RateLimitInstance> instances = new ArrayList<>();

	private RateLimitInstance instance(RateLimitPolicy... policies) {
		RateLimitInstance instance = new RateLimitInstance(this.server.uri(), policies);
		this.instances.add(instance);
		instance.limiter.peek("search", "warm");
		return instance;
	}

	@AfterEach
	void close() {
		this.instances.forEach(RateLimitInstance::close);
	}

	private static RateLimitPolicy hourly(RateLimitAlgorithm algorithm, long limit) {
		Duration period = (algorithm == RateLimitAlgorithm.CONCURRENCY) ? Duration.ZERO : HOUR;
		return RateLimitPolicy.of("search", algorithm, List.of(Limit.of(limit, period)))
			.withTimeBudget(Duration.ofSeconds(10));
	}

	private static <T> T get(CompletionStage<T> stage) {
		return stage.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
	}

	@ParameterizedTest
	@EnumSource(RateLimitAlgorithm.class)
	void manyCallsAreFewScriptsAndEachIsCounted(RateLimitAlgorithm algorithm) {
		RateLimitInstance shop = instance(hourly(algorithm, 2_000).withHold(Duration.ofDays(1)));
		this.server.resetStats();
		List<CompletableFuture<RateLimitPermit>> calls = new ArrayList<>();
		for (int i = 0; i < 1_500; i++) {
			calls.add(shop.async.acquire("search", "alice", 1 + i % 3).toCompletableFuture());
		}
		long taken = 0;
		for (int i = 0; i < calls.size(); i++) {
			RateLimitPermit permit = get(calls.get(i));
			if (permit.decision().allowed()) {
				taken += 1 + i % 3;
				assertThat(permit.decision().remaining()).isEqualTo(2_000 - taken);
			}
		}
		assertThat(taken).isBetween(1_998L, 2_000L);
		assertThat(this.server.commandStats().get("evalsha")).isLessThan(300);
		assertThat(shop.limiter.peek("search", "alice").remaining()).isEqualTo(2_000 - taken);
		assertThat(get(get(calls.get(100)).refund())).isTrue();
		assertThat(shop.limiter.peek("search", "alice").remaining()).isEqualTo(2_000 - taken + 2);
	}

	@Test
	void whatIsRefusedInBetweenIsToldItsOwnWait() {
		RateLimitInstance shop = instance(hourly(RateLimitAlgorithm.TOKEN_BUCKET, 10));
		this.server.commands().clientPause(100);
		CompletionStage<RateLimitDecision> first = shop.async.tryAcquire("search", "alice", 6);
		CompletionStage<RateLimitDecision> large = shop.async.tryAcquire("search", "alice", 8);
		CompletionStage<RateLimitDecision> small = shop.async.tryAcquire("search", "alice", 3);
		CompletionStage<RateLimitDecision> two = shop.async.tryAcquire("search", "alice", 2);
		assertThat(get(first).remaining()).isEqualTo(4);
		assertThat(get(large).allowed()).isFalse();
		assertThat(get(large).remaining()).isEqualTo(4);
		assertThat(get(large).retryAfter()).isBetween(Duration.ofMinutes(23), Duration.ofMinutes(24));
		assertThat(get(small).allowed()).isTrue();
		assertThat(get(two).retryAfter()).isBetween(Duration.ofMinutes(5), Duration.ofMinutes(6));
	}

	@ParameterizedTest
	@EnumSource(value = RateLimitAlgorithm.class, mode = EnumSource.Mode.EXCLUDE, names = "CONCURRENCY")
	void allAreToldThatTheKeyIsBlocked(RateLimitAlgorithm algorithm) {
		RateLimitInstance shop = instance(hourly(algorithm, 10));
		get(shop.async.block("search", "alice", Duration.ofMinutes(5)));
		List<CompletionStage<RateLimitDecision>> calls = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			calls.add(shop.async.tryAcquire("search", "alice", 1 + i % 3));
		}
		assertThat(calls).allSatisfy(
				(call) -> assertThat(get(call).retryAfter()).isBetween(Duration.ofMinutes(4), Duration.ofMinutes(5)));
	}

	@ParameterizedTest
	@EnumSource(RateLimitAlgorithm.class)
	void whoseTimeEndsWhileWaitingInLineIsNotCharged(RateLimitAlgorithm algorithm) {
		RateLimitPolicy policy = hourly(algorithm, 100).withTimeBudget(Duration.ofMillis(50))
			.withOnFailure(OnFailure.CLOSED);
		RateLimitInstance shop = instance(policy);
		RateLimitInstance other = instance(hourly(algorithm, 100));
		this.server.resetStats();
		this.server.commands().clientPause(400);
		List<CompletionStage<RateLimitDecision>> calls = new ArrayList<>();
		for (int i = 0; i < 40; i++) {
			calls.add(shop.async.tryAcquire("search", "alice", 1));
		}
		assertThat(calls).allSatisfy((call) -> assertThatExceptionOfType(Exception.class).isThrownBy(() -> get(call))
			.havingRootCause()
			.withMessageContaining("within 50 ms"));
		await().until(() -> this.server.commandStats().getOrDefault("evalsha", 0L) >= 1);
		long charged = (algorithm == RateLimitAlgorithm.CONCURRENCY) ? 0 : 1; // given
																				// back
		await().until(() -> other.limiter.peek("search", "alice").remaining() == 100 - charged);
		await().ignoreExceptions().until(() -> shop.limiter.tryAcquire("search", "alice", 1).allowed());
	}

	@Test
	void aTripThatHangsHoldsUpNobodyForLongerThanTheTimeBudget() {
		RateLimitPolicy policy = hourly(RateLimitAlgorithm.TOKEN_BUCKET, 100);
		RateLimitInstance shop = instance(policy);
		AtomicLong now = new AtomicLong();
		SharedTrips trips = new SharedTrips(shop.twin, now::get);
		RateLimitRequest request = new RateLimitRequest(policy, KeyId.of("alice"), 1);
		this.server.commands().clientPause(300);
		CompletableFuture<Answer> hanging = trips.join(request, new Heard());
		CompletableFuture<Answer> gone = trips.join(request, new Heard());
		CompletableFuture<Answer> waiting = trips.join(request, new Heard());
		assertThat(trips.waiting()).isEqualTo(2);
		assertThat(hanging.cancel(false)).isFalse();
		assertThat(gone.cancel(false)).isTrue();
		assertThat(trips.waiting()).isOne();
		now.addAndGet(policy.timeBudget().toNanos() + 1);
		CompletableFuture<Answer> next = trips.join(request, new Heard());
		assertThat(trips.waiting()).isZero();
		assertThat(waiting.cancel(false)).isFalse();
		assertThat(hanging).failsWithin(Duration.ZERO)
			.withThrowableOfType(ExecutionException.class)
			.withMessageContaining("within 10000 ms");
		assertThat(List.of(waiting, next)).extracting((call) -> get(call).decision().remaining())
			.containsExactly(98L, 97L);
		assertThat(get(Heard.of(trips, request)).decision().remaining()).isEqualTo(96);
		await().until(() -> trips.lines() == 0);
	}

	@Test
	void aTripForWhichNobodyWaitsAnyMoreIsForgottenAndSoIsItsLateAnswer() {
		RateLimitPolicy policy = hourly(RateLimitAlgorithm.CONCURRENCY, 100).withHold(Duration.ofDays(1));
		RateLimitInstance shop = instance(policy);
		AtomicLong now = new AtomicLong();
		AtomicLong permits = new AtomicLong();
		SharedTrips trips = new SharedTrips(new RedisLimits(shop.gateway, new KeySpace(null, "shop"),
				() -> "permit-" + permits.incrementAndGet(), System::nanoTime, new RateLimitListener() {
				}), now::get);
		this.server.commands().clientPause(300);
		CompletableFuture<Answer> hanging = trips.join(new RateLimitRequest(policy, KeyId.of("alice"), 1), new Heard());
		now.addAndGet(policy.timeBudget().toNanos() / 2);
		CompletableFuture<Answer> behind = trips.join(new RateLimitRequest(policy, KeyId.of("alice"), 2), new Heard());
		now.addAndGet(policy.timeBudget().toNanos() / 2 - 1);
		trips.endOverdue();
		assertThat(hanging).isNotDone();
		now.addAndGet(1);
		trips.endOverdue();
		assertThat(hanging).isCompletedExceptionally();
		assertThat(behind).isNotDone();
		assertThat(trips.lines()).isOne();
		now.addAndGet(policy.timeBudget().toNanos() / 2);
		trips.endOverdue();
		assertThat(behind).isCompletedExceptionally();
		assertThat(trips.lines()).isZero();
		CompletableFuture<Answer> next = trips.join(new RateLimitRequest(policy, KeyId.of("alice"), 4), new Heard());
		assertThat(get(next).admitted()).isTrue();
		await().until(() -> trips.lines() == 0);
		await().until(() -> shop.limiter.peek("search", "alice").remaining() == 96); // what
																						// came
																						// late
																						// is
																						// given
																						// back
	}

	@Test
	void nobodyIsForgottenAndWhoLeavesTheLineIsNotCharged() throws Exception {
		long limit = 1_000_000;
		RateLimitPolicy policy = hourly(RateLimitAlgorithm.FIXED_WINDOW, limit);
		RateLimitInstance shop = instance(policy);
		SharedTrips trips = new SharedTrips(shop.twin, System::nanoTime);
		ExecutorService threads = Executors.newFixedThreadPool(8);
		try {
			List<Future<Long>> charged = new ArrayList<>();
			for (int thread = 0; thread < 8; thread++) {
				Random random = new Random(thread);
				charged.add(threads.submit(() -> {
					long sum = 0;
					for (int i = 0; i < 300; i++) {
						List<CompletableFuture<Answer>> calls = new ArrayList<>();
						for (int n = random.nextInt(6); n >= 0; n--) {
							calls.add(trips.join(new RateLimitRequest(policy, KeyId.of("alice"), 1 + n), new Heard()));
						}
						for (int n = 0; n < calls.size(); n++) {
							if (random.nextBoolean() || !calls.get(n).cancel(false)) {
								get(calls.get(n));
								sum += calls.size() - n;
							}
						}
					}
					return sum;
				}));
			}
			long sum = 0;
			for (Future<Long> part : charged) {
				sum += part.get(50, TimeUnit.SECONDS);
			}
			assertThat(shop.limiter.peek("search", "alice").remaining()).isEqualTo(limit - sum);
			await().until(() -> trips.lines() == 0);
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void thoseWhoAskForAnotherWaitAreOnTheirOwn() {
		RateLimitPolicy strict = RateLimitPolicy.of("search", 1, Duration.ofMinutes(1))
			.withTimeBudget(Duration.ofSeconds(10));
		RateLimitPolicy patient = strict.withMaxWait(Duration.ofMinutes(10));
		RateLimitInstance shop = instance(strict);
		this.server.commands().clientPause(100);
		CompletionStage<RateLimitPermit> first = shop.async.acquire(strict, "alice", 1);
		CompletionStage<RateLimitPermit> refused = shop.async.acquire(strict, "alice", 1);
		CompletableFuture<RateLimitPermit> reserved = shop.async.acquire(patient, "alice", 1).toCompletableFuture();
		assertThat(get(first).decision().allowed()).isTrue();
		assertThat(get(refused).decision().allowed()).isFalse();
		await().until(() -> shop.limiter.peek("search", "alice").resetAfter().compareTo(Duration.ofSeconds(90)) > 0);
		assertThat(reserved).isNotDone();
		reserved.cancel(true);
		await().until(() -> shop.limiter.peek("search", "alice").resetAfter().compareTo(Duration.ofMinutes(1)) <= 0);
	}

	@Test
	void anErrorIsToldToAllWhoWentTogether() {
		RateLimitPolicy policy = hourly(RateLimitAlgorithm.TOKEN_BUCKET, 100).withOnFailure(OnFailure.CLOSED);
		RateLimitInstance shop = instance(policy);
		this.server.commands().clientPause(100);
		List<CompletionStage<RateLimitDecision>> calls = new ArrayList<>();
		for (int i = 0; i < 300; i++) {
			calls.add(shop.async.tryAcquire("search", "alice", 1));
		}
		shop.disconnect();
		for (CompletionStage<RateLimitDecision> call : calls) {
			assertThatExceptionOfType(Exception.class).isThrownBy(() -> get(call))
				.withCauseInstanceOf(RateLimitUnavailableException.class);
		}
	}

	@Test
	void policiesOfOneNameThatAlternateAreKeptAndBounded() {
		RateLimitPolicy policy = hourly(RateLimitAlgorithm.TOKEN_BUCKET, 100);
		RateLimitInstance shop = instance(policy);
		for (int i = 0; i < 10; i++) {
			get(shop.twin.look(new RateLimitRequest(policy, KeyId.of("alice"), 1)));
			get(shop.twin.look(new RateLimitRequest(policy.withMaxWait(HOUR), KeyId.of("alice"), 1)));
		}
		assertThat(shop.twin.policies()).isEqualTo(2);
		for (int i = 0; i < RedisLimits.MOST_POLICIES + 10; i++) {
			get(shop.twin.look(new RateLimitRequest(policy.withMaxWait(Duration.ofMillis(i)), KeyId.of("alice"), 1)));
		}
		assertThat(shop.twin.policies()).isLessThanOrEqualTo(RedisLimits.MOST_POLICIES);
	}

}
