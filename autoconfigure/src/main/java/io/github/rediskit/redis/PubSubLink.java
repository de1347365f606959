package io.github.rediskit.redis;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import org.jspecify.annotations.Nullable;

import org.springframework.util.backoff.BackOffExecution;

/**
 * Subscriptions that live on, whatever happens to their connection. A connection that is
 * lost, or does not answer any more, is replaced by a new one, on which everything is
 * subscribed to again; nothing relies on a connection repairing itself. Whoever listens
 * is told from when to when messages may have been missed.
 * <p>
 * All decisions are made in one thread of its own, which never waits.
 */
public final class PubSubLink {

	private static final long RETRY_REFUSED_NANOS = TimeUnit.SECONDS.toNanos(30);

	private final Supplier<? extends CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>>> open;

	private final PubSubLinkSettings settings;

	private final PubSubLinkListener listener;

	private final ScheduledExecutorService thread;

	private final Set<Subscribed> topics = new LinkedHashSet<>();

	private final Set<Subscribed> refused = new LinkedHashSet<>();

	private final List<CompletableFuture<@Nullable Void>> waiting = new ArrayList<>();

	private @Nullable PubSubSession session;

	/** Since when subscriptions are not active; {@code null} while they are. */
	private @Nullable Instant silentSince;

	private @Nullable BackOffExecution delays;

	private long refusedAt;

	private boolean closed;

	private volatile boolean active;

	/**
	 * Creates the link. Nothing is opened before there is something to subscribe to.
	 * @param name what its thread is called
	 * @param open opens a connection, without blocking
	 * @param settings how it is kept
	 * @param listener who listens
	 */
	public PubSubLink(String name,
			Supplier<? extends CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>>> open,
			PubSubLinkSettings settings, PubSubLinkListener listener) {
		this.open = open;
		this.settings = settings;
		this.listener = listener;
		this.thread = Executors.newSingleThreadScheduledExecutor((task) -> {
			Thread thread = new Thread(task, name);
			thread.setDaemon(true);
			return thread;
		});
		long interval = settings.pingInterval().toMillis();
		this.thread.scheduleWithFixedDelay(() -> guarded(this::look), interval, interval, TimeUnit.MILLISECONDS);
	}

	/**
	 * Subscribes to more.
	 * @param more channels and patterns
	 * @return completed when all subscriptions are active, or an attempt failed, which is
	 * then made again
	 */
	public CompletionStage<@Nullable Void> subscribe(Collection<? extends Subscribed> more) {
		CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
		run(() -> {
			if (this.closed) {
				done.complete(null);
				return;
			}
			List<Subscribed> added = more.stream().<Subscribed>map((topic) -> topic).filter(this.topics::add).toList();
			PubSubSession current = this.session;
			if (this.topics.isEmpty() || (current != null && added.isEmpty() && this.active)) {
				done.complete(null);
			}
			else if (current == null && this.silentSince != null) { // Redis is away
				done.complete(null);
			}
			else {
				this.waiting.add(done);
				if (current == null) {
					connect();
				}
				else {
					current.subscribe(added);
				}
			}
		});
		return done;
	}

	/**
	 * Subscribes to less.
	 * @param less channels and patterns
	 */
	public void unsubscribe(Collection<? extends Subscribed> less) {
		run(() -> {
			this.topics.removeAll(Set.copyOf(less));
			this.refused.removeAll(Set.copyOf(less));
			PubSubSession current = this.session;
			if (this.topics.isEmpty()) {
				endSession();
				this.silentSince = null;
				answerWaiting();
			}
			else if (current != null) {
				current.unsubscribe(less);
			}
		});
	}

	/**
	 * Whether everything is subscribed to, as far as is known.
	 * @return whether subscriptions are active
	 */
	public boolean isActive() {
		return this.active;
	}

