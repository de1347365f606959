package io.github.rediskit.ratelimit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.github.rediskit.key.KeyId;
import io.github.rediskit.key.KeySpace;
import io.github.rediskit.ratelimit.Pulse.Rhythm;
import io.github.rediskit.ratelimit.RateLimitPolicy.Limit;
import io.github.rediskit.ratelimit.RateLimitPolicy.OnFailure;
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
 * Policies that are changed at run time, and instances that are counted.
 */
@RedisTest
@Timeout(60)
class RateLimitChangesTests {

	private static final Duration HOUR = Duration.ofHours(1);

	private static final RateLimitPolicy SEARCH = RateLimitPolicy.of("search", 10, HOUR).withOnFailure(OnFailure.LOCAL);

	private static final String INSTANCES = "shop:rate-limiter:instances:{shop}";

	private static final String CHANGES = "shop:rate-limiter:changes:{shop}";

	private final RedisTestServer server = RedisTestServer.shared();

	private final List<RateLimitInstance> instances = new ArrayList<>();

	private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

	private RateLimitInstance started(RateLimitPolicy... policies) {
		return started(this.server.uri(), policies);
	}

	private RateLimitInstance started(String uri, RateLimitPolicy... policies) {
		RateLimitInstance instance = new RateLimitInstance(uri, policies);
		this.instances.add(instance);
		instance.async.start();
		return instance;
	}

	@AfterEach
	void close() {
		this.timer.shutdownNow();
		this.instances.forEach(RateLimitInstance::close);
	}

	private static void get(CompletionStage<?> stage) {
		stage.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
	}

	private static long limit(RateLimitInstance instance) {
		return instance.async.policy("search").limits().get(0).limit();
	}

	@Test
	void aChangeHoldsHereAtOnceAndElsewhereASecondLater() {
		RateLimitInstance one = started(SEARCH);
		RateLimitInstance two = started(SEARCH);
		get(one.async.change(SEARCH.withLimits(Limit.of(3, HOUR))));
		assertThat(one.limiter.tryAcquire("search", "alice", 4).isNever()).isTrue();
		await().atMost(Duration.ofMillis(1500)).pollInterval(Duration.ofMillis(5)).until(() -> limit(two) == 3);
		assertThat(two.limiter.tryAcquire("search", "alice", 4).isNever()).isTrue();
		assertThat(two.limiter.tryAcquire("search", "alice", 3).allowed()).isTrue();
		get(two.async.restore("search"));
		assertThat(two.limiter.peek("search", "bob").limit()).isEqualTo(10);
		await().until(() -> limit(one) == 10);
		assertThat(this.server.commands().exists(CHANGES)).isZero();
	}

	@Test
	void aPolicyOfAnotherNumberOfKeysIsChangedToo() {
		RateLimitPolicy few = SEARCH.withMaxKeys(100);
		RateLimitInstance one = started(few);
		RateLimitInstance two = started(few);
		get(one.async.change(few.withLimits(Limit.of(3, HOUR))));
		assertThat(limit(one)).isEqualTo(3);
		assertThat(one.async.policy("search").maxKeys()).isEqualTo(100);
		get(one.async.change(few.withMaxKeys(5)));
		await().until(() -> two.async.policy("search").maxKeys() == 5);
	}

	@Test
	void whoWasRefusedIsAllowedWhenTheLimitIsRaised() {
		RateLimitInstance one = started(SEARCH);
		RateLimitInstance two = started(SEARCH);
		one.limiter.tryAcquire("search", "alice", 10);
		for (int i = 0; i < 2; i++) { // the second is remembered
			assertThat(one.limiter.tryAcquire("search", "alice", 1).allowed()).isFalse();
			assertThat(two.limiter.tryAcquire("search", "alice", 1).allowed()).isFalse();
		}
		get(one.async.change(SEARCH.withLimits(new Limit(10, HOUR, 20))));
		assertThat(one.limiter.tryAcquire("search", "alice", 1).allowed()).isTrue();
		await().until(() -> two.limiter.tryAcquire("search", "alice", 1).allowed());
	}

