package io.github.rediskit.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import io.github.rediskit.structures.AsyncHeartbeats;
import io.github.rediskit.structures.HeartbeatWatch;
import io.github.rediskit.structures.MissedBeatEvent;
import io.github.rediskit.structures.RedisHeartbeats;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;

/**
 * Heartbeats stop before their connection does, so that members leave, and go on after a
 * pause of the context. Meanwhile the groups that are to be watched are watched.
 */
final class HeartbeatLifecycle implements SmartLifecycle {

	private final List<String> watched;

	private final Supplier<AsyncHeartbeats> heartbeats;

	private final ApplicationEventPublisher publisher;

	private final int phase;

	private final List<HeartbeatWatch> watches = new ArrayList<>();

	private @Nullable RedisHeartbeats managed;

	private volatile boolean running;

	HeartbeatLifecycle(List<String> watched, Supplier<AsyncHeartbeats> heartbeats, ApplicationEventPublisher publisher,
			int phase) {
		this.watched = watched;
		this.heartbeats = heartbeats;
		this.publisher = publisher;
		this.phase = phase;
	}

	/** They were made, maybe after the start. */
	synchronized RedisHeartbeats manage(RedisHeartbeats heartbeats) {
		this.managed = heartbeats;
		return heartbeats;
	}

	@Override
	public int getPhase() {
		return this.phase;
	}

	@Override
	public void start() {
		AsyncHeartbeats watching = this.watched.isEmpty() ? null : this.heartbeats.get();
		synchronized (this) {
			this.running = true;
			if (this.managed != null) {
				this.managed.start();
			}
			if (watching != null) {
				this.watched.forEach((group) -> this.watches.add(watching.watch(group, this::publish)));
			}
		}
	}

	private void publish(MissedBeatEvent event) {
		this.publisher.publishEvent(event);
	}

	@Override
	public void stop() {
		stop(() -> {
		});
	}

	@Override
	public synchronized void stop(Runnable callback) {
		this.running = false;
		this.watches.forEach(HeartbeatWatch::close);
		this.watches.clear();
		if (this.managed == null) {
			callback.run();
		}
		else {
			this.managed.stop().whenComplete((stopped, failure) -> callback.run());
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

}
