package io.github.rediskit.benchmark;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Threads of this process.
 */
final class OwnCrew implements Crew, AutoCloseable {

	private final Map<String, Door> doors;

	private final int threads;

	private final int number;

	private final Ground ground;

	private final ExecutorService pool;

	/**
	 * Creates a crew.
	 * @param doors the makes of lock by name
	 * @param threads how many want it
	 * @param number that of the instance, from 0
	 * @param ground which all instances see
	 */
	OwnCrew(Map<String, Door> doors, int threads, int number, Ground ground) {
		this.doors = doors;
		this.threads = threads;
		this.number = number;
		this.ground = ground;
		this.pool = Executors.newFixedThreadPool(threads + 1);
	}

	@Override
	public CompletableFuture<Result> turn(String rival, long millis) {
		Door door = this.doors.get(rival);
		if (door == null) {
			throw new IllegalArgumentException("There is no " + rival);
		}
		return CompletableFuture.supplyAsync(() -> new Turn(door).result(millis), this.pool);
	}

	@Override
	public void close() {
		this.pool.shutdown();
	}

	/**
	 * A time in which one rival runs.
	 */
	private final class Turn {

		private final CountDownLatch ready = new CountDownLatch(OwnCrew.this.threads);

		private final AtomicInteger handOvers = new AtomicInteger();

		private final Door door;

		private volatile boolean over;

		Turn(Door door) {
			this.door = door;
		}

		Result result(long millis) {
			try {
				var callers = IntStream.range(0, OwnCrew.this.threads)
					.mapToObj((caller) -> OwnCrew.this.pool.submit(() -> calls(caller)))
					.toList();
				this.ready.await();
				long start = System.nanoTime();
				Thread.sleep(millis);
				this.over = true;
				LongStream waits = LongStream.empty();
				for (var caller : callers) {
					waits = LongStream.concat(waits, caller.get().stream());
				}
				return new Result(System.nanoTime() - start, this.handOvers.get(), waits.toArray());
			}
			catch (Exception ex) {
				throw new CompletionException(ex);
			}
		}

		private Waits calls(int caller) throws Exception {
			int everywhere = OwnCrew.this.number * OwnCrew.this.threads + caller;
			Waits waits = new Waits();
			this.ready.countDown();
			this.ready.await();
			while (!this.over) {
				long start = System.nanoTime();
				this.door.locked(() -> {
					waits.add(System.nanoTime() - start);
					if (OwnCrew.this.ground.isEnteredByAnother(everywhere)) {
						this.handOvers.incrementAndGet();
					}
				});
			}
			return waits;
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

}
