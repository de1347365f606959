package io.github.rediskit.benchmark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Many threads, of one or several instances, want one lock all the time, and do nothing
 * with it. Rivals take turns, in each round in another order; a turn is long, so that it
 * does not matter how it begins and ends. Ratios are taken within a round.
 */
final class Scramble {

	private final Settings settings;

	private final int threads;

	private final List<Rival> rivals;

	Scramble(Settings settings, int threads, List<Rival> rivals) {
		this.settings = settings;
		this.threads = threads;
		this.rivals = rivals;
	}

	/** Runs all rounds. */
	Table table() throws Exception {
		Score[][] scores = new Score[this.rivals.size()][this.settings.rounds()];
		ExecutorService pool = Executors.newFixedThreadPool(this.threads);
		try {
			for (Rival rival : this.rivals) {
				turn(rival, pool, this.settings.warmUp().toMillis());
			}
			for (int round = 0; round < this.settings.rounds(); round++) {
				for (int i = 0; i < scores.length; i++) {
					int next = (round + i * ((round % 2 == 0) ? 1 : scores.length - 1)) % scores.length;
					scores[next][round] = turn(this.rivals.get(next), pool, this.settings.time().toMillis());
				}
			}
		}
		finally {
			pool.shutdown();
		}
		return table(scores);
	}

	private Score turn(Rival rival, ExecutorService pool, long millis) throws Exception {
		Turn turn = new Turn(rival.doors(), this.threads);
		List<Future<Waits>> callers = IntStream.range(0, this.threads)
			.mapToObj((caller) -> pool.submit(() -> turn.calls(caller)))
			.toList();
		turn.ready.await();
		long start = System.nanoTime();
		Thread.sleep(millis);
		turn.over = true;
		List<Waits> waits = new ArrayList<>();
		for (Future<Waits> caller : callers) {
			waits.add(caller.get());
		}
		return Score.of(turn, waits, System.nanoTime() - start);
	}

	private Table table(Score[][] scores) {
		String first = this.rivals.get(0).name();
		boolean several = this.rivals.get(0).doors().size() > 1;
		List<String> header = Stream
			.of("", "locks/s", "hand-overs/s", "÷ " + first, "p99 wait, ms", "longest wait, ms", "lesser share, %")
			.limit(several ? 7 : 6)
			.toList();
		Table table = new Table(header);
		for (int i = 0; i < scores.length; i++) {
			Score[] own = scores[i];
			double[] ratios = IntStream.range(0, own.length)
				.mapToDouble((round) -> own[round].handOversPerSecond() / scores[0][round].handOversPerSecond())
				.toArray();
			table.add(Stream.of(this.rivals.get(i).name(), median(own, Score::locksPerSecond),
					median(own, Score::handOversPerSecond), (i == 0) ? "1" : Spread.of(ratios).format("%.1f"),
					Spread.of(own, Score::p99Millis).format("%.2f"),
					Spread.of(own, Score::longestMillis).format("%.0f"),
					Spread.of(own, Score::lesserPercent).format("%.0f"))
				.limit(header.size())
				.toList());
		}
		return table;
	}

	private static String median(Score[] scores, ToDoubleFunction<Score> value) {
		return "%,.0f".formatted(Spread.of(scores, value).median());
	}

	/**
	 * One make of lock.
	 *
	 * @param name how it is called in the table
	 * @param doors the lock in each of the instances
	 */
	record Rival(String name, List<Door> doors) {
	}

	/**
	 * A lock as one instance sees it.
	 */
	@FunctionalInterface
	interface Door {

		/** Acquires the lock, acts, and releases it. */
		void locked(Runnable action) throws Exception;

	}

	/**
	 * What one rival did in one round.
	 *
	 * @param locksPerSecond how often the lock was acquired
	 * @param handOversPerSecond how often by another thread than the time before
	 * @param p99Millis how long it took at most to acquire it, but for 1 % of the times
	 * @param longestMillis how long it took at most
	 * @param lesserPercent how much the instance got that got less than the other
	 */
	private record Score(double locksPerSecond, double handOversPerSecond, double p99Millis, double longestMillis,
			double lesserPercent) {

		static Score of(Turn turn, List<Waits> callers, long nanos) {
			long[] waits = callers.stream().flatMapToLong(Waits::stream).sorted().toArray();
			long lesser = Arrays.stream(turn.locks).mapToLong(AtomicInteger::get).min().orElseThrow();
			return new Score(waits.length * 1e9 / nanos, turn.handOvers.get() * 1e9 / nanos,
					waits[(int) ((waits.length - 1) * 0.99)] / 1e6, waits[waits.length - 1] / 1e6,
					100.0 * lesser / waits.length);
		}

	}

	/**
	 * How long one thread waited each time, in ns.
	 */
	private static final class Waits {

		private long[] nanos = new long[10_000];

		private int size;

		void add(long wait) {
			if (this.size == this.nanos.length) {
				this.nanos = Arrays.copyOf(this.nanos, 2 * this.size);
			}
			this.nanos[this.size++] = wait;
		}

		LongStream stream() {
			return Arrays.stream(this.nanos, 0, this.size);
		}

	}

	/**
	 * A time in which one rival runs.
	 */
	private static final class Turn {

		private final List<Door> doors;

		private final CountDownLatch ready;

		private final AtomicInteger[] locks;

		private final AtomicInteger handOvers = new AtomicInteger();

		private final AtomicInteger inside = new AtomicInteger();

		/** Written by who has the lock. */
		private volatile int last = -1;

		private volatile boolean over;

		Turn(List<Door> doors, int threads) {
			this.doors = doors;
			this.ready = new CountDownLatch(threads);
			this.locks = doors.stream().map((door) -> new AtomicInteger()).toArray(AtomicInteger[]::new);
		}

		Waits calls(int caller) throws Exception {
			int instance = caller % this.doors.size();
			Waits waits = new Waits();
			this.ready.countDown();
			this.ready.await();
			while (!this.over) {
				long start = System.nanoTime();
				this.doors.get(instance).locked(() -> {
					waits.add(System.nanoTime() - start);
					has(caller, instance);
				});
			}
			return waits;
		}

		private void has(int caller, int instance) {
			if (this.inside.incrementAndGet() != 1) {
				throw new IllegalStateException("Two have the lock");
			}
			this.locks[instance].incrementAndGet();
			if (this.last != caller) {
				this.last = caller;
				this.handOvers.incrementAndGet();
			}
			this.inside.decrementAndGet();
		}

	}

}
