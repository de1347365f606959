package io.github.rediskit.ratelimit;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import io.github.rediskit.key.InvalidKeyNameException;
import io.github.rediskit.ratelimit.RateLimitPolicy.Limit;
import io.github.rediskit.testing.MeasuresTime;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * Decisions as a caller sees them, on a real Redis.
 */
@RedisTest
@Timeout(60)
@MeasuresTime
class RedisRateLimiterTests {

	private static final Duration HOUR = Duration.ofHours(1);

	private final RedisTestServer server = RedisTestServer.shared();

	private final List<RateLimitInstance> instances = new ArrayList<>();

	private RateLimitInstance instance(RateLimitPolicy... policies) {
		RateLimitInstance instance = new RateLimitInstance(this.server.uri(), policies);
		this.instances.add(instance);
		return instance;
	}

	@AfterEach
	void close() {
		this.instances.forEach(RateLimitInstance::close);
	}

	private static RateLimitPolicy hourly(RateLimitAlgorithm algorithm, long limit) {
		Duration period = (algorithm == RateLimitAlgorithm.CONCURRENCY) ? Duration.ZERO : HOUR;
		return RateLimitPolicy.of("search", algorithm, List.of(Limit.of(limit, period)));
	}

	private static <T> T get(CompletionStage<T> stage) {
		return stage.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
	}

	@ParameterizedTest
	@EnumSource(RateLimitAlgorithm.class)
	void allowsTheLimitAndRefusesTheRest(RateLimitAlgorithm algorithm) {
		RateLimitInstance shop = instance(hourly(algorithm, 3));
		assertThat(shop.limiter.peek("search", "alice").remaining()).isEqualTo(3);
		assertThat(this.server.commands().dbsize()).isZero();
		for (int left = 2; left >= 0; left--) {
			RateLimitDecision allowed = shop.limiter.tryAcquire("search", "alice", 1);
			assertThat(allowed.allowed()).isTrue();
			assertThat(allowed.remaining()).isEqualTo(left);
			assertThat(allowed.limit()).isEqualTo(3);
			assertThat(allowed.retryAfter()).isZero();
			assertThat(allowed.resetAfter()).isPositive();
		}
		String key = "shop:rate-limit:search:{alice}";
		assertThat(this.server.commands().keys("*")).containsExactly(key);
		assertThat(this.server.commands().pttl(key)).isPositive();
		RateLimitDecision refused = shop.limiter.tryAcquire("search", "alice", 1);
		assertThat(refused.allowed()).isFalse();
		assertThat(refused.isNever()).isFalse();
		assertThat(refused.remaining()).isZero();
		assertThat(refused.retryAfter()).isPositive();
		assertThat(shop.limiter.peek("search", "alice").allowed()).isFalse();
		assertThat(shop.limiter.tryAcquire("search", "bob", 3).allowed()).isTrue();
		shop.limiter.reset("search", "alice");
		assertThat(shop.limiter.tryAcquire("search", "alice", 3).allowed()).isTrue();
	}

	@ParameterizedTest
	@EnumSource(RateLimitAlgorithm.class)
	void aCostThatNeverFitsIsToldWithoutAskingRedis(RateLimitAlgorithm algorithm) {
		RateLimitInstance shop = instance(hourly(algorithm, 3));
		this.server.resetStats();
		RateLimitDecision refused = shop.limiter.tryAcquire("search", "alice", 4);
		assertThat(refused.allowed()).isFalse();
		assertThat(refused.isNever()).isTrue();
		assertThat(refused.retryAfter().toNanos()).isPositive();
		assertThat(new RateLimitExceededException(refused)).hasMessageContaining("never");
		assertThat(this.server.commandStats()).doesNotContainKeys("eval", "evalsha");
		assertThat(shop.limiter.tryAcquire("search", "alice", -5).remaining()).isEqualTo(2);
	}

	@ParameterizedTest
	@EnumSource(RateLimitAlgorithm.class)
	void whatWasTakenIsGivenBackOnce(RateLimitAlgorithm algorithm) {
		RateLimitInstance shop = instance(hourly(algorithm, 10));
		RateLimitPermit first = get(shop.async.acquire("search", "alice", 3));
		RateLimitPermit second = get(shop.async.acquire("search", "alice", 4));
		assertThat(get(first.refund())).isTrue();
		assertThat(get(first.refund())).isFalse();
		assertThat(shop.limiter.peek("search", "alice").remaining()).isEqualTo(6);
		assertThat(get(second.refund())).isTrue();
		assertThat(shop.limiter.peek("search", "alice").remaining()).isEqualTo(10);
		assertThat(this.server.commands().dbsize()).isZero();
		assertThat(get(get(shop.async.acquire("search", "alice", 11)).refund())).isFalse();
	}