	@Test
	void whatWasCountedCountsOn() {
		RateLimitInstance shop = started(SEARCH);
		shop.limiter.tryAcquire("search", "alice", 8);
		get(shop.async.change(SEARCH.withLimits(Limit.of(5, HOUR))));
		// 48 minutes of debt leave 12 minutes: one of five in an hour
		assertThat(shop.limiter.peek("search", "alice").remaining()).isEqualTo(1);
		get(shop.async.change(SEARCH.withLimits(Limit.of(20, HOUR))));
		assertThat(shop.limiter.peek("search", "alice").remaining()).isEqualTo(4);
	}

	@Test
	void noBurstAboveTheNewLimitUnderLoad() {
		RateLimitPolicy fast = RateLimitPolicy.of("search", 200, Duration.ofSeconds(1));
		RateLimitInstance one = started(fast);
		RateLimitInstance two = started(fast);
		AtomicLong admitted = new AtomicLong();
		for (RateLimitInstance instance : List.of(one, two)) {
			this.timer.scheduleAtFixedRate(() -> {
				for (int i = 0; i < 5; i++) {
					if (instance.limiter.tryAcquire("search", "alice", 1).allowed()) {
						admitted.incrementAndGet();
					}
				}
			}, 0, 2, TimeUnit.MILLISECONDS);
		}
		await().until(() -> admitted.get() > 250); // more than a full bucket
		for (long limit : new long[] { 100, 200, 50 }) {
			get(one.async.change(fast.withLimits(Limit.of(limit, Duration.ofSeconds(1)))));
			await().until(() -> limit(two) == limit);
			long before = admitted.get();
			long since = System.nanoTime();
			await().pollInterval(Duration.ofMillis(5)).until(() -> admitted.get() >= before + limit / 5);
			long most = 10 + limit * (System.nanoTime() - since) / 1_000_000_000;
			// the bucket is empty while more is asked for than fits, so there is no new
			// one
			assertThat(admitted.get() - before).isLessThanOrEqualTo(most);
		}
	}

	@Test
	void anInstanceThatStartsLaterTakesTheChange() {
		RateLimitInstance one = started(SEARCH);
		get(one.async.change(SEARCH.withLimits(Limit.of(3, HOUR)).withMaxWait(Duration.ofMillis(1))));
		get(one.async.stop());
		RateLimitInstance two = started(SEARCH);
		await().until(() -> limit(two) == 3);
		assertThat(two.async.policy("search").maxWait()).isEqualTo(Duration.ofMillis(1));
	}

	@Test
	void severalPoliciesAreChangedByThemselves() {
		RateLimitPolicy login = RateLimitPolicy.of("login", RateLimitAlgorithm.SLIDING_WINDOW,
				List.of(Limit.of(5, HOUR)));
		RateLimitInstance one = started(SEARCH, login);
		RateLimitInstance two = started(SEARCH, login);
		get(one.async.change(SEARCH.withLimits(Limit.of(3, HOUR))));
		get(two.async.change(login.withLimits(Limit.of(4, HOUR))));
		assertThat(limit(two)).isEqualTo(3);
		get(two.async.change(login)); // is to restore it
		assertThat(this.server.commands().hkeys(CHANGES)).containsExactlyInAnyOrder("", "search");
		assertThat(limit(one)).isEqualTo(3);
		await().until(() -> two.async.policy("login").equals(login));
	}

	@Test
	void whoDeclaresAnotherPolicyIgnoresTheChangeAndSaysSoOnce() {
		RateLimitInstance one = started(SEARCH);
		RateLimitInstance other = started(RateLimitPolicy.of("search", 11, HOUR));
		get(one.async.change(SEARCH.withLimits(Limit.of(3, HOUR))));
		await().until(() -> other.events.stream().anyMatch((event) -> event.startsWith("ignored:")));
		assertThat(limit(other)).isEqualTo(11);
		get(other.async.restore("search"));
		get(one.async.change(SEARCH.withLimits(Limit.of(3, HOUR))));
		await().until(() -> limit(one) == 3);
		get(other.async.change(RateLimitPolicy.of("search", 12, HOUR)));
		assertThat(limit(other)).isEqualTo(12);
		assertThat(other.events).hasSize(1).first().asString().contains("another policy is declared here");
		await().until(() -> limit(one) == 10);
	}

