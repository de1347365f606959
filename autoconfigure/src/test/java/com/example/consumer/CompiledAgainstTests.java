package com.example.consumer;

import java.lang.annotation.Annotation;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.reflect.Method;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Stream;

import io.github.rediskit.cache.CacheInvalidate;
import io.github.rediskit.cache.CacheUpdate;
import io.github.rediskit.cache.Cached;
import io.github.rediskit.cache.Caches;
import io.github.rediskit.cache.ReadThroughCache;
import io.github.rediskit.lock.DistributedLock;
import io.github.rediskit.lock.DistributedLocks;
import io.github.rediskit.lock.HeldLock;
import io.github.rediskit.lock.IfHeld;
import io.github.rediskit.lock.LockContext;
import io.github.rediskit.lock.LockLostException;
import io.github.rediskit.lock.LockNotAcquiredException;
import io.github.rediskit.lock.LockRequest;
import io.github.rediskit.lock.OnLost;
import io.github.rediskit.messaging.RedisPublisher;
import io.github.rediskit.messaging.RedisQueue;
import io.github.rediskit.messaging.RedisQueueListener;
import io.github.rediskit.messaging.RedisQueues;
import io.github.rediskit.messaging.RedisStreamListener;
import io.github.rediskit.messaging.RedisStreams;
import io.github.rediskit.messaging.SubscriptionGapEvent;
import io.github.rediskit.ratelimit.RateLimitDecision;
import io.github.rediskit.ratelimit.RateLimitExceededException;
import io.github.rediskit.ratelimit.RateLimitUnavailableException;
import io.github.rediskit.ratelimit.RateLimited;
import io.github.rediskit.ratelimit.RateLimiter;
import io.github.rediskit.session.UserSession;
import io.github.rediskit.session.UserSessions;
import io.github.rediskit.structures.Heartbeats;
import io.github.rediskit.structures.Leaderboard;
import io.github.rediskit.structures.Leaderboards;
import io.github.rediskit.structures.Rank;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What applications are compiled against. That {@link Application} compiles, from another
 * package, is most of the test.
 */
class CompiledAgainstTests {

	static Stream<Class<? extends Annotation>> annotations() {
		return Stream.of(Cached.class, CacheUpdate.class, CacheInvalidate.class, RateLimited.class,
				DistributedLock.class, RedisStreamListener.class, RedisQueueListener.class);
	}

	@ParameterizedTest
	@MethodSource("annotations")
	void anAnnotationIsReadAtRunTimeAndNeedsItsNamesOnly(Class<? extends Annotation> type) {
		assertThat(type.getAnnotation(Retention.class).value()).isEqualTo(RetentionPolicy.RUNTIME);
		assertThat(Arrays.stream(type.getDeclaredMethods())
			.filter((attribute) -> attribute.getDefaultValue() == null)
			.map(Method::getName)).isSubsetOf("value", "stream", "group");
	}

	@Test
	void textsAreEmptyByDefault() {
		assertThat(annotations().flatMap((type) -> Arrays.stream(type.getDeclaredMethods()))
			.filter((attribute) -> attribute.getReturnType() == String.class)
			.map(Method::getDefaultValue)
			.filter((value) -> value != null)).allMatch(""::equals);
	}

	@Test
	void theRestHasTheDefaultsThatAreDocumented() throws Exception {
		assertThat(DistributedLock.class.getMethod("ifHeld").getDefaultValue()).isEqualTo(IfHeld.WAIT);
		assertThat(DistributedLock.class.getMethod("onLost").getDefaultValue()).isEqualTo(OnLost.INTERRUPT);
		assertThat(RateLimited.class.getMethod("limit").getDefaultValue()).isEqualTo(0L);
		assertThat(CacheInvalidate.class.getMethod("all").getDefaultValue()).isEqualTo(false);
	}

	/** Never run. */
	abstract static class Application {

		@Cached(value = "products", key = "#id", ttl = "10m", condition = "true", unless = "false", tags = "'all'")
		abstract String product(long id);

		@Cached(value = "products", keys = "#ids", itemKey = "#item")
		abstract List<String> list(Collection<Long> ids);

		@CacheUpdate(value = "products", key = "#id", ttl = "10m", condition = "true", unless = "false", tags = {})
		abstract String save(long id);