	@ParameterizedTest
	@EnumSource(value = RateLimitAlgorithm.class, mode = EnumSource.Mode.EXCLUDE, names = "CONCURRENCY")
	void allLimitsOfOneSubjectAreOneScriptAllOrNothing(RateLimitAlgorithm algorithm) {
		RateLimitInstance shop = instance(RateLimitPolicy.of("search", algorithm,
				List.of(Limit.of(100, HOUR), Limit.of(5, Duration.ofHours(2)), Limit.of(50, Duration.ofDays(1)))));
		shop.limiter.tryAcquire("search", "bob", 1);
		this.server.resetStats();
		RateLimitPermit allowed = get(shop.async.acquire("search", "alice", 4));
		assertThat(this.server.commandStats()).containsEntry("evalsha", 1L);
		assertThat(allowed.limits()).extracting(RateLimitStatus::remaining).containsExactly(96L, 1L, 46L);
		assertThat(allowed.decision().remaining()).isOne();
		String state = dump();
		RateLimitPermit refused = get(shop.async.acquire("search", "alice", 2));
		assertThat(refused.decision().allowed()).isFalse();
		assertThat(refused.decision().limit()).isEqualTo(5);
		assertThat(refused.limits()).extracting(RateLimitStatus::remaining).containsExactly(96L, 1L, 46L);
		assertThat(dump()).isEqualTo(state);
	}

	private String dump() {
		String key = "shop:rate-limit:search:{alice}";
		return "zset".equals(this.server.commands().type(key))
				? this.server.commands().zrangeWithScores(key, 0, -1).toString() : this.server.commands().get(key);
	}

	@ParameterizedTest
	@EnumSource(RateLimitAlgorithm.class)
	void whatIsStoredInAnotherWayCountsAsNothing(RateLimitAlgorithm algorithm) {
		RateLimitInstance shop = instance(hourly(algorithm, 3));
		String key = "shop:rate-limit:search:{alice}";
		this.server.commands().set(key, "2t 3600000000 3 9999999999999999 0");
		assertThat(shop.limiter.tryAcquire("search", "alice", 3).allowed()).isTrue();
		this.server.commands().del(key);
		this.server.commands().zadd(key, 9e15, "2:unknown");
		assertThat(shop.limiter.tryAcquire("search", "alice", 3).allowed()).isTrue();
		this.server.commands().del(key);
		this.server.commands().hset(key, "a", "b");
		assertThat(shop.limiter.tryAcquire("search", "alice", 3).allowed()).isTrue();
		assertThat(this.server.commands().pttl(key)).isPositive();
	}

	@ParameterizedTest
	@EnumSource(value = RateLimitAlgorithm.class, mode = EnumSource.Mode.EXCLUDE, names = "CONCURRENCY")
	void aBlockedKeyIsRefusedUntilItIsReset(RateLimitAlgorithm algorithm) {
		RateLimitInstance shop = instance(hourly(algorithm, 3));
		shop.limiter.tryAcquire("search", "alice", 1);
		get(shop.async.block("search", "alice", Duration.ofMinutes(5)));
		RateLimitDecision refused = shop.limiter.tryAcquire("search", "alice", 1);
		assertThat(refused.allowed()).isFalse();
		assertThat(refused.retryAfter()).isBetween(Duration.ofMinutes(4), Duration.ofMinutes(5));
		assertThat(this.server.commands().pttl("shop:rate-limit:search:{alice}")).isPositive();
		shop.limiter.reset("search", "alice");
		assertThat(shop.limiter.tryAcquire("search", "alice", 3).allowed()).isTrue();
		get(shop.async.block("search", "alice", Duration.ofMillis(50)));
		await().until(() -> shop.limiter.tryAcquire("search", "alice", 3).allowed());
	}

	@Test
	void numbersAreStoredWithAllTheirDigits() {
		RateLimitInstance shop = instance(RateLimitPolicy.of("search", 7, HOUR));
		shop.limiter.tryAcquire("search", "alice", 1);
		assertThat(this.server.commands().get("shop:rate-limit:search:{alice}"))
			.matches("1t 3600000000 7 \\d{16} [0-6]");
	}

	@Test
	void aNewLimitKeepsTheDebt() {
		RateLimitInstance old = instance(RateLimitPolicy.of("search", 100, HOUR));
		RateLimitInstance fresh = instance(RateLimitPolicy.of("search", 50, HOUR));
		old.limiter.tryAcquire("search", "alice", 80);
		assertThat(fresh.limiter.peek("search", "alice").remaining()).isEqualTo(10);
	}

