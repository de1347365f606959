package io.github.rediskit.messaging;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

import io.github.rediskit.script.RedisGateway;
import io.github.rediskit.script.StreamReads;

/**
 * What all consumers of an application share.
 *
 * @param redis for everything that does not wait
 * @param reads for what waits
 * @param timer for what happens later, quickly
 * @param threads in which messages are handled, by what their names begin with
 * @param listener is told what happens
 * @param tracing is around each message
 */
record MessagingServices(RedisGateway redis, StreamReads reads, ScheduledExecutorService timer,
		Function<String, ThreadFactory> threads, ConsumerListener listener, MessageTracing tracing) {

	/** Long enough for everything, and short enough to be counted in nanoseconds. */
	private static final Duration LONGEST = Duration.ofDays(365);

	static ScheduledExecutorService newTimer() {
		ThreadFactory factory = (task) -> {
			Thread thread = Executors.defaultThreadFactory().newThread(task);
			thread.setName("rediskit-messages");
			thread.setDaemon(true);
			return thread;
		};
		ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, factory);
		timer.setRemoveOnCancelPolicy(true);
		return timer;
	}

	long now() {
		return System.nanoTime();
	}

	/** Does something later, unless the application has ended by then. */
	void later(Runnable task, Duration delay) {
		try {
			Duration bounded = (delay.compareTo(LONGEST) > 0) ? LONGEST : delay;
			this.timer.schedule(task, bounded.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (RejectedExecutionException ex) {
			// the application has ended
		}
	}

	/** Does something again and again, whatever it throws. */
	ScheduledFuture<?> regularly(Runnable task, Duration interval) {
		long nanos = interval.toNanos();
		long first = nanos / 2 + ThreadLocalRandom.current().nextLong(nanos / 2 + 1); // not
																						// all
																						// in
																						// step
		return this.timer.scheduleWithFixedDelay(() -> {
			try {
				task.run();
			}
			catch (RuntimeException ex) {
				// the next time
			}
		}, first, nanos, TimeUnit.NANOSECONDS);
	}

	/** What a call answers that may fail before it has an answer to give. */
	static <T> CompletionStage<T> attempt(Supplier<CompletionStage<T>> call) {
		try {
			return call.get();
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedStage(ex);
		}
	}

	static Throwable unwrapped(Throwable failure) {
		Throwable result = failure;
		while ((result instanceof CompletionException || result instanceof ExecutionException)
				&& result.getCause() != null) {
			result = result.getCause();
		}
		return result;
	}

}