	@Test
	void aChangeOfALaterReleaseIsIgnoredAndReplaced() {
		this.server.commands().hset(CHANGES, "search", "2 what may come");
		this.server.commands().hset(CHANGES, "login", "1 0 0");
		this.server.commands().hset(CHANGES, "", "5");
		RateLimitInstance shop = started(SEARCH);
		await().until(() -> shop.events.size() == 2);
		assertThat(shop.events).allMatch((event) -> event.contains("another release"));
		assertThat(limit(shop)).isEqualTo(10);
		get(shop.async.change(SEARCH.withLimits(Limit.of(3, HOUR))));
		assertThat(limit(shop)).isEqualTo(3);
		assertThat(shop.events).hasSize(2);
	}

	@Test
	void aPolicyThatIsDeclaredLaterIsChangedByThen() {
		RateLimitPolicies policies = new RateLimitPolicies(List.of());
		PolicyChange change = new PolicyChange(SEARCH, SEARCH.withLimits(Limit.of(3, HOUR)));
		assertThat(policies.change(Map.of("search", change))).isEmpty();
		assertThat(policies.declare(SEARCH)).isTrue();
		assertThat(policies.get("search").limits()).containsExactly(Limit.of(3, HOUR));
		assertThat(policies.declare(SEARCH)).isTrue();
		assertThat(policies.declare(change.policy())).isFalse();
	}

	@Test
	void whereAllPoliciesAreShadowsAChangedOneIsToo() {
		RateLimitPolicies shadows = new RateLimitPolicies(List.of(SEARCH), true);
		PolicyChange change = shadows.changeTo(shadows.get("search").withLimits(Limit.of(3, HOUR)));
		assertThat(change).isEqualTo(new PolicyChange(SEARCH, SEARCH.withLimits(Limit.of(3, HOUR))));
		shadows.change(Map.of("search", change));
		assertThat(shadows.get("search")).isEqualTo(SEARCH.withLimits(Limit.of(3, HOUR)).withShadow(true));
		assertThat(shadows.changeTo(SEARCH.withShadow(true))).isNull();
	}

	@Test
	void whatCanNotBeChangedIsNamed() {
		RateLimitInstance shop = started(SEARCH);
		assertThatExceptionOfType(UnknownRateLimitPolicyException.class)
			.isThrownBy(() -> shop.async.change(RateLimitPolicy.of("serach", 3, HOUR)))
			.withMessageContaining("[search]");
		assertThatExceptionOfType(UnknownRateLimitPolicyException.class).isThrownBy(() -> shop.async.restore("serach"));
		assertThatIllegalArgumentException().isThrownBy(
				() -> shop.async.change(RateLimitPolicy.of("search", RateLimitAlgorithm.SLIDING_LOG, SEARCH.limits())))
			.withMessageContainingAll("'search'", "SLIDING_LOG", "TOKEN_BUCKET", "another name");
		assertThat(this.server.commands().exists(CHANGES)).isZero();
	}