	@Test
	void aScriptThatRedisHasForgottenIsSentAgain() {
		RateLimitInstance shop = instance(RateLimitPolicy.of("search", 100, HOUR));
		for (int left = 99; left >= 80; left--) {
			this.server.commands().scriptFlush();
			assertThat(shop.limiter.tryAcquire("search", "alice", 1).remaining()).isEqualTo(left);
		}
		assertThat(shop.events).doesNotContain("outage");
	}

	@Test
	void refusedCallsAreRefusedWithoutRedis() {
		RateLimitInstance shop = instance(RateLimitPolicy.of("search", 10, HOUR));
		shop.limiter.tryAcquire("search", "alice", 6);
		RateLimitDecision refused = shop.limiter.tryAcquire("search", "alice", 5);
		this.server.resetStats();
		for (int i = 0; i < 100; i++) {
			RateLimitDecision again = shop.limiter.tryAcquire("search", "alice", 5 + i % 5);
			assertThat(again.allowed()).isFalse();
			assertThat(again.retryAfter()).isBetween(refused.retryAfter().minusSeconds(2), refused.retryAfter());
		}
		assertThat(this.server.commandStats().getOrDefault("evalsha", 0L)).isLessThanOrEqualTo(3);
		assertThat(shop.events).contains("refused", "remembered");
		assertThat(shop.limiter.tryAcquire("search", "alice", 4).allowed()).isTrue();
	}

	@Test
	void whatMakesRoomHereIsKnownAtOnceAndElsewhereWithinASecond() {
		RateLimitPolicy policy = RateLimitPolicy.of("search", 10, HOUR);
		RateLimitInstance here = instance(policy);
		RateLimitInstance elsewhere = instance(policy);
		RateLimitPermit permit = get(here.async.acquire("search", "alice", 10));
		assertThat(here.limiter.tryAcquire("search", "alice", 1).allowed()).isFalse();
		assertThat(elsewhere.limiter.tryAcquire("search", "alice", 1).allowed()).isFalse();
		get(permit.refund());
		assertThat(here.limiter.tryAcquire("search", "alice", 10).allowed()).isTrue();
		assertThat(here.limiter.tryAcquire("search", "alice", 1).allowed()).isFalse();
		here.limiter.reset("search", "alice");
		assertThat(here.limiter.tryAcquire("search", "alice", 1).allowed()).isTrue();
		await().atMost(Duration.ofMillis(1200))
			.pollInterval(Duration.ofMillis(20))
			.until(() -> elsewhere.limiter.tryAcquire("search", "alice", 1).allowed());
	}

	@Test
	void aRefusedCallSucceedsWhenItWasTold() {
		RateLimitInstance shop = instance(RateLimitPolicy.of("search", 5, Duration.ofSeconds(1)));
		shop.limiter.tryAcquire("search", "alice", 5);
		RateLimitDecision refused = shop.limiter.tryAcquire("search", "alice", 2);
		long told = System.nanoTime() + refused.retryAfter().toNanos();
		await().pollInterval(Duration.ofMillis(1)).until(() -> shop.limiter.tryAcquire("search", "alice", 2).allowed());
		assertThat(Duration.ofNanos(System.nanoTime() - told)).isBetween(Duration.ofMillis(-20),
				Duration.ofMillis(300));
	}

