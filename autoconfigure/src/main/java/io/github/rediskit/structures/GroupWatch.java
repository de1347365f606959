package io.github.rediskit.structures;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Asks regularly who is missed. While somebody is being told, it asks for no more.
 *
 * <p>
 * While Redis was away nobody could beat, so when it is back everybody seems missed. So
 * after a failure it waits until Redis answers, and then for another time to live.
 */
final class GroupWatch implements HeartbeatWatch {

	private static final long LONGEST_PAUSE_MILLIS = 30_000;

	private final GroupScripts group;

	private final Consumer<MissedBeatEvent> action;

	private final HeartbeatListener listener;

	private final ScheduledExecutorService timer;

	private final Executor callbacks;

	private final LongSupplier nanoTime;

	private final Consumer<GroupWatch> closed;

	private final AtomicBoolean busy = new AtomicBoolean();

	private @Nullable Future<?> asking;

	private boolean isClosed;

	private volatile boolean away;

	private volatile long restUntil;

	GroupWatch(GroupScripts group, Consumer<MissedBeatEvent> action, HeartbeatListener listener,
			ScheduledExecutorService timer, Executor callbacks, LongSupplier nanoTime, Consumer<GroupWatch> closed) {
		this.group = group;
		this.action = action;
		this.listener = listener;
		this.timer = timer;
		this.callbacks = callbacks;
		this.nanoTime = nanoTime;
		this.closed = closed;
		this.restUntil = nanoTime.getAsLong();
	}

	synchronized void start() {
		if (this.asking == null && !this.isClosed) {
			long pause = Math.min(LONGEST_PAUSE_MILLIS, Math.max(1, this.group.ttlMillis() / 3));
			this.asking = this.timer.scheduleWithFixedDelay(this::ask, 0, pause, TimeUnit.MILLISECONDS);
		}
	}

	synchronized void stop() {
		if (this.asking != null) {
			this.asking.cancel(false);
			this.asking = null;
		}
	}

	private void ask() {
		if (!this.busy.compareAndSet(false, true)) {
			return;
		}
		if (this.away) {
			Stages.of(this.group::count).whenComplete(this::back);
		}
		else if (this.nanoTime.getAsLong() - this.restUntil < 0) {
			this.busy.set(false);
		}
		else {
			Stages.of(this.group::missed).whenComplete(this::told);
		}
	}

	private void back(@Nullable Long count, @Nullable Throwable failure) {
		if (failure == null) {
			this.restUntil = this.nanoTime.getAsLong() + TimeUnit.MILLISECONDS.toNanos(this.group.ttlMillis());
			this.away = false;
		}
		this.busy.set(false);
	}

	private void told(@Nullable List<MissedBeatEvent> events, @Nullable Throwable failure) {
		if (failure != null || events == null) {
			this.away = true;
			this.busy.set(false);
			if (failure != null) {
				this.listener.watchFailed(this.group.group(), Stages.unwrapped(failure));
			}
		}
		else if (events.isEmpty()) {
			this.busy.set(false);
		}
		else {
			tell(events);
		}
	}

	private void tell(List<MissedBeatEvent> events) {
		try {
			this.callbacks.execute(() -> {
				events.forEach(this::tell);
				this.busy.set(false);
				if (events.size() == GroupScripts.MOST_MISSED) {
					ask(); // there may be more
				}
			});
		}
		catch (RejectedExecutionException ex) {
			this.busy.set(false); // the application has ended
		}
	}

	private void tell(MissedBeatEvent event) {
		this.listener.missed(event.group());
		try {
			this.action.accept(event);
		}
		catch (RuntimeException | Error ex) { // either would end the watch
			this.listener.actionFailed(event, ex);
		}
	}

	@Override
	public void close() {
		synchronized (this) {
			this.isClosed = true;
		}
		stop();
		this.closed.accept(this);
	}

}