	/**
	 * Ends all subscriptions for good.
	 * @return completed when the connection is closed and no more messages come
	 */
	public CompletionStage<@Nullable Void> close() {
		CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
		boolean open = run(() -> {
			this.closed = true;
			endSession().whenComplete((ended, failure) -> done.complete(null));
			answerWaiting();
			this.thread.shutdownNow();
		});
		return open ? done : CompletableFuture.completedStage(null);
	}

	private void connect() {
		if (this.closed || this.session != null || this.topics.isEmpty()) {
			return;
		}
		Instant begun = now();
		PubSubSession next = new PubSubSession(this, this.settings, this.listener);
		this.session = next;
		opened().whenComplete((connection, failure) -> {
			boolean taken = run(() -> {
				if (connection == null) {
					lost(next, begun, reason(failure));
				}
				else if (this.session == next) {
					next.begin(connection, List.copyOf(this.topics));
				}
				else {
					connection.closeAsync();
				}
			});
			if (!taken && connection != null) {
				connection.closeAsync();
			}
		});
	}

	private CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>> opened() {
		try {
			return this.open.get();
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedStage(ex);
		}
	}

	/** The session has everything that it asked for. */
	void subscribed(PubSubSession by) {
		if (this.session != by) {
			return;
		}
		this.active = true;
		this.delays = null;
		Instant since = this.silentSince;
		this.silentSince = null;
		answerWaiting();
		if (since != null) {
			this.listener.restored(since, now());
		}
	}

	void refused(PubSubSession by, Subscribed topic, String reason) {
		if (this.session == by && this.refused.add(topic)) {
			this.refusedAt = System.nanoTime();
			this.listener.refused(topic, reason);
		}
	}

	void accepted(Subscribed topic) {
		this.refused.remove(topic);
	}

	void lost(PubSubSession by, Instant lastAlive, String reason) {
		if (this.session != by) {
			return;
		}
		endSession();
		if (this.silentSince == null) {
			this.silentSince = lastAlive;
			this.listener.interrupted(reason);
		}
		answerWaiting();
		if (this.delays == null) {
			this.delays = this.settings.delays().get();
		}
		long delay = this.delays.nextBackOff();
		if (delay == BackOffExecution.STOP) {
			this.listener.gaveUp(reason);
		}
		else {
			later(this::connect, delay);
		}
	}

	private CompletionStage<?> endSession() {
		PubSubSession ended = this.session;
		this.session = null;
		this.active = false;
		this.refused.clear();
		return (ended != null) ? ended.end() : CompletableFuture.completedStage(null);
	}

	private void answerWaiting() {
		this.waiting.forEach((done) -> done.complete(null));
		this.waiting.clear();
	}

	private void look() {
		PubSubSession current = this.session;
		if (current == null) {
			return;
		}
		current.look();
		if (!this.refused.isEmpty() && System.nanoTime() - this.refusedAt >= RETRY_REFUSED_NANOS) {
			this.refusedAt = System.nanoTime();
			current.subscribe(List.copyOf(this.refused));
		}
	}

	Instant now() {
		return this.settings.clock().instant();
	}

	/** Runs in the link's thread, unless the link is closed. */
	boolean run(Runnable task) {
		try {
			this.thread.execute(() -> guarded(task));
			return true;
		}
		catch (RejectedExecutionException ex) {
			return false;
		}
	}

	void later(Runnable task, long millis) {
		try {
			this.thread.schedule(() -> guarded(task), millis, TimeUnit.MILLISECONDS);
		}
		catch (RejectedExecutionException ex) {
			// closed meanwhile
		}
	}

	/** Whatever goes wrong here must not end the subscriptions, nor the looks at them. */
	private void guarded(Runnable task) {
		try {
			task.run();
		}
		catch (RuntimeException ex) {
			PubSubSession current = this.session;
			if (current != null) {
				lost(current, now(), reason(ex));
			}
		}
	}

	static String reason(@Nullable Throwable failure) {
		Throwable cause = LazyConnection.unwrapped(failure);
		return (cause.getMessage() != null) ? cause.getMessage() : cause.toString();
	}

}