	@Test
	void waitingCallersAreAllowedOneAfterTheOther() {
		RateLimitInstance shop = instance(
				RateLimitPolicy.of("search", 20, Duration.ofSeconds(1)).withMaxWait(Duration.ofSeconds(5)));
		shop.limiter.tryAcquire("search", "alice", 20);
		this.server.resetStats();
		long start = System.nanoTime();
		List<CompletableFuture<RateLimitDecision>> calls = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			calls.add(shop.async.tryAcquire("search", "alice", 1).toCompletableFuture());
		}
		calls.forEach((call) -> assertThat(get(call).allowed()).isTrue());
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(400),
				Duration.ofMillis(1500));
		assertThat(this.server.commandStats()).hasEntrySatisfying("evalsha",
				(scripts) -> assertThat(scripts).isLessThanOrEqualTo(10));
		assertThat(shop.events).contains("waited");
		assertThat(shop.limiter.tryAcquire("search", "alice", 20).allowed()).isTrue();
		assertThat(shop.limiter.peek("search", "alice").allowed()).isFalse();
	}

	@ParameterizedTest
	@EnumSource(RateLimitAlgorithm.class)
	void callersWaitForAnyLimit(RateLimitAlgorithm algorithm) {
		Duration period = (algorithm == RateLimitAlgorithm.CONCURRENCY) ? Duration.ZERO : Duration.ofMillis(200);
		RateLimitInstance shop = instance(RateLimitPolicy.of("search", algorithm, List.of(Limit.of(2, period)))
			.withMaxWait(Duration.ofSeconds(5)));
		RateLimitPermit running = get(shop.async.acquire("search", "alice", 2));
		CompletableFuture<RateLimitDecision> waiting = shop.async.tryAcquire("search", "alice", 2)
			.toCompletableFuture();
		running.release();
		assertThat(get(waiting).allowed()).isTrue();
	}

	@Test
	void whoCancelsAWaitIsNotCounted() {
		RateLimitInstance shop = instance(
				RateLimitPolicy.of("search", 1, Duration.ofMinutes(1)).withMaxWait(Duration.ofMinutes(10)));
		shop.limiter.tryAcquire("search", "alice", 1);
		Duration reset = shop.limiter.peek("search", "alice").resetAfter();
		CompletableFuture<RateLimitPermit> waiting = shop.async.acquire("search", "alice", 1).toCompletableFuture();
		await().until(() -> shop.limiter.peek("search", "alice").resetAfter().compareTo(reset) > 0);
		waiting.cancel(true);
		await().until(() -> shop.limiter.peek("search", "alice").resetAfter().compareTo(reset) <= 0);
	}

	@Test
	void whoIsAllowedCloseToALimitIsCounted() {
		RateLimitInstance shop = instance(RateLimitPolicy.of("search", RateLimitAlgorithm.TOKEN_BUCKET,
				List.of(new Limit(1_000, HOUR, 10), Limit.of(20, Duration.ofDays(1)))));
		shop.limiter.tryAcquire("search", "alice", 8);
		assertThat(shop.near.get()).isZero();
		shop.limiter.tryAcquire("search", "alice", 1);
		assertThat(shop.near.get()).isOne();
		shop.limiter.tryAcquire("search", "alice", 5);
		assertThat(shop.near.get()).isOne();
	}

	@ParameterizedTest
	@EnumSource(RateLimitAlgorithm.class)
	void whoCancelsBeforeTheDecisionIsNotCounted(RateLimitAlgorithm algorithm) {
		RateLimitInstance shop = instance(
				hourly(algorithm, 1_000).withHold(Duration.ofDays(1)).withTimeBudget(Duration.ofSeconds(5)));
		shop.limiter.peek("search", "alice");
		this.server.resetStats();
		this.server.commands().clientPause(200); // so that no answer is faster
		for (int i = 0; i < 50; i++) {
			shop.async.acquire("search", "alice", 3).toCompletableFuture().cancel(true);
			shop.async.tryAcquire("search", "alice", 3).toCompletableFuture().cancel(true);
		}
		await().until(() -> shop.limiter.peek("search", "alice").remaining() == 1_000);
		assertThat(shop.events).noneMatch((event) -> event.startsWith("refused"));
	}

	@Test
	void whoIsInterruptedWhileWaitingIsRefusedAndNotCounted() throws Exception {
		RateLimitInstance shop = instance(
				RateLimitPolicy.of("search", 1, Duration.ofMinutes(1)).withMaxWait(Duration.ofMinutes(10)));
		shop.limiter.tryAcquire("search", "alice", 1);
		Duration reset = shop.limiter.peek("search", "alice").resetAfter();
		CompletableFuture<String> outcome = new CompletableFuture<>();
		Thread caller = new Thread(() -> outcome.complete(shop.limiter.tryAcquire("search", "alice", 1).allowed() + " "
				+ Thread.currentThread().isInterrupted()));
		caller.start();
		await().until(() -> shop.limiter.peek("search", "alice").resetAfter().compareTo(reset) > 0);
		caller.interrupt();
		assertThat(outcome.get(5, TimeUnit.SECONDS)).isEqualTo("false true");
		await().until(() -> shop.limiter.peek("search", "alice").resetAfter().compareTo(reset) <= 0);
	}

	@Test
	void whoIsInterruptedAtTheMomentOfTheDecisionGetsIt() {
		RateLimitPolicy policy = RateLimitPolicy.of("search", 1, HOUR).withMaxWait(HOUR);
		RateLimitDecision allowed = new RateLimitDecision("search", true, 1, 0, Duration.ZERO, HOUR);
		CompletableFuture<RateLimitDecision> decision = new CompletableFuture<>() {

			@Override
			public RateLimitDecision get() throws InterruptedException {
				complete(allowed);
				throw new InterruptedException();
			}

		};
		AsyncRateLimiter limiter = (AsyncRateLimiter) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { AsyncRateLimiter.class },
				(proxy, method, arguments) -> method.getName().equals("policy") ? policy : decision);
		assertThat(new BlockingRateLimiter(limiter).tryAcquire("search", "alice", 1)).isEqualTo(allowed);
		assertThat(Thread.interrupted()).isTrue();
	}

	@Test
	void aListenerThatFailsBadlyLetsNobodyWaitForEver() {
		RateLimitPolicy policy = RateLimitPolicy.of("search", 100, HOUR).withTimeBudget(Duration.ofSeconds(10));
		RateLimitListener broken = new RateLimitListener() {

			@Override
			public void allowed(String policy, long remaining, long limit) {
				throw new AssertionError("broken");
			}

		};
		try (BareInstance shop = new BareInstance(this.server.uri(), UnaryOperator.identity(), List.of(broken),
				policy)) {
			this.server.commands().clientPause(100); // so that some go together
			List<CompletionStage<RateLimitDecision>> calls = new ArrayList<>();
			for (int i = 0; i < 5; i++) {
				calls.add(shop.async.tryAcquire("search", "alice", 1));
			}
			assertThat(calls).allSatisfy((call) -> assertThat(call).failsWithin(Duration.ofSeconds(10))
				.withThrowableOfType(ExecutionException.class)
				.withCauseInstanceOf(AssertionError.class));
		}
	}

	@Test
	void aPermitIsRenewedUntilItIsReleasedOnce() {
		RateLimitInstance shop = instance(hourly(RateLimitAlgorithm.CONCURRENCY, 2).withHold(Duration.ofMillis(300)));
		String key = "shop:rate-limit:search:{alice}";
		RateLimitPermit permit = get(shop.async.acquire("search", "alice", 1));
		double end = this.server.commands().zrangeWithScores(key, 0, 0).get(0).getScore();
		await().until(() -> this.server.commands().zrangeWithScores(key, 0, 0).get(0).getScore() > end + 600_000);
		shop.limiter.tryAcquire("search", "alice", 1); // not renewed
		await().until(() -> shop.limiter.peek("search", "alice").remaining() == 1);
		permit.release();
		permit.release();
		await().until(() -> shop.limiter.peek("search", "alice").remaining() == 2);
	}

	@Test
	void aShadowCountsAndNeverRefuses() {
		RateLimitInstance shop = instance(RateLimitPolicy.of("search", 2, HOUR).withShadow(true));
		for (int i = 0; i < 5; i++) {
			assertThat(shop.limiter.tryAcquire("search", "alice", 1).allowed()).isTrue();
		}
		assertThat(shop.limiter.tryAcquire("search", "alice", 3).allowed()).isTrue();
		assertThat(shop.events).containsExactly("allowed:1/2", "allowed:0/2", "shadow", "shadow", "shadow", "shadow");
	}

	@Test
	void aNameThatCantBePartOfAKeyIsNoOutage() {
		RateLimitInstance shop = instance(hourly(RateLimitAlgorithm.TOKEN_BUCKET, 3));
		RateLimitPolicy odd = RateLimitPolicy.of("search engine", 3, HOUR);
		assertThat(shop.async.tryAcquire(odd, "alice", 1)).failsWithin(Duration.ofSeconds(10))
			.withThrowableThat()
			.havingRootCause()
			.isInstanceOf(InvalidKeyNameException.class)
			.withMessageContaining("search engine");
		assertThat(shop.outages).hasValue(0);
	}

	@Test
	void whatCantBeAskedIsRefusedWithASentence() {
		RateLimitInstance shop = instance(RateLimitPolicy.of("search", 2, HOUR),
				RateLimitPolicy.of("export", RateLimitAlgorithm.CONCURRENCY, List.of(Limit.of(1, Duration.ZERO))));
		assertThatIllegalArgumentException().isThrownBy(() -> shop.limiter.tryAcquire("serach", "alice", 1))
			.isInstanceOf(UnknownRateLimitPolicyException.class)
			.withMessageContaining("'serach'")
			.withMessageContaining("[export, search]");
		assertThatIllegalArgumentException().isThrownBy(() -> shop.async.acquire("search", null, 1))
			.withMessageContaining("null");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> shop.async.block("export", "alice", Duration.ofMinutes(1)))
			.withMessageContaining("export");
		assertThatIllegalArgumentException().isThrownBy(() -> shop.async.block("search", "alice", Duration.ZERO))
			.withMessageContaining("ten years");
	}

}
