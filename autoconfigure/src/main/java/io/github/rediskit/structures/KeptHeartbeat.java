package io.github.rediskit.structures;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Beats three times in a time to live. A beat that is not answered yet is not followed by
 * another one, and a member leaves only after its last beat was answered.
 */
final class KeptHeartbeat implements Heartbeat {

	private final GroupScripts group;

	private final String id;

	private final HeartbeatListener listener;

	private final ScheduledExecutorService timer;

	private final Runnable closed;

	private volatile byte[][] said;

	private @Nullable Future<?> beating;

	private CompletionStage<?> last = CompletableFuture.completedStage(null);

	private boolean isClosed;

	KeptHeartbeat(GroupScripts group, String id, Map<String, String> details, HeartbeatListener listener,
			ScheduledExecutorService timer, Runnable closed) {
		this.group = group;
		this.id = id;
		this.said = group.said(id, details);
		this.listener = listener;
		this.timer = timer;
		this.closed = closed;
	}

	synchronized void start() {
		if (this.beating == null && !this.isClosed) {
			this.beating = this.timer.scheduleAtFixedRate(this::beat, 0, Math.max(1, this.group.ttlMillis() / 3),
					TimeUnit.MILLISECONDS);
		}
	}

	private synchronized void beat() {
		if (this.beating != null && this.last.toCompletableFuture().isDone()) {
			this.last = sent();
		}
	}

	private CompletionStage<?> sent() {
		return Stages.of(() -> this.group.beat(this.said)).handle((was, failure) -> {
			if (failure != null) {
				this.listener.beatFailed(this.group.group(), Stages.unwrapped(failure));
			}
			return null;
		});
	}

	/** Leaves, and may start again. */
	synchronized CompletionStage<?> stop() {
		if (this.beating == null) {
			return CompletableFuture.completedStage(null);
		}
		this.beating.cancel(false);
		this.beating = null;
		this.last = this.last.thenCompose((answered) -> Stages.of(() -> this.group.leave(this.id)))
			.handle((was, failure) -> null);
		return this.last;
	}

	@Override
	public void details(Map<String, String> details) {
		this.said = this.group.said(this.id, details);
	}

	@Override
	public void close() {
		synchronized (this) {
			this.isClosed = true;
		}
		stop();
		this.closed.run();
	}

}
