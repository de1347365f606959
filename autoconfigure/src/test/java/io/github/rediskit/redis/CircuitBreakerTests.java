package io.github.rediskit.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When the circuit opens and closes, by a moved clock.
 */
class CircuitBreakerTests {

	private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 10);

	private final CircuitBreaker circuit = new CircuitBreaker(Duration.ofMillis(100), this.now::get);

	@Test
	void itIsClosedAtFirst() {
		assertThat(this.circuit.isOpen()).isFalse();
		assertThat(this.circuit.answered()).isFalse();
	}

	@Test
	void oneUnansweredCommandDoesNotOpenIt() {
		assertThat(this.circuit.unanswered()).isFalse();
		pass(Duration.ofHours(1));
		assertThat(this.circuit.isOpen()).isFalse();
	}

	@Test
	void manyThatTimeOutTogetherDoNotOpenIt() {
		for (int i = 0; i < 1000; i++) {
			assertThat(this.circuit.unanswered()).isFalse();
		}
		pass(Duration.ofMillis(99));
		assertThat(this.circuit.unanswered()).isFalse();
		assertThat(this.circuit.isOpen()).isFalse();
	}

	@Test
	void anotherOneAfterSomeSilenceOpensItAndIsTheOnlyOneToSaySo() {
		this.circuit.unanswered();
		pass(Duration.ofMillis(100));
		assertThat(this.circuit.unanswered()).isTrue();
		assertThat(this.circuit.isOpen()).isTrue();
		assertThat(this.circuit.unanswered()).isFalse();
		pass(Duration.ofHours(1));
		assertThat(this.circuit.unanswered()).isFalse();
		assertThat(this.circuit.isOpen()).isTrue();
	}

	@Test
	void anAnswerEndsTheSilence() {
		this.circuit.unanswered();
		pass(Duration.ofMillis(99));
		assertThat(this.circuit.answered()).isFalse();
		pass(Duration.ofMillis(99));
		assertThat(this.circuit.unanswered()).isFalse();
		pass(Duration.ofMillis(99));
		assertThat(this.circuit.unanswered()).isFalse();
		assertThat(this.circuit.isOpen()).isFalse();
	}

	@Test
	void anAnswerClosesItAndIsTheOnlyOneToSaySo() {
		open();
		assertThat(this.circuit.answered()).isTrue();
		assertThat(this.circuit.isOpen()).isFalse();
		assertThat(this.circuit.answered()).isFalse();
	}

	@Test
	void itOpensAgainOnlyAfterAnotherSilence() {
		open();
		this.circuit.answered();
		assertThat(this.circuit.unanswered()).isFalse();
		pass(Duration.ofMillis(100));
		assertThat(this.circuit.unanswered()).isTrue();
	}

	@Test
	void ofManyThreadsOneOpensAndOneClosesIt() throws Exception {
		int threads = 8;
		ExecutorService pool = Executors.newFixedThreadPool(threads);
		try {
			for (int round = 0; round < 500; round++) {
				this.circuit.unanswered();
				pass(Duration.ofMillis(100));
				assertThat(countTrue(pool, threads, this.circuit::unanswered)).isOne();
				assertThat(countTrue(pool, threads, this.circuit::answered)).isOne();
			}
		}
		finally {
			pool.shutdownNow();
		}
	}

	private static int countTrue(ExecutorService pool, int threads, Callable<Boolean> task) throws Exception {
		CyclicBarrier start = new CyclicBarrier(threads);
		AtomicInteger count = new AtomicInteger();
		List<Future<?>> running = new ArrayList<>();
		for (int i = 0; i < threads; i++) {
			running.add(pool.submit(() -> {
				start.await();
				return task.call() ? count.incrementAndGet() : 0;
			}));
		}
		for (Future<?> each : running) {
			each.get();
		}
		return count.get();
	}

	private void open() {
		this.circuit.unanswered();
		pass(Duration.ofMillis(100));
		assertThat(this.circuit.unanswered()).isTrue();
	}

	private void pass(Duration duration) {
		this.now.addAndGet(duration.toNanos());
	}

}