		@CacheInvalidate(value = "products", key = "#id", tags = {}, all = false, beforeInvocation = false,
				condition = "true")
		abstract void delete(long id);

		@CacheInvalidate(value = "products", keys = "#ids")
		abstract void deleteAll(List<Long> ids);

		@RateLimited(value = "login", key = "#ip", cost = "1", fallback = "later", limit = 5, period = "1m",
				maxWait = "1s")
		abstract String login(String ip);

		@DistributedLock(value = "order", key = "#id", maxWait = "2s", lease = "10s", ifHeld = IfHeld.FAIL,
				atLeast = "1s", onLost = OnLost.MARK, fallback = "later")
		abstract void pay(long id, LockContext lock);

		@RedisStreamListener(stream = "orders", group = "billing", id = "billing", concurrency = "4")
		abstract void on(String order);

		@RedisQueueListener(value = "email", id = "email", concurrency = "2")
		abstract void send(String email);

		void cache(Caches caches, Function<Long, String> loader) {
			ReadThroughCache<Long, String> cache = caches.cache("products", String.class);
			String value = cache.get(1L, loader);
			CompletionStage<String> later = cache.getAsync(1L, (key) -> null);
			Map<Long, String> all = cache.getAll(List.of(1L), (keys) -> Map.of(1L, value));
			Optional<String> present = cache.getIfPresent(1L);
			cache.put(1L, "" + later + all + present);
			cache.invalidate(1L);
			cache.invalidateTag("all");
			cache.invalidateMatching("*");
			cache.invalidateAll();
		}

		void rateLimit(RateLimiter limiter, RateLimitExceededException exceeded,
				RateLimitUnavailableException unavailable) {
			RateLimitDecision decision = limiter.tryAcquire("login", "ip", 1);
			decision = decision.allowed() ? limiter.peek(decision.policy(), "ip") : exceeded.decision();
			long numbers = decision.limit() + decision.remaining();
			Duration durations = decision.retryAfter().plus(decision.resetAfter()).plusMillis(numbers);
			limiter.reset("login", durations);
			throw unavailable;
		}

		void lock(DistributedLocks locks, LockNotAcquiredException missed, LockLostException lost) {
			Duration second = Duration.ofSeconds(1);
			LockRequest request = LockRequest.of("order", 42).withMaxWait(second).withLease(second).withAtLeast(second);
			try (HeldLock held = locks.acquire(request)) {
				LockContext context = held;
				context.onLost(() -> {
				});
				if (!context.isHeld() || context.fence() < 0) {
					throw lost;
				}
			}
			locks.tryAcquire(request).ifPresent(HeldLock::close);
			locks.acquireAll(List.of(request)).close();
			RuntimeException failure = missed;
			throw failure;
		}

		int sessions(UserSessions sessions) {
			List<UserSession> of = sessions.of("alice");
			UserSession one = new UserSession(of.get(0).handle(), of.get(0).device(), of.get(0).address(),
					of.get(0).created(), Instant.now().isAfter(of.get(0).lastSeen()) ? Instant.EPOCH : Instant.MAX);
			boolean revoked = sessions.revoke("alice", one.handle());
			return (revoked ? 1 : 0) + sessions.revokeOthers("alice", "id") + sessions.revokeAll("alice");
		}

		String messaging(RedisPublisher publisher, RedisStreams streams, RedisQueues queues, SubscriptionGapEvent gap) {
			publisher.publish("channel", gap);
			RedisQueue<String> queue = queues.queue("email", String.class);
			return streams.add("orders", "order") + queue.send("now") + queue.send("later", Duration.ofSeconds(1))
					+ queue.size();
		}

		Object structures(Leaderboards boards, Heartbeats heartbeats) {
			Leaderboard board = boards.board("weekly");
			board.submit("alice", 42.5);
			List<Rank> ranks = board.top(10);
			Optional<Rank> rank = board.of("alice");
			ranks = rank.map((found) -> board.around(found.member(), 2)).orElse(ranks);
			double score = ranks.get(0).score() + ranks.get(0).position();
			heartbeats.beat("workers", "one", Map.of("score", "" + score));
			Map<String, Map<String, String>> alive = heartbeats.alive("workers");
			return alive;
		}

	}

}
