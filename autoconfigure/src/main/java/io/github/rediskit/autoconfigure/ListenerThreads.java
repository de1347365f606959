package io.github.rediskit.autoconfigure;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.springframework.boot.thread.Threading;
import org.springframework.core.env.Environment;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * The threads in which listeners of published messages run: as many as the listeners ask
 * for, and none while there is nothing to do. They are virtual where the application has
 * these.
 */
final class ListenerThreads implements Executor, AutoCloseable {

	private static final String NAME_PREFIX = "rediskit-listener-";

	private static final int IDLE_SECONDS = 30;

	private final Executor threads;

	ListenerThreads(Environment environment) {
		this.threads = Threading.VIRTUAL.isActive(environment) ? virtual() : pooled();
	}

	private static Executor virtual() {
		SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor(NAME_PREFIX);
		executor.setVirtualThreads(true);
		return executor;
	}

	private static Executor pooled() {
		CustomizableThreadFactory factory = new CustomizableThreadFactory(NAME_PREFIX);
		factory.setDaemon(true);
		return new ThreadPoolExecutor(0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(),
				factory);
	}

	@Override
	public void execute(Runnable task) {
		this.threads.execute(task);
	}

	@Override
	public void close() {
		if (this.threads instanceof ExecutorService pool) {
			pool.shutdownNow(); // there was time to finish
		}
	}

}
