package io.github.rediskit.redis;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.github.rediskit.script.RedisUnavailableException;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.api.StatefulConnection;
import org.jspecify.annotations.Nullable;

/**
 * A connection that is opened when it is first needed. While Redis is away an attempt is
 * made now and then, and callers do not wait for it: only the first attempt that a caller
 * made is waited for. Once opened, it is repaired by Lettuce; one that Lettuce does not
 * repair is replaced.
 *
 * @param <C> the type of the connection
 */
final class LazyConnection<C extends StatefulConnection<byte[], byte[]>> {

	private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

	private final Supplier<? extends CompletionStage<C>> open;

	private final Duration timeout;

	private volatile @Nullable C connection;

	private @Nullable CompletableFuture<C> attempt;

	private boolean failedBefore;

	private long failedAt;

	private @Nullable Throwable lastFailure;

	private volatile boolean stopped;

	LazyConnection(Supplier<? extends CompletionStage<C>> open, Duration timeout) {
		this.open = open;
		this.timeout = timeout;
	}

	@Nullable C getIfOpen() {
		C current = this.connection;
		return (current != null && (current.isOpen() || isRepaired(current))) ? current : null;
	}

	private static boolean isRepaired(StatefulConnection<?, ?> connection) {
		return connection.getOptions().isAutoReconnect() && !isClosed(connection);
	}

	private static boolean isClosed(StatefulConnection<?, ?> connection) {
		return connection instanceof RedisChannelHandler<?, ?> handler && handler.isClosed();
	}

	/**
	 * The connection, opened if need be.
	 * @return completed with the connection or a {@link RedisUnavailableException}
	 */
	CompletionStage<C> get() {
		CompletableFuture<C> current;
		synchronized (this) {
			C usable = getIfOpen();
			if (usable != null) {
				return CompletableFuture.completedStage(usable);
			}
			current = this.attempt;
			if (this.stopped
					|| (current == null && this.failedBefore && System.nanoTime() - this.failedAt < RETRY_NANOS)) {
				return CompletableFuture.failedStage(unavailable());
			}
			if (current == null) {
				current = begin(false);
			}
			if (this.failedBefore && !current.isDone()) {
				return CompletableFuture.failedStage(unavailable());
			}
		}
		return current.copy().orTimeout(this.timeout.toMillis(), TimeUnit.MILLISECONDS);
	}

	/**
	 * Begins to open the connection. If it fails, that is no reason yet not to let a
	 * caller wait: a start is a bad moment to measure by.
	 */
	synchronized void warmUp() {
		if (!this.stopped && this.attempt == null && getIfOpen() == null) {
			begin(true);
		}
	}

	private CompletableFuture<C> begin(boolean warmUp) {
		closed(this.connection);
		this.connection = null;
		CompletableFuture<C> target = new CompletableFuture<>();
		this.attempt = target;
		CompletionStage<C> opening;
		try {
			opening = this.open.get();
		}
		catch (RuntimeException ex) {
			opening = CompletableFuture.failedStage(ex);
		}
		opening.whenComplete((opened, failure) -> {
			Throwable reason = (opened != null) ? null : unwrapped(failure);
			ended(target, opened, reason, warmUp);
			if (opened != null) {
				target.complete(opened);
			}
			else {
				target.completeExceptionally(
						new RedisUnavailableException("No connection to Redis: " + words(reason), reason));
			}
		});
		return target;
	}

	private synchronized void ended(CompletableFuture<C> target, @Nullable C opened, @Nullable Throwable failure,
			boolean warmUp) {
		if (this.attempt != target) { // stopped meanwhile
			closed(opened);
			return;
		}
		this.attempt = null;
		this.connection = opened;
		this.failedBefore = opened == null && (this.failedBefore || !warmUp);
		this.failedAt = System.nanoTime();
		this.lastFailure = failure;
	}

	private RedisUnavailableException unavailable() {
		return new RedisUnavailableException((this.lastFailure != null)
				? "There is no connection to Redis: " + words(this.lastFailure) : "There is no connection to Redis",
				this.lastFailure);
	}

	private static String words(@Nullable Throwable failure) {
		return (failure == null || failure.getMessage() == null) ? String.valueOf(failure) : failure.getMessage();
	}

	/**
	 * Closes the connection. None is opened until {@link #start()}.
	 * @return completed when it is closed
	 */
	CompletionStage<?> stop() {
		CompletableFuture<C> pending;
		CompletionStage<?> closing;
		synchronized (this) {
			this.stopped = true;
			pending = this.attempt;
			this.attempt = null;
			closing = closed(this.connection);
			this.connection = null;
			this.failedBefore = false;
			this.lastFailure = null;
		}
		if (pending != null) {
			pending.completeExceptionally(new RedisUnavailableException("The connection to Redis is stopped", null));
		}
		return closing;
	}

	void start() {
		this.stopped = false;
	}

	boolean isStopped() {
		return this.stopped;
	}

	/** Lettuce complains about a second close; the factory may have been first. */
	private CompletionStage<?> closed(@Nullable C connection) {
		return (connection == null || isClosed(connection)) ? CompletableFuture.completedStage(null)
				: connection.closeAsync();
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
