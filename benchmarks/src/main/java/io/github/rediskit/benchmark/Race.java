package io.github.rediskit.benchmark;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.sun.management.OperatingSystemMXBean;

/**
 * Lets contenders take turns in one process. In each round all of them run for the same
 * time, in many short turns and each time in another order, so that whatever slows the
 * machine down for a while slows all of them down. A ratio is taken within a round; the
 * table gives the median of the rounds, and the lowest and the highest.
 */
final class Race {

	private static final long TURN_MILLIS = 50;

	private static final OperatingSystemMXBean SYSTEM = ManagementFactory
		.getPlatformMXBean(OperatingSystemMXBean.class);

	private final List<Contender> contenders;

	private final Settings settings;

	Race(Settings settings, Contender... contenders) {
		this.settings = settings;
		this.contenders = Stream.of(contenders)
			.filter((contender) -> contender.name().contains(settings.only()))
			.toList();
	}

	/** Races once for each number of threads, and prints the tables. */
	void run() throws Exception {
		for (int threads : this.settings.threads()) {
			ExecutorService pool = Executors.newFixedThreadPool(threads);
			try {
				System.out.printf("%n%d thread%s%n%n%s", threads, (threads == 1) ? "" : "s",
						table(scores(pool, threads)));
			}
			finally {
				pool.shutdown();
			}
		}
	}

	/** By contender and round. */
	private Score[][] scores(ExecutorService pool, int threads) throws Exception {
		Score[][] scores = new Score[this.contenders.size()][this.settings.rounds()];
		round(pool, threads, this.settings.warmUp().toMillis());
		for (int round = 0; round < this.settings.rounds(); round++) {
			Score[] all = round(pool, threads, this.settings.time().toMillis());
			for (int i = 0; i < all.length; i++) {
				scores[i][round] = all[i];
			}
		}
		return scores;
	}

	private Score[] round(ExecutorService pool, int threads, long millis) throws Exception {
		int size = this.contenders.size();
		Score[] scores = IntStream.range(0, size).mapToObj((i) -> new Score()).toArray(Score[]::new);
		for (int turn = 0; turn * TURN_MILLIS < millis; turn++) {
			for (int i = 0; i < size; i++) {
				int next = (turn + i * ((turn % 2 == 0) ? 1 : size - 1)) % size;
				run(new Turn(this.contenders.get(next), threads), pool, threads, scores[next]);
			}
		}
		return scores;
	}

	private static void run(Turn turn, ExecutorService pool, int threads, Score score) throws Exception {
		List<Future<Long>> callers = IntStream.range(0, threads).mapToObj((i) -> pool.submit(turn::calls)).toList();
		turn.ready.await();
		long start = System.nanoTime();
		long cpu = SYSTEM.getProcessCpuTime();
		Thread.sleep(TURN_MILLIS);
		turn.over = true;
		for (Future<Long> caller : callers) {
			score.calls += caller.get();
		}
		score.nanos += System.nanoTime() - start;
		score.cpuNanos += SYSTEM.getProcessCpuTime() - cpu;
	}

	private Table table(Score[][] scores) {
		List<Integer> yardsticks = IntStream.range(0, scores.length)
			.filter((index) -> index == 0 || this.contenders.get(index).yardstick())
			.boxed()
			.toList();
		List<String> header = new ArrayList<>(List.of("", "calls/s", "CPU µs/call"));
		yardsticks.forEach((index) -> header.add("÷ " + this.contenders.get(index).name()));
		Table table = new Table(header);
		for (int i = 0; i < scores.length; i++) {
			Score[] own = scores[i];
			List<String> row = new ArrayList<>(List.of(this.contenders.get(i).name(),
					"%,.0f".formatted(Spread.of(own, Score::callsPerSecond).median()),
					"%.1f".formatted(Spread.of(own, Score::cpuMicrosPerCall).median())));
			for (int index : yardsticks) {
				Score[] others = scores[index];
				double[] ratios = IntStream.range(0, own.length)
					.mapToDouble((round) -> own[round].callsPerSecond() / others[round].callsPerSecond())
					.toArray();
				row.add((index == i) ? "1" : Spread.of(ratios).format("%.2f"));
			}
			table.add(row);
		}
		return table;
	}

	/**
	 * What one contender did in one round. The CPU time is that of the whole process, so
	 * the threads of its client count too.
	 */
	private static final class Score {

		private long calls;

		private long nanos;

		private long cpuNanos;

		double callsPerSecond() {
			return this.calls * 1e9 / this.nanos;
		}

		double cpuMicrosPerCall() {
			return this.cpuNanos / 1e3 / this.calls;
		}

	}

	/**
	 * A short time in which one contender runs, in several threads.
	 */
	private static final class Turn {

		private final Contender contender;

		private final CountDownLatch ready;

		private volatile boolean over;

		Turn(Contender contender, int threads) {
			this.contender = contender;
			this.ready = new CountDownLatch(threads);
		}

		long calls() throws Exception {
			this.ready.countDown();
			this.ready.await();
			int number = System.identityHashCode(Thread.currentThread()) ^ (int) System.nanoTime() | 1;
			long calls = 0;
			while (!this.over) {
				number ^= number << 13;
				number ^= number >>> 17;
				number ^= number << 5;
				if (this.contender.operation().call(number & Integer.MAX_VALUE) == null) {
					throw new IllegalStateException(this.contender.name() + " answered nothing");
				}
				calls++;
			}
			return calls;
		}

	}

}
