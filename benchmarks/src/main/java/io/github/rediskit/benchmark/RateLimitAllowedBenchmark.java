package io.github.rediskit.benchmark;

import java.util.Collections;

import io.github.rediskit.ratelimit.RateLimiter;

import org.jspecify.annotations.Nullable;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * What it costs to ask a limit that allows: 100 keys, and then one that everybody asks
 * for.
 * <p>
 * The yardstick is the script of our token bucket, sent by hand with arguments that were
 * made before. It runs twice, on two connections: how far the second is from 1 is what
 * chance does.
 */
final class RateLimitAllowedBenchmark implements Benchmark {

	private static final String POLICY = "allowed";

	@Override
	public void run(Settings settings) throws Exception {
		try (ConfigurableApplicationContext application = BenchmarkApplication.start(settings);
				RateLimitByHand byHand = new RateLimitByHand(application);
				RateLimitByHand control = new RateLimitByHand(application);
				Bucket4jPeer bucket4j = Bucket4jPeer.ofEndless(application);
				RedissonPeer redisson = RedissonPeer.ofEndless(application)) {
			RateLimiter limiter = application.getBean(RateLimiter.class);
			System.out.printf("%n## Rate limit, allowed%n%n%d keys.%n", RateLimitByHand.KEYS);
			race(settings, RateLimitByHand.KEYS, byHand, control, limiter, bucket4j, redisson);
			System.out.printf("%nOne key.%n");
			race(settings.withThreads(Collections.max(settings.threads())), 1, byHand, control, limiter, bucket4j,
					redisson);
		}
	}

	private static void race(Settings settings, int keys, RateLimitByHand byHand, RateLimitByHand control,
			RateLimiter limiter, Bucket4jPeer bucket4j, RedissonPeer redisson) throws Exception {
		new Race(settings, new Contender("Lettuce EVALSHA", (number) -> orNull(byHand.allows(number % keys))),
				new Contender("the same EVALSHA again", (number) -> orNull(control.allows(number % keys))),
				new Contender("RateLimiter.tryAcquire",
						(number) -> orNull(limiter.tryAcquire(POLICY, number % keys, 1).allowed())),
				new Contender("bucket4j", (number) -> orNull(bucket4j.allows(number % keys))),
				new Contender("Redisson", (number) -> orNull(redisson.allows(number % keys))))
			.run();
	}

	/** A refusal would be a fault: none of them is at its limit. */
	private static @Nullable Boolean orNull(boolean allowed) {
		return allowed ? Boolean.TRUE : null;
	}

}
