package io.github.rediskit.ratelimit;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.rediskit.redis.LettuceGateway;
import io.github.rediskit.testing.GatewayInstance;

/**
 * One instance of an application, as far as its rate limits are concerned. Several of
 * them in a test share nothing but Redis.
 */
final class RateLimitInstance implements AutoCloseable {

	private final GatewayInstance instance;

	final LettuceGateway gateway;

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
		this.instance = GatewayInstance.of(uri, Duration.ofMillis(500)).answering();
		this.gateway = this.instance.bare();
		this.async = new RedisRateLimiter(this.instance.redis(), GatewayInstance.SHOP,
				new RateLimitPolicies(List.of(policies)), List::of, instances, List.of(new Recorder()));
		this.limiter = new BlockingRateLimiter(this.async);
		this.twin = new RedisLimits(this.gateway, GatewayInstance.SHOP, () -> "twin", System::nanoTime,
				new RateLimitListener() {
				});
	}

	/** Closes its connection under the commands that are on their way. */
	void disconnect() {
		this.instance.disconnect();
	}

	@Override
	public void close() {
		this.async.close();
		this.instance.close();
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
