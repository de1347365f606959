package io.github.rediskit.benchmark;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.springframework.boot.DefaultApplicationArguments;

/**
 * Runs the benchmarks that are named on the command line, or all. A new one is a class
 * and a line here.
 */
public final class Benchmarks {

	private static final Map<String, Benchmark> ALL = new TreeMap<>(
			Map.of("cache-hit", new CacheHitBenchmark(), "lock-contended", new LockContendedBenchmark(),
					"lock-uncontended", new LockUncontendedBenchmark(), "rate-limit-allowed",
					new RateLimitAllowedBenchmark(), "rate-limit-refused", new RateLimitRefusedBenchmark(), "stampede",
					new StampedeBenchmark(), "start-up", new StartUpBenchmark(), "stream", new StreamBenchmark()));

	private Benchmarks() {
	}

	/**
	 * Runs benchmarks.
	 * @param args their names, and options; see {@code docs/benchmarks.md}
	 * @throws Exception if a contender failed
	 */
	public static void main(String[] args) throws Exception {
		List<String> named = new DefaultApplicationArguments(args).getNonOptionArgs();
		for (String name : named.isEmpty() ? ALL.keySet() : named) {
			Benchmark benchmark = ALL.get(name);
			if (benchmark == null) {
				throw new IllegalArgumentException(
						"There is no benchmark '%s'. There are %s".formatted(name, String.join(", ", ALL.keySet())));
			}
			benchmark.run(Settings.of(args));
		}
	}

}
