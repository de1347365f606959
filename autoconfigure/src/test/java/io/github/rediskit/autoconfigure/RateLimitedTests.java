package io.github.rediskit.autoconfigure;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import io.github.rediskit.cache.Cached;
import io.github.rediskit.ratelimit.AsyncRateLimiter;
import io.github.rediskit.ratelimit.RateLimitDecision;
import io.github.rediskit.ratelimit.RateLimitExceededException;
import io.github.rediskit.ratelimit.RateLimitUnavailableException;
import io.github.rediskit.ratelimit.RateLimited;
import io.github.rediskit.ratelimit.RateLimiter;
import io.github.rediskit.testing.RedisTest;
import io.github.rediskit.testing.RedisTestServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.TaskDecorator;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * {@code @RateLimited} as an application sees it: a bean, properties, a real Redis.
 */
@RedisTest
@Timeout(60)
class RateLimitedTests {

	private static final ThreadLocal<String> TENANT = new ThreadLocal<>();

	private final RedisTestServer server = RedisTestServer.shared();

	private final ApplicationContextRunner unconnected = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class, DataRedisAutoConfiguration.class,
				RediskitAutoConfiguration.class, RedisConnectionsAutoConfiguration.class, CacheAutoConfiguration.class,
				RateLimitAutoConfiguration.class))
		.withPropertyValues("spring.application.name=shop", "logins=5", "login-period=1m",
				"rediskit.rate-limit.policies.search.limits[0].limit=10",
				"rediskit.rate-limit.policies.search.limits[0].period=1h",
				"rediskit.rate-limit.policies.once.limits[0].limit=1",
				"rediskit.rate-limit.policies.once.limits[0].period=1h",
				"rediskit.rate-limit.policies.fast.limits[0].limit=20",
				"rediskit.rate-limit.policies.fast.limits[0].period=1s",
				"rediskit.rate-limit.policies.fast.limits[0].capacity=1",
				"rediskit.rate-limit.policies.strict.limits[0].limit=10",
				"rediskit.rate-limit.policies.strict.limits[0].period=1h",
				"rediskit.rate-limit.policies.strict.on-failure=closed",
				"rediskit.rate-limit.policies.busy.algorithm=concurrency",
				"rediskit.rate-limit.policies.busy.limits[0].limit=1000",
				"rediskit.rate-limit.policies.running.algorithm=concurrency",
				"rediskit.rate-limit.policies.running.limits[0].limit=1",
				"rediskit.rate-limit.policies.running.hold=300ms")
		.withBean(Shop.class);

	private final ApplicationContextRunner runner = this.unconnected
		.withPropertyValues("spring.data.redis.url=" + this.server.uri());

	@Test
	void eachKeyHasItsOwnLimitAndARefusalTellsTheDecision() {
		with((shop, limiter) -> {
			assertThat(shop.once("alice")).isEqualTo("alice");
			assertThat(shop.once("bob")).isEqualTo("bob");
			assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> shop.once("alice"))
				.satisfies((ex) -> {
					assertThat(ex.decision().policy()).isEqualTo("once");
					assertThat(ex.decision().allowed()).isFalse();
					assertThat(ex.decision().limit()).isEqualTo(1);
					assertThat(ex.decision().retryAfter()).isBetween(Duration.ofMinutes(59), Duration.ofHours(1));
				});
			assertThat(shop.calls()).isEqualTo(2);
		});
	}

	@Test
	void aFloodOfRefusedCallsCostsNoRoundTrips() {
		with((shop, limiter) -> {
			shop.once("alice");
			this.server.resetStats();
			for (int i = 0; i < 50; i++) {
				assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> shop.once("alice"));
			}
			// one a second, and the pulse
			assertThat(this.server.commandStats().get("evalsha")).isLessThan(10);
		});
	}

	@Test
	void withoutAKeyAllCallsShareOneLimit() {
		with((shop, limiter) -> {
			shop.total("alice");
			shop.total("bob");
			assertThat(limiter.peek("search", "").remaining()).isEqualTo(8);
			assertThat(this.server.commands().keys("shop:rate-limit:*")).hasSize(1);
		});
	}

	@Test
	void theCostIsComputedAndNeverBelowOne() {
		with((shop, limiter) -> {
			shop.export("alice", 4_500);
			assertThat(limiter.peek("search", "alice").remaining()).isEqualTo(6);
			shop.export("alice", 10);
			assertThat(limiter.peek("search", "alice").remaining()).isEqualTo(5);
			shop.export("alice", -7_000);
			assertThat(limiter.peek("search", "alice").remaining()).isEqualTo(4);
			shop.costly("alice", 2L);
			assertThat(limiter.peek("search", "alice").remaining()).isEqualTo(2);
			shop.costly("alice", 1.0);
			assertThat(limiter.peek("search", "alice").remaining()).isEqualTo(1);
		});
	}

	@Test
	void aCostThatIsNoWholeNumberIsNamedAndNothingIsCharged() {
		with((shop, limiter) -> {
			assertThatIllegalArgumentException().isThrownBy(() -> shop.costly("alice", 2.5))
				.withMessageContainingAll("'#cost'", "Shop.costly", "2.5", "whole number");
			assertThatIllegalArgumentException().isThrownBy(() -> shop.costly("alice", null))
				.withMessageContaining("yields null");
			assertThat(limiter.peek("search", "alice").remaining()).isEqualTo(10);
		});
	}

	@Test
	void aCostThatAClientMadeUpIsNotWrittenOut() {
		with((shop, limiter) -> {
			assertThatExceptionOfType(RateLimitExceededException.class)
				.isThrownBy(() -> shop.costly("alice", new BigDecimal("1E+999999999")))
				.matches((ex) -> ex.decision().isNever());
			assertThat(shop.costly("alice", new BigDecimal("-1E+999999999"))).isEqualTo("alice");
			assertThat(shop.costly("alice", new BigDecimal("3.000"))).isEqualTo("alice");
			for (Number fraction : List.of(new BigDecimal("1E-999999999"), Double.NaN, Float.POSITIVE_INFINITY)) {
				assertThatIllegalArgumentException().isThrownBy(() -> shop.costly("alice", fraction))
					.withMessageContaining("whole number");
			}
			assertThat(limiter.peek("search", "alice").remaining()).isEqualTo(6);
		});
	}

	@Test
	void aKeyOfNullIsNamedAndNothingIsCharged() {
		with((shop, limiter) -> {
			assertThatIllegalArgumentException().isThrownBy(() -> shop.once(null))
				.withMessageContainingAll("'#user'", "Shop.once", "yields null");
			assertThatIllegalArgumentException().isThrownBy(() -> shop.mono(null).block())
				.withMessageContainingAll("'#user'", "Shop.mono");
			assertThatIllegalArgumentException().isThrownBy(() -> shop.both("alice", null))
				.withMessageContaining("'#product'");
			assertThat(shop.calls()).isZero();
			assertThat(this.server.commands().keys("shop:rate-limit:*")).isEmpty();
		});
	}

	@Test
	void aPolicyCanBeDefinedByTheAnnotation() {
		with((shop, limiter) -> {
			for (int i = 0; i < 5; i++) {
				shop.login("10.0.0.1");
			}
			assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> shop.login("10.0.0.1"))
				.satisfies((ex) -> assertThat(ex.decision().retryAfter()).isLessThanOrEqualTo(Duration.ofSeconds(12)));
			limiter.reset("login", "10.0.0.1");
			shop.login("10.0.0.1");
			shop.limitedByConstant();
			assertThat(limiter.peek("constant", "").limit()).isEqualTo(7);
		});
	}

	@Test
	void shadowForAllHoldsForPoliciesOfAnnotations() {
		this.runner.withPropertyValues("rediskit.rate-limit.shadow=true").run((context) -> {
			for (int i = 0; i < 7; i++) {
				context.getBean(Shop.class).login("10.0.0.1");
			}
			assertThat(context.getBean(Shop.class).calls()).isEqualTo(7);
		});
	}

	@Test
	void aCallerWaitsAsLongAsTheAnnotationSays() {
		with((shop, limiter) -> {
			for (int i = 0; i < 4; i++) {
				assertThat(shop.patient("alice")).isEqualTo("alice");
			}
			assertThat(shop.waiting("alice", Duration.ofSeconds(30))).isEqualTo("alice");
			assertThat(shop.waiting("bob", Duration.ZERO)).isEqualTo("bob");
			assertThatExceptionOfType(RateLimitExceededException.class)
				.isThrownBy(() -> shop.waiting("bob", Duration.ZERO));
			assertThatIllegalStateException().isThrownBy(() -> shop.waiting("bob", Duration.ofSeconds(-1)))
				.withMessageContaining("that is not negative");
		});
	}

	@Test
	void anInterruptionEndsAWaitAndTakesBackWhatWasCharged() {
		with((shop, limiter) -> {
			shop.veryPatient("alice");
			AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
			AtomicReference<Boolean> interrupted = new AtomicReference<>(false);
			Thread waiting = new Thread(() -> {
				try {
					shop.veryPatient("alice");
				}
				catch (RuntimeException ex) {
					failure.set(ex);
					interrupted.set(Thread.currentThread().isInterrupted());
				}
			});
			waiting.start();
			await().until(() -> limiter.peek("once", "alice").resetAfter().compareTo(Duration.ofHours(1)) > 0);
			waiting.interrupt();
			waiting.join();
			assertThat(failure.get()).isInstanceOf(RateLimitExceededException.class);
			assertThat(interrupted.get()).isTrue();
			await().until(() -> limiter.peek("once", "alice").resetAfter().compareTo(Duration.ofHours(1)) <= 0);
			assertThat(shop.calls()).isEqualTo(1);
		});
	}

	@Test
	void whoWasInterruptedBeforeIsAskedForAllTheSame() {
		with((shop, limiter) -> {
			Thread.currentThread().interrupt();
			assertThat(shop.once("alice")).isEqualTo("alice");
			assertThat(Thread.interrupted()).isTrue();
		});
	}

	@Test
	void aFallbackAnswersWhatIsRefusedAndIsToldWhy() {
		with((shop, limiter) -> {
			assertThat(shop.withFallback("alice", 1)).isEqualTo("alice");
			assertThat(shop.withFallback("alice", 2)).isEqualTo("later:alice:2");
			assertThat(shop.withFallbackToldWhy("alice")).isEqualTo("refused:once");
			assertThat(shop.withFallbackToldDecision("alice")).isEqualTo(List.of("once"));
			assertThat(shop.futureWithFallback("alice").join()).isEqualTo("later");
			assertThat(shop.monoWithFallback("alice").block()).isEqualTo("later");
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> shop.failingFallback("alice"))
				.withMessage("fallback");
			assertThat(shop.calls()).isEqualTo(1);
		});
	}

	@Test
	void anOutageIsNoRefusalAndNothingForAFallback() {
		this.unconnected.withPropertyValues("spring.data.redis.url=redis://127.0.0.1:1").run((context) -> {
			Shop shop = context.getBean(Shop.class);
			assertThatExceptionOfType(RateLimitUnavailableException.class).isThrownBy(() -> shop.strict("alice"))
				.satisfies((ex) -> assertThat(ex.policy()).isEqualTo("strict"))
				.satisfies((ex) -> assertThat(ex.getStackTrace()).anySatisfy(
						(frame) -> assertThat(frame.getClassName()).isEqualTo(RateLimitedTests.class.getName())));
			assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> shop.strictFuture("alice").join())
				.withCauseInstanceOf(RateLimitUnavailableException.class);
			assertThatExceptionOfType(RateLimitUnavailableException.class)
				.isThrownBy(() -> shop.strictMono("alice").block());
			assertThat(shop.calls()).isZero();
			assertThat(shop.once("alice")).as("on-failure: open").isEqualTo("alice");
		});
	}

	@Test
	void severalLimitsAreAllChargedAndGivenBackIfALaterOneRefuses() {
		with((shop, limiter) -> {
			shop.both("alice", "book");
			assertThat(limiter.peek("search", "alice").remaining()).isEqualTo(9);
			assertThat(limiter.peek("once", "book").remaining()).isZero();
			assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> shop.both("alice", "book"))
				.satisfies((ex) -> assertThat(ex.decision().policy()).isEqualTo("once"));
			await().until(() -> limiter.peek("search", "alice").remaining() == 9);
			assertThat(shop.calls()).isEqualTo(1);
		});
	}

	@Test
	void aHitCostsNoLimitAndARefusalOpensNoTransaction() {
		this.runner.withUserConfiguration(Transactions.class).run((context) -> {
			Shop shop = context.getBean(Shop.class);
			CountingTransactions transactions = context.getBean(CountingTransactions.class);
			for (int i = 0; i < 3; i++) {
				assertThat(shop.cachedAndLimited("book")).isEqualTo("book");
			}
			assertThat(transactions.begun.get()).isEqualTo(1);
			assertThatExceptionOfType(RateLimitExceededException.class)
				.isThrownBy(() -> shop.cachedAndLimited("record"));
			assertThat(transactions.begun.get()).isEqualTo(1);
		});
	}

	@Test
	void aFutureFailsInsteadOfTheCallAndIsOnlyChargedWhenCalled() {
		with((shop, limiter) -> {
			assertThat(shop.future("alice").join()).isEqualTo("alice");
			CompletableFuture<String> refused = shop.future("alice");
			assertThatExceptionOfType(CompletionException.class).isThrownBy(refused::join)
				.withCauseInstanceOf(RateLimitExceededException.class);
			assertThat(shop.stage("bob").toCompletableFuture().join()).isEqualTo("bob");
			assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> shop.failedFuture("carol").join())
				.withCauseInstanceOf(IllegalStateException.class);
			assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> shop.throwingFuture("dora").join())
				.withCauseInstanceOf(IllegalStateException.class);
		});
	}

	@Test
	void whoWaitsForAFutureIsNotBlockedAndCancelsForGood() {
		with((shop, limiter) -> {
			shop.patientFuture("alice").join();
			CompletableFuture<String> waiting = shop.patientFuture("alice");
			await().until(() -> limiter.peek("once", "alice").resetAfter().compareTo(Duration.ofHours(1)) > 0);
			assertThat(waiting).isNotDone();
			waiting.cancel(true);
			await().until(() -> limiter.peek("once", "alice").resetAfter().compareTo(Duration.ofHours(1)) <= 0);
			assertThat(shop.calls()).isEqualTo(1);
		});
	}

	@Test
	void whoStopsWaitingForAFutureIsNotCharged() {
		with((shop, limiter) -> {
			shop.patientFuture("alice").join();
			CompletableFuture<String> waiting = shop.patientFuture("alice");
			await().until(() -> limiter.peek("once", "alice").resetAfter().compareTo(Duration.ofHours(1)) > 0);
			assertThat(waiting.orTimeout(1, TimeUnit.MILLISECONDS)).failsWithin(Duration.ofSeconds(10));
			await().until(() -> limiter.peek("once", "alice").resetAfter().compareTo(Duration.ofHours(1)) <= 0);
			assertThat(shop.calls()).isEqualTo(1);
		});
	}

	@Test
	void aMethodInAnotherThreadHasWhatTheApplicationTakesAlong() {
		this.runner.withBean(TaskDecorator.class, () -> (task) -> {
			String tenant = TENANT.get();
			return () -> {
				TENANT.set(tenant);
				task.run();
				TENANT.remove();
			};
		}).run((context) -> {
			TENANT.set("acme");
			Shop shop = context.getBean(Shop.class);
			assertThat(IntStream.range(0, 200).mapToObj((i) -> shop.tenant("user" + i).join()))
				.allSatisfy((answer) -> assertThat(answer).startsWith("acme in "))
				.anySatisfy((answer) -> assertThat(answer).contains("rediskit-rate-limited"));
			TENANT.remove();
		});
	}

	@Test
	void aPublisherIsChargedAtEachSubscription() {
		with((shop, limiter) -> {
			Mono<String> mono = shop.monoOfSearch("alice");
			assertThat(shop.calls()).isZero();
			assertThat(limiter.peek("search", "alice").remaining()).isEqualTo(10);
			assertThat(mono.block()).isEqualTo("alice");
			assertThat(mono.block()).isEqualTo("alice");
			assertThat(limiter.peek("search", "alice").remaining()).isEqualTo(8);
			assertThat(shop.flux("alice").collectList().block()).containsExactly("a", "b", "c");
			assertThat(limiter.peek("search", "alice").remaining()).isEqualTo(7);
			assertThat(shop.empty("alice").blockOptional()).isEmpty();
			assertThat(shop.mono("bob").block()).isEqualTo("bob");
			assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> shop.mono("bob").block());
		});
	}

	@Test
	void aSubscriberIsNotBlockedAndCancelsForGood() {
		with((shop, limiter) -> {
			shop.patientMono("alice").block();
			Disposable waiting = shop.patientMono("alice").subscribeOn(Schedulers.parallel()).subscribe();
			await().until(() -> limiter.peek("once", "alice").resetAfter().compareTo(Duration.ofHours(1)) > 0);
			waiting.dispose();
			await().until(() -> limiter.peek("once", "alice").resetAfter().compareTo(Duration.ofHours(1)) <= 0);
			assertThat(shop.calls()).isEqualTo(1);
		});
	}

	/** But in the subscriber's, if the answer is there by then. */
	@Test
	void aMethodBehindAPublisherDoesNotRunInTheThreadOfTheClient() {
		String here = Thread.currentThread().getName();
		with((shop, limiter) -> assertThat(IntStream.range(0, 200).mapToObj((i) -> shop.thread("user" + i).block()))
			.allSatisfy((thread) -> assertThat(thread).matches(here + "|rediskit-rate-limited.*"))
			.anySatisfy((thread) -> assertThat(thread).startsWith("rediskit-rate-limited")));
	}

	@Test
	void aRunningCallHoldsItsPermitAndGivesItBackHoweverItEnds() {
		with((shop, limiter) -> {
			assertThatExceptionOfType(RateLimitExceededException.class)
				.isThrownBy(() -> shop.running("alice", () -> shop.running("alice", () -> "inner")));
			assertThatIllegalStateException().isThrownBy(() -> shop.running("alice", () -> {
				throw new IllegalStateException("failed");
			}));
			for (int i = 0; i < 20; i++) {
				assertThat(shop.running("alice", () -> "again")).isEqualTo("again");
			}
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "complete", "fail", "cancel" })
	void whatARunningCallReturnedHoldsItsPermitUntilItEnds(String end) {
		with((shop, limiter) -> {
			for (Kind kind : kinds(shop, "running")) {
				Sinks.One<String> gate = Sinks.one();
				AtomicReference<String> ended = new AtomicReference<>("");
				int before = shop.calls();
				Disposable subscription = kind.start(gate.asMono(), ended);
				await().until(() -> shop.calls() > before);
				assertThat(limiter.peek("running", "alice").allowed()).isFalse();
				switch (end) {
					case "complete" -> gate.tryEmitValue("done");
					case "fail" -> gate.tryEmitError(new IllegalStateException("failed"));
					default -> subscription.dispose();
				}
				await().until(() -> limiter.peek("running", "alice").allowed());
				if (!end.equals("cancel")) {
					await()
						.untilAsserted(() -> assertThat(ended.get()).isEqualTo(end.equals("fail") ? "failed" : "done"));
				}
			}
		});
	}

	private static List<Kind> kinds(Shop shop, String policy) {
		boolean busy = policy.equals("busy");
		List<Kind> kinds = new ArrayList<>();
		kinds.add((gate, ended) -> (busy ? shop.busyMono("alice", gate) : shop.runningMono("alice", gate))
			.subscribe(ended::set, (ex) -> ended.set(ex.getMessage())));
		kinds.add((gate, ended) -> (busy ? shop.busyFlux("alice", gate) : shop.runningFlux("alice", gate))
			.subscribe(ended::set, (ex) -> ended.set(ex.getMessage())));
		kinds.add((gate, ended) -> {
			CompletableFuture<String> future = (busy ? shop.busyFuture("alice", gate)
					: shop.runningFuture("alice", gate));
			future.whenComplete((value, ex) -> ended.set((ex != null) ? ex.getMessage() : value));
			return () -> future.cancel(true);
		});
		return kinds;
	}

	@Test
	void aPermitIsBackBeforeTheSubscriberHearsOfTheEnd() {
		with((shop, limiter) -> {
			for (int i = 0; i < 50; i++) {
				assertThat(shop.runningMono("alice", Mono.just("mono")).block()).isEqualTo("mono");
				assertThat(shop.runningFlux("alice", Mono.just("flux")).blockLast()).isEqualTo("flux");
				assertThat(shop.runningFuture("alice", Mono.just("future")).join()).isEqualTo("future");
			}
		});
	}

	/** A permit that is forgotten would be renewed for ever. */
	@Test
	void noPermitIsForgottenWheneverCallersCancel() {
		with((shop, limiter) -> {
			Random random = new Random(7);
			for (int i = 0; i < 600; i++) {
				Sinks.One<String> gate = Sinks.one();
				Disposable call = kinds(shop, "busy").get(i % 3).start(gate.asMono(), new AtomicReference<>(""));
				long until = System.nanoTime() + random.nextInt(1_000_000);
				while (System.nanoTime() < until) {
					Thread.onSpinWait();
				}
				call.dispose();
			}
			await().until(() -> limiter.peek("busy", "alice").remaining() == 1000);
			await().during(Duration.ofMillis(500)).until(() -> limiter.peek("busy", "alice").remaining() == 1000);
			assertThat(shop.calls()).as("calls that were let in before they were cancelled").isBetween(1, 600);
		});
	}

	@Test
	void aPermitIsRenewedWhileTheCallRuns() {
		with((shop, limiter) -> {
			Sinks.One<String> gate = Sinks.one();
			shop.runningMono("alice", gate.asMono()).subscribe();
			await().until(() -> shop.calls() == 1);
			await().during(Duration.ofMillis(900))
				.atMost(5, TimeUnit.SECONDS)
				.until(() -> !limiter.peek("running", "alice").allowed());
			gate.tryEmitValue("done");
			await().until(() -> limiter.peek("running", "alice").allowed());
		});
	}

	@Test
	void nothingIsMadeForAnApplicationWithoutTheAnnotation() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class, RediskitAutoConfiguration.class,
					RedisConnectionsAutoConfiguration.class, RateLimitAutoConfiguration.class))
			.withPropertyValues("spring.application.name=shop", "spring.data.redis.url=" + this.server.uri())
			.run((context) -> assertThat(context.getSourceApplicationContext()
				.getBeanFactory()
				.containsSingleton("rediskitAsyncRateLimiter")).isFalse());
	}

	private void with(Scenario scenario) {
		this.runner.run((context) -> {
			context.getBean(AsyncRateLimiter.class).peek("search", "warm").toCompletableFuture().join();
			scenario.play(context.getBean(Shop.class), context.getBean(RateLimiter.class));
		});
	}

	private interface Scenario {

		void play(Shop shop, RateLimiter limiter) throws Exception;

	}

	private interface Kind {

		Disposable start(Mono<String> gate, AtomicReference<String> ended);

	}

	static class Shop {

		private final List<String> calls = new CopyOnWriteArrayList<>();

		int calls() {
			return this.calls.size();
		}

		private String called(@Nullable String user) {
			this.calls.add(String.valueOf(user));
			return String.valueOf(user);
		}

		@RateLimited(value = "once", key = "#user")
		String once(@Nullable String user) {
			return called(user);
		}

		@RateLimited("search")
		String total(String user) {
			return called(user);
		}

		@RateLimited(value = "search", key = "#user", cost = "#rows / 1000")
		String export(String user, int rows) {
			return called(user);
		}

		@RateLimited(value = "search", key = "#user", cost = "#cost")
		String costly(String user, @Nullable Number cost) {
			return called(user);
		}

		@RateLimited(value = "login", key = "#root.args[0]", limit = 5, period = "${login-period}")
		void login(String address) {
			called(address);
		}

		@RateLimited(value = "constant", limit = 7, period = "T(java.time.Duration).ofMinutes(${logins})")
		void limitedByConstant() {
		}

		@RateLimited(value = "fast", key = "#user", maxWait = "10s")
		String patient(String user) {
			return called(user);
		}

		@RateLimited(value = "fast", key = "#user", maxWait = "#wait")
		String waiting(String user, Duration wait) {
			return called(user);
		}

		@RateLimited(value = "once", key = "#user", maxWait = "1h")
		String veryPatient(String user) {
			return called(user);
		}

		@RateLimited(value = "once", key = "#user", fallback = "later")
		String withFallback(String user, int page) {
			return called(user);
		}

		private String later(String user, int page) {
			return "later:" + user + ":" + page;
		}

		@RateLimited(value = "once", key = "#user", fallback = "toldWhy")
		Object withFallbackToldWhy(String user) {
			return called(user);
		}

		String toldWhy(String user, RateLimitExceededException refusal) {
			return "refused:" + refusal.decision().policy();
		}

		@RateLimited(value = "once", key = "#user", fallback = "toldDecision")
		List<String> withFallbackToldDecision(String user) {
			return List.of(called(user));
		}

		List<String> toldDecision(String user, RateLimitDecision refusal) {
			return List.of(refusal.policy());
		}

		@RateLimited(value = "once", key = "#user", fallback = "laterFuture")
		CompletableFuture<String> futureWithFallback(String user) {
			return CompletableFuture.completedFuture(called(user));
		}

		CompletableFuture<String> laterFuture(String user) {
			return CompletableFuture.completedFuture("later");
		}

		@RateLimited(value = "once", key = "#user", fallback = "laterMono")
		Mono<String> monoWithFallback(String user) {
			return Mono.just(called(user));
		}

		Mono<String> laterMono(String user) {
			return Mono.just("later");
		}

		@RateLimited(value = "once", key = "#user", fallback = "fails")
		String failingFallback(String user) throws IOException {
			return called(user);
		}

		String fails(String user) throws IOException {
			throw new IOException("fallback");
		}

		@RateLimited(value = "strict", key = "#user", fallback = "strictFallback")
		String strict(String user) {
			return called(user);
		}

		String strictFallback(String user) {
			return called(user);
		}

		@RateLimited(value = "strict", key = "#user")
		CompletableFuture<String> strictFuture(String user) {
			return CompletableFuture.completedFuture(called(user));
		}

		@RateLimited(value = "strict", key = "#user")
		Mono<String> strictMono(String user) {
			return Mono.just(called(user));
		}

		@RateLimited(value = "search", key = "#user")
		@RateLimited(value = "once", key = "#product")
		String both(String user, @Nullable String product) {
			return called(user);
		}

		@Cached(value = "products", key = "#id")
		@RateLimited("once")
		@Transactional
		String cachedAndLimited(String id) {
			return called(id);
		}

		@RateLimited(value = "once", key = "#user")
		CompletableFuture<String> future(String user) {
			return CompletableFuture.completedFuture(called(user));
		}

		@RateLimited(value = "once", key = "#user")
		CompletionStage<String> stage(String user) {
			return CompletableFuture.completedStage(called(user));
		}

		@RateLimited(value = "once", key = "#user")
		CompletableFuture<String> failedFuture(String user) {
			return CompletableFuture.failedFuture(new IllegalStateException(user));
		}

		@RateLimited(value = "once", key = "#user")
		CompletableFuture<String> throwingFuture(String user) {
			throw new IllegalStateException(user);
		}

		@RateLimited(value = "once", key = "#user", maxWait = "1h")
		CompletableFuture<String> patientFuture(String user) {
			return CompletableFuture.completedFuture(called(user));
		}

		@RateLimited(value = "once", key = "#user")
		CompletableFuture<String> tenant(String user) {
			return CompletableFuture.completedFuture(TENANT.get() + " in " + Thread.currentThread().getName());
		}

		@RateLimited(value = "once", key = "#user")
		Mono<String> mono(@Nullable String user) {
			return Mono.just(called(user));
		}

		@RateLimited(value = "search", key = "#user")
		Mono<String> monoOfSearch(String user) {
			return Mono.just(called(user));
		}

		@RateLimited(value = "search", key = "#user")
		Flux<String> flux(String user) {
			called(user);
			return Flux.just("a", "b", "c");
		}

		@RateLimited(value = "search", key = "#user")
		Mono<Void> empty(String user) {
			called(user);
			return Mono.empty();
		}

		@RateLimited(value = "once", key = "#user", maxWait = "1h")
		Mono<String> patientMono(String user) {
			return Mono.just(called(user));
		}

		@RateLimited(value = "once", key = "#user")
		Mono<String> thread(String user) {
			return Mono.just(Thread.currentThread().getName());
		}

		@RateLimited(value = "running", key = "#user")
		String running(String user, Supplier<String> work) {
			called(user);
			return work.get();
		}

		@RateLimited(value = "running", key = "#user")
		Mono<String> runningMono(String user, Mono<String> work) {
			called(user);
			return work;
		}

		@RateLimited(value = "running", key = "#user")
		Flux<String> runningFlux(String user, Mono<String> work) {
			called(user);
			return work.flux();
		}

		@RateLimited(value = "running", key = "#user")
		CompletableFuture<String> runningFuture(String user, Mono<String> work) {
			called(user);
			return work.toFuture();
		}

		@RateLimited(value = "busy", key = "#user")
		Mono<String> busyMono(String user, Mono<String> work) {
			called(user);
			return work;
		}

		@RateLimited(value = "busy", key = "#user")
		Flux<String> busyFlux(String user, Mono<String> work) {
			called(user);
			return work.flux();
		}

		@RateLimited(value = "busy", key = "#user")
		CompletableFuture<String> busyFuture(String user, Mono<String> work) {
			called(user);
			return work.toFuture();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement
	static class Transactions {

		@Bean
		CountingTransactions transactionManager() {
			return new CountingTransactions();
		}

	}

	static class CountingTransactions extends AbstractPlatformTransactionManager {

		private static final long serialVersionUID = 1L;

		private final transient AtomicInteger begun = new AtomicInteger();

		@Override
		protected Object doGetTransaction() {
			return this;
		}

		@Override
		protected void doBegin(Object transaction, TransactionDefinition definition) {
			this.begun.incrementAndGet();
		}

		@Override
		protected void doCommit(DefaultTransactionStatus status) {
		}

		@Override
		protected void doRollback(DefaultTransactionStatus status) {
		}

	}

}