	@Test
	void whileRedisIsAwayWhatWasHeardLastStands() {
		try (RedisTestServer own = RedisTestServer.start()) {
			RateLimitInstance one = started(own.uri(), SEARCH);
			RateLimitInstance two = started(own.uri(), SEARCH);
			get(one.async.change(SEARCH.withLimits(Limit.of(8, HOUR))));
			await().until(() -> limit(two) == 8 && own.commands().zcard(INSTANCES) == 2);
			get(one.async.change(SEARCH.withLimits(Limit.of(6, HOUR)))); // and hears of
																			// two
			own.kill();
			assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> get(one.async.restore("search")))
				.withCauseInstanceOf(RateLimitUnavailableException.class);
			for (int i = 0; i < 3; i++) { // half of six
				assertThat(one.limiter.tryAcquire("search", "alice", 1).allowed()).isTrue();
			}
			assertThat(one.limiter.tryAcquire("search", "alice", 1).allowed()).isFalse();
			assertThat(limit(one)).isEqualTo(6);
			own.restart(); // and has forgotten all
			await().until(() -> limit(one) == 10);
			await().until(() -> own.commands().zcard(INSTANCES) == 2);
		}
	}

	@Test
	void everyKeyHasATimeToLive() {
		RateLimitInstance shop = started(SEARCH);
		get(shop.async.change(SEARCH.withLimits(Limit.of(3, HOUR))));
		assertThat(this.server.commands().keys("*")).containsExactlyInAnyOrder(INSTANCES, CHANGES);
		assertThat(this.server.commands().pttl(INSTANCES)).isBetween(3_000L, 5_000L);
		this.server.commands().pexpire(CHANGES, 600_000);
		await().until(() -> this.server.commands().pttl(CHANGES) > Duration.ofDays(29).toMillis());
		get(shop.async.stop());
		assertThat(this.server.commands().exists(INSTANCES)).isZero();
	}

	@Test
	void aUserWhoMayUseItsOwnKeysIsEnough() {
		RateLimitInstance shop = started(
				this.server.user("shop", "secret", "~shop:*", "+@all", "-@admin", "-@dangerous"), SEARCH);
		get(shop.async.change(SEARCH.withLimits(Limit.of(3, HOUR))));
		assertThat(limit(shop)).isEqualTo(3);
	}

	@Test
	void instancesAreCountedUntilTheyStopOrAreMissed() {
		Pulse one = pulse("one");
		Pulse two = pulse("two");
		assertThat(one.instances()).isEqualTo(7); // as long as nobody has counted
		one.start();
		two.start();
		await().until(() -> one.instances() == 2 && two.instances() == 2);
		get(two.stop());
		await().until(() -> one.instances() == 1);
		two.start();
		await().until(() -> one.instances() == 2);
		this.server.commands().zadd(INSTANCES, millis(), "killed");
		await().until(() -> one.instances() == 3);
		await().until(() -> one.instances() == 2);
		assertThat(this.server.commands().zrange(INSTANCES, 0, -1)).containsExactlyInAnyOrder("one", "two");
		get(one.stop());
		get(one.stop());
		get(two.stop());
	}

	private double millis() {
		List<String> time = this.server.commands().time();
		return Long.parseLong(time.get(0)) * 1000 + Long.parseLong(time.get(1)) / 1000;
	}

	private Pulse pulse(String id) {
		RateLimitInstance instance = new RateLimitInstance(this.server.uri());
		this.instances.add(instance);
		return new Pulse(instance.gateway, new KeySpace(null, "shop"), id, new RateLimitPolicies(List.of()), 7,
				new RateLimitListener() {
				}, this.timer, new Rhythm(Duration.ofMillis(20), Duration.ofSeconds(1)));
	}

	@Test
	void aShareShrinksAndGrowsWithTheNumberOfInstances() {
		int[] instances = { 1 };
		LocalLimits local = new LocalLimits(() -> instances[0], () -> 0);
		RateLimitPolicy permits = RateLimitPolicy.of("export", RateLimitAlgorithm.CONCURRENCY,
				List.of(Limit.of(4, Duration.ZERO)));
		assertThat(local.take(request(SEARCH, 2)).admitted()).isTrue();
		assertThat(local.take(request(permits, 1)).admitted()).isTrue();
		instances[0] = 4; // 12 minutes of debt are half of a token now, of two
		assertThat(local.look(request(SEARCH, 1)).decision().remaining()).isEqualTo(1);
		assertThat(local.take(request(SEARCH, 2)).admitted()).isFalse();
		assertThat(local.take(request(permits, 1)).admitted()).isFalse();
		instances[0] = 1;
		assertThat(local.look(request(SEARCH, 1)).decision().remaining()).isEqualTo(8);
		assertThat(local.take(request(permits, 3)).admitted()).isTrue();
	}

	private static RateLimitRequest request(RateLimitPolicy policy, long cost) {
		return new RateLimitRequest(policy, KeyId.of("alice"), cost);
	}

}
