package io.github.rediskit.benchmark;

import java.util.concurrent.atomic.LongAdder;

import io.github.rediskit.ratelimit.RateLimiter;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * How many calls can be refused: 16 callers on one key of which 10 a minute are allowed.
 * No exception is made of a refusal.
 */
final class RateLimitRefusedBenchmark implements Benchmark {

	private static final int THREADS = 16;

	private static final String POLICY = "refused";

	@Override
	public void run(Settings settings) throws Exception {
		try (ConfigurableApplicationContext application = BenchmarkApplication.start(settings);
				Bucket4jPeer bucket4j = Bucket4jPeer.ofTenAMinute(application);
				RedissonPeer redisson = RedissonPeer.ofTenAMinute(application)) {
			RateLimiter limiter = application.getBean(RateLimiter.class);
			LongAdder allowed = new LongAdder();
			long start = System.nanoTime();
			System.out.printf("%n## Rate limit, refused%n");
			new Race(settings.withThreads(THREADS),
					new Contender("bucket4j", (number) -> counted(bucket4j.allows(0), allowed)),
					new Contender("Redisson", (number) -> counted(redisson.allows(0), allowed)),
					new Contender("RateLimiter.tryAcquire",
							(number) -> counted(limiter.tryAcquire(POLICY, "0", 1).allowed(), allowed)))
				.run();
			double minutes = (System.nanoTime() - start) / 60e9;
			if (allowed.sum() > 3 * (20 + 10 * minutes)) {
				throw new IllegalStateException("Not all of these were refusals: " + allowed.sum() + " were allowed");
			}
		}
	}

	private static Boolean counted(boolean allows, LongAdder allowed) {
		if (allows) {
			allowed.increment();
		}
		return allows;
	}

}
