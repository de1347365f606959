package io.github.rediskit.redis;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.github.rediskit.script.RedisUnavailableException;
import io.lettuce.core.api.StatefulConnection;
import org.jspecify.annotations.Nullable;

/**
 * A connection that is opened when it is first needed. While Redis is away an attempt is
 * made now and then, and callers do not wait for it: only the first attempt of all is
 * waited for. Once opened, it is repaired by Lettuce.
 *
 * @param <C> the type of the connection
 */
final class LazyConnection<C extends StatefulConnection<byte[], byte[]>> implements AutoCloseable {

	private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

	private final Supplier<? extends CompletionStage<C>> open;

	private final Duration timeout;

	private volatile @Nullable C connection;

	private @Nullable CompletableFuture<C> attempt;

	private boolean failedBefore;

	private long failedAt;

	private boolean closed;

	LazyConnection(Supplier<? extends CompletionStage<C>> open, Duration timeout) {
		this.open = open;
		this.timeout = timeout;
	}

	@Nullable C getIfOpen() {
		return this.connection;
	}

	/**
	 * The connection, opened if need be.
	 * @return completed with the connection or a {@link RedisUnavailableException}
	 */
	CompletionStage<C> get() {
		CompletableFuture<C> current;
		synchronized (this) {
			if (this.connection != null) {
				return CompletableFuture.completedStage(this.connection);
			}
			boolean idle = this.attempt == null;
			if (this.closed || (idle && this.failedBefore && System.nanoTime() - this.failedAt < RETRY_NANOS)) {
				return unavailable();
			}
			current = (this.attempt != null) ? this.attempt : new CompletableFuture<>();
			this.attempt = current;
			if (idle) {
				start(current);
			}
			if (this.failedBefore && !current.isDone()) {
				return unavailable();
			}
		}
		return current.copy().orTimeout(this.timeout.toMillis(), TimeUnit.MILLISECONDS);
	}

	private void start(CompletableFuture<C> target) {
		CompletionStage<C> opening;
		try {
			opening = this.open.get();
		}
		catch (RuntimeException ex) {
			opening = CompletableFuture.failedStage(ex);
		}
		opening.whenComplete((opened, failure) -> {
			ended(opened);
			if (opened != null) {
				target.complete(opened);
			}
			else {
				target.completeExceptionally(
						new RedisUnavailableException("No connection to Redis: " + unwrapped(failure), failure));
			}
		});
	}

	private synchronized void ended(@Nullable C opened) {
		this.attempt = null;
		if (opened == null) {
			this.failedBefore = true;
			this.failedAt = System.nanoTime();
		}
		else if (this.closed) {
			opened.closeAsync();
		}
		else {
			this.connection = opened;
		}
	}

	private CompletionStage<C> unavailable() {
		return CompletableFuture.failedStage(new RedisUnavailableException("There is no connection to Redis", null));
	}

	@Override
	public synchronized void close() {
		this.closed = true;
		C open = this.connection;
		if (open != null && open.isOpen()) { // its factory may have been stopped before
			open.closeAsync();
		}
	}

	static Throwable unwrapped(@Nullable Throwable failure) {
		Throwable result = (failure != null) ? failure : new IllegalStateException("no reason given");
		while ((result instanceof CompletionException || result instanceof ExecutionException)
				&& result.getCause() != null) {
			result = result.getCause();
		}
		return result;
	}

}
