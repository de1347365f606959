package io.github.rediskit.benchmark;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * What happens when everybody wants the same cold key at once: two instances of an
 * application, 32 callers in each, a loader that takes 100 ms, and a new key each round.
 * The best possible is 1 load, and nobody waits longer than it takes.
 */
final class StampedeBenchmark implements Benchmark {

	private static final int CALLERS = 32;

	private static final int ROUNDS = 50;

	private static final Duration LOAD_TIME = Duration.ofMillis(100);

	private static final List<Door> DOORS = List.of(new Door("@Cached", Products::cached),
			new Door("Spring @Cacheable", Products::cacheable),
			new Door("Spring @Cacheable(sync = true)", Products::cacheableInSync),
			new Door("Spring @Cacheable(sync = true), locking writer", Products::cacheableWithLock));

	@Override
	public void run(Settings settings) throws Exception {
		ExecutorService pool = Executors.newFixedThreadPool(2 * CALLERS);
		try (ConfigurableApplicationContext one = BenchmarkApplication.start(settings);
				ConfigurableApplicationContext two = BenchmarkApplication.start(settings,
						BenchmarkApplication.redisOf(one))) {
			List<Products> instances = List.of(one.getBean(Products.class), two.getBean(Products.class));
			instances.forEach((products) -> products.slowDown(LOAD_TIME));
			System.out.printf("%n## Stampede%n%n2 instances × %d callers, %d rounds%n%n%s", CALLERS, ROUNDS,
					table(instances, pool));
		}
		finally {
			pool.shutdown();
		}
	}

	private static Table table(List<Products> instances, ExecutorService pool) throws Exception {
		double[][] loads = new double[DOORS.size()][ROUNDS];
		double[][] slowest = new double[DOORS.size()][ROUNDS];
		long coldFrom = System.nanoTime();
		for (int round = -1; round < ROUNDS; round++) {
			for (int door = 0; door < DOORS.size(); door++) {
				int before = loads(instances);
				double millis = slowestCaller(DOORS.get(door), instances, coldFrom + round, pool);
				if (round >= 0) { // the one before warms up
					slowest[door][round] = millis;
					loads[door][round] = loads(instances) - before;
				}
			}
		}
		Table table = new Table(List.of("", "loads", "slowest caller, ms"));
		for (int door = 0; door < DOORS.size(); door++) {
			table.add(List.of(DOORS.get(door).name(), Spread.of(loads[door]).format("%.0f"),
					Spread.of(slowest[door]).format("%.0f")));
		}
		return table;
	}

	private static int loads(List<Products> instances) {
		return instances.stream().mapToInt(Products::loads).sum();
	}

	private static double slowestCaller(Door door, List<Products> instances, long id, ExecutorService pool)
			throws Exception {
		CyclicBarrier start = new CyclicBarrier(instances.size() * CALLERS);
		List<Future<Long>> callers = new ArrayList<>();
		for (int i = 0; i < start.getParties(); i++) {
			Products products = instances.get(i % instances.size());
			callers.add(pool.submit(() -> {
				start.await();
				long began = System.nanoTime();
				door.call().apply(products, id);
				return System.nanoTime() - began;
			}));
		}
		long nanos = 0;
		for (Future<Long> caller : callers) {
			nanos = Math.max(nanos, caller.get());
		}
		return nanos / 1e6;
	}

	/**
	 * A way to a product.
	 *
	 * @param name how it is called in the table
	 * @param call goes there
	 */
	private record Door(String name, Call call) {
	}

	@FunctionalInterface
	private interface Call {

		Product apply(Products products, long id);

	}

}
