package io.github.rediskit.ratelimit;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.rediskit.key.KeySpace;
import io.github.rediskit.redis.CircuitBreakers;
import io.github.rediskit.redis.LettuceGateway;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.codec.ByteArrayCodec;

import static org.awaitility.Awaitility.await;

/**
 * One instance of an application, as far as its rate limits are concerned. Several of
 * them in a test share nothing but Redis.
 */
final class RateLimitInstance implements AutoCloseable {

	private final RedisClient client;

	final LettuceGateway gateway;

	private final CircuitBreakers circuits = new CircuitBreakers(
			(name) -> new KeySpace(null, "shop").key("circuit", name), List.of());

	/** The first of them. */
	final List<String> events = new CopyOnWriteArrayList<>();

	final AtomicInteger outages = new AtomicInteger();

	final AtomicInteger near = new AtomicInteger();

	final AtomicInteger overflows = new AtomicInteger();

	final RedisRateLimiter async;

	final RateLimiter limiter;

	/** Asks Redis each time. */
	final RedisLimits twin;

	RateLimitInstance(String uri, RateLimitPolicy... policies) {
		this(uri, 1, policies);
	}

	RateLimitInstance(String uri, int instances, RateLimitPolicy... policies) {
		RedisURI address = RedisURI.create(uri);
		this.client = RedisClient.create(address);
		this.client.setOptions(ClientOptions.builder()
			.disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
			.timeoutOptions(TimeoutOptions.enabled(Duration.ofMillis(500)))
			.build());
		this.gateway = new LettuceGateway(
				() -> this.client.connectAsync(ByteArrayCodec.INSTANCE, address)
					.thenApply((connection) -> (StatefulConnection<byte[], byte[]>) connection),
				() -> this.client.connectPubSubAsync(ByteArrayCodec.INSTANCE, address), Duration.ofSeconds(5));
		// a server that was killed or thawed a moment ago may still drop a connection
		await().ignoreExceptions().until(() -> this.gateway.time().toCompletableFuture().get(5, TimeUnit.SECONDS) > 0);
		this.async = new RedisRateLimiter(this.circuits.guard("default", this.gateway), new KeySpace(null, "shop"),
				new RateLimitPolicies(List.of(policies)), List::of, instances, List.of(new Recorder()));
		this.limiter = new BlockingRateLimiter(this.async);
		this.twin = new RedisLimits(this.gateway, new KeySpace(null, "shop"), () -> "twin", System::nanoTime,
				new RateLimitListener() {
				});
	}

	/** Closes its connection under the commands that are on their way. */
	void disconnect() {
		this.gateway.stop().toCompletableFuture().join();
	}

	@Override
	public void close() {
		this.async.close();
		this.circuits.close();
		this.gateway.close();
		this.client.shutdown(Duration.ZERO, Duration.ZERO);
	}

	/**
	 * Remembers what happened, as words.
	 */
	private final class Recorder implements RateLimitListener {

		private void add(String event) {
			if (RateLimitInstance.this.events.size() < 1_000) {
				RateLimitInstance.this.events.add(event);
			}
		}

		@Override
		public void allowed(String policy, long remaining, long limit) {
			add("allowed:" + remaining + "/" + limit);
		}

		@Override
		public void near(String policy) {
			RateLimitInstance.this.near.incrementAndGet();
		}

		@Override
		public void overflowed(String policy, long maxKeys) {
			RateLimitInstance.this.overflows.incrementAndGet();
		}

		@Override
		public void refused(String policy, boolean remembered) {
			add(remembered ? "remembered" : "refused");
		}

		@Override
		public void waited(String policy, Duration duration) {
			add("waited");
		}

		@Override
		public void shadow(String policy) {
			add("shadow");
		}

		@Override
		public void local(String policy, boolean allowed) {
			add("local:" + allowed);
		}

		@Override
		public void outage(String policy, Throwable failure) {
			RateLimitInstance.this.outages.incrementAndGet();
			add("outage");
		}

		@Override
		public void changeIgnored(String policy, String reason) {
			add("ignored:" + policy + ":" + reason);
		}

	}

}
